package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** The function with its own cache, as a process in Lambda has it. */
final class Served {
  final List<String> metrics = new CopyOnWriteArrayList<>();
  final BedrockCache cache;
  private final GymCoachFunction function;

  Served(LocalAws aws) {
    this(aws, aws.bedrock, Map.of());
  }

  Served(LocalAws aws, BedrockRuntimeClient bedrock, Map<String, String> environment) {
    Settings settings = Settings.from(environment);
    cache = GymCoachCache.create(aws.dynamoDb, settings, sink());
    function = new GymCoachFunction(bedrock, cache, settings);
  }

  /** With keys of the cache's. */
  Served(LocalAws aws, CacheKeys keys) {
    Settings settings = Settings.from(Map.of());
    cache = GymCoachCache.create(aws.dynamoDb, settings, keys, sink());
    function = new GymCoachFunction(aws.bedrock, cache, settings);
  }

  private EmfMetricsSink sink() {
    return EmfMetricsSink.builder()
        .namespace(GymCoachCache.METRICS_NAMESPACE)
        .output(metrics::add)
        .build();
  }

  /**
   * With a cache in memory only: whether an answer is kept does not depend on how busy a table is.
   */
  Served(BedrockRuntimeClient bedrock) {
    this(bedrock, Quota.none());
  }

  Served(BedrockRuntimeClient bedrock, Quota quota) {
    cache = BedrockCache.builder().ttlPolicy(GymCoachCache.TTL_POLICY).build();
    function = new GymCoachFunction(bedrock, cache, Settings.from(Map.of()), quota);
  }

  Reply call(JsonNode event) {
    return call(event, 30_000);
  }

  Reply call(JsonNode event, int millisLeft) {
    return Reply.of(send(event.toString().getBytes(StandardCharsets.UTF_8), millisLeft));
  }

  byte[] send(byte[] event, int millisLeft) {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    try {
      function.handleRequest(
          new ByteArrayInputStream(event), reply, new LocalContext("request-1", millisLeft));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return reply.toByteArray();
  }
}
