package com.gymcoach.bedrock.examples.local;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.examples.lambda.GymCoachFunction;
import com.gymcoach.bedrock.examples.lambda.Settings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Runs the function: one instance at a time, which handles concurrent calls, where Lambda would
 * start more instances. A new instance starts with empty memory and the same table. Thread-safe.
 */
final class FunctionHost implements AutoCloseable {
  /** API Gateway's HTTP API waits 30 s at most. */
  private static final Duration TIMEOUT = Duration.ofSeconds(29);

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

  /** Returns the function's reply to an event. */
  byte[] invoke(byte[] event) throws IOException {
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

  /** The context that Lambda passes to a function. */
  private static final class Invocation implements Context {
    private final String id = UUID.randomUUID().toString();
    private final long end = System.nanoTime() + TIMEOUT.toNanos();

    @Override
    public String getAwsRequestId() {
      return id;
    }

    @Override
    public String getLogGroupName() {
      return "/aws/lambda/gymcoach-local";
    }

    @Override
    public String getLogStreamName() {
      return "local";
    }

    @Override
    public String getFunctionName() {
      return "gymcoach-local";
    }

    @Override
    public String getFunctionVersion() {
      return "$LATEST";
    }

    @Override
    public String getInvokedFunctionArn() {
      return "arn:aws:lambda:us-east-1:000000000000:function:gymcoach-local";
    }

    @Override
    public @Nullable CognitoIdentity getIdentity() {
      return null;
    }

    @Override
    public @Nullable ClientContext getClientContext() {
      return null;
    }

    @Override
    public int getRemainingTimeInMillis() {
      return Math.toIntExact(Duration.ofNanos(end - System.nanoTime()).toMillis());
    }

    @Override
    public int getMemoryLimitInMB() {
      return 1024;
    }

    @Override
    public LambdaLogger getLogger() {
      return new LambdaLogger() {
        @Override
        public void log(String message) {
          System.out.println(message);
        }

        @Override
        public void log(byte[] message) {
          System.out.writeBytes(message);
        }
      };
    }
  }
}
