package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.examples.lambda.GymCoachFunction;
import com.gymcoach.bedrock.examples.lambda.Settings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Runs the function: one instance at a time, which handles concurrent calls, where Lambda would
 * start more instances. A new instance starts with empty memory and the same table. Thread-safe.
 */
final class FunctionHost implements ApiGateway.Function, AutoCloseable {
  private static final String PRIMING =
      """
      {"rawPath": "/api/ai/chat", "body": "{\\"message\\": \\"Hello\\"}",
       "requestContext": {"http": {"method": "POST"},
                          "authorizer": {"jwt": {"claims": {"sub": "priming"}}}}}
      """;

  private record Instance(BedrockCache cache, GymCoachFunction function) {}

  private final Services services;
  private final Settings settings;
  private final Duration readBudget;
  private final MetricsSink sink;
  private final CallNotes notes = new CallNotes();
  private volatile Instance instance;

  /**
   * Starts the function.
   *
   * @param readBudget the longest a call waits for the table
   */
  FunctionHost(Services services, Settings settings, Duration readBudget, MetricsSink sink) {
    this.services = services;
    this.settings = settings;
    this.readBudget = readBudget;
    this.sink = sink;
    this.instance = newInstance();
  }

  /**
   * Lets a function answer a made-up user's question twice, from Bedrock and from the table. The
   * first calls of a JVM load classes, and would take much longer than all others.
   */
  static void prime(Services services, Settings settings, Duration readBudget) throws IOException {
    try (FunctionHost first =
        new FunctionHost(services, settings, readBudget, MetricsSink.none())) {
      first.invoke(Replies.bytes(PRIMING));
      first.replace();
      first.invoke(Replies.bytes(PRIMING));
    }
  }

  private Instance newInstance() {
    BedrockCache cache = TwinCache.create(services.dynamoDb(), settings, readBudget, notes, sink);
    return new Instance(cache, new GymCoachFunction(services.bedrock(), cache, settings));
  }

  @Override
  public byte[] invoke(byte[] event) throws IOException {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    instance.function.handleRequest(new ByteArrayInputStream(event), reply, new Invocation());
    return reply.toByteArray();
  }

  /** Returns sentences that say what is real, and what differs from the function on AWS. */
  String introduction() {
    return services.introduction()
        + " A look-up in the table may take %s s; in the function on AWS, 0.05 s."
            .formatted(readBudget.toMillis() / 1000.0);
  }

  /** Returns the notes on the calls of all instances. */
  CallNotes notes() {
    return notes;
  }

  /** Returns what an operator does to the function's table. */
  CacheAdmin admin() {
    return CacheAdmin.builder().client(services.dynamoDb()).tableName(settings.tableName()).build();
  }

  /** Returns the statistics of the current instance's cache. */
  CacheStats stats() {
    return instance.cache.stats();
  }

  /** Returns why a user's recent calls at an endpoint missed, latest first. */
  List<Explanation> explanations(String user, String endpoint) {
    return instance.cache.explanations(CacheScope.user(user).endpoint(endpoint));
  }

  /**
   * Replaces the current instance by a new one. The current one still answers its calls in flight.
   */
  synchronized void replace() {
    Instance before = instance;
    instance = newInstance();
    before.cache.close();
  }

  /** Closes the cache, but not the services. */
  @Override
  public synchronized void close() {
    instance.cache.close();
  }
}
