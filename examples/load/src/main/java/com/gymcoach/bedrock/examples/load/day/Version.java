package com.gymcoach.bedrock.examples.load.day;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.examples.lambda.GymCoachCache;
import com.gymcoach.bedrock.examples.lambda.GymCoachFunction;
import com.gymcoach.bedrock.examples.lambda.Settings;
import com.gymcoach.bedrock.examples.load.day.Fleet.Release;
import com.gymcoach.bedrock.examples.local.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A release that is running, in two processes with a cache each. Thread-safe. */
record Version(Release release, List<Instance> instances, AtomicInteger calls)
    implements AutoCloseable {
  private static final int INSTANCES = 2;
  private static final JsonMapper JSON = new JsonMapper();

  /** Wide, so that a slow machine is not taken for an outage. */
  private static final Duration BUDGET = Duration.ofSeconds(2);

  private record Instance(BedrockCache cache, GymCoachFunction function) {}

  /**
   * Starts a release.
   *
   * @param lines takes the metrics, which are lines of the log
   */
  static Version start(Release release, Cloud cloud, Consumer<String> lines) {
    Settings settings = Settings.from(Map.of("BEDROCK_MODEL_ID", release.modelId()));
    return new Version(
        release,
        Stream.generate(() -> instance(release, settings, cloud, lines)).limit(INSTANCES).toList(),
        new AtomicInteger());
  }

  private static Instance instance(
      Release release, Settings settings, Cloud cloud, Consumer<String> lines) {
    BedrockCache cache =
        GymCoachCache.builder(settings, release.keys())
            .store(
                DynamoDbCacheStore.builder()
                    .client(cloud.dynamoDb())
                    .tableName(Cloud.TABLE)
                    .readBudget(BUDGET)
                    .writeBudget(BUDGET)
                    .build())
            .invalidationDelay(cloud.bound())
            .maxUnverified(cloud.bound()) // else the bound would not hold while the table is away
            .trustedInterceptors(Cloud.TellsTheUser.class)
            .metricsSink(
                EmfMetricsSink.builder()
                    .namespace(GymCoachCache.METRICS_NAMESPACE)
                    .output(lines)
                    .build())
            .build();
    return new Instance(cache, new GymCoachFunction(cloud.bedrock(), cache, settings));
  }

  /** Returns the function's reply to an event. */
  byte[] invoke(byte[] event) throws IOException {
    Instance instance = instances.get(Math.floorMod(calls.incrementAndGet(), INSTANCES));
    String user =
        JSON.readTree(event).at("/requestContext/authorizer/jwt/claims/sub").asText("nobody");
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    Cloud.TellsTheUser.USER.set(user);
    try {
      instance.function.handleRequest(new ByteArrayInputStream(event), reply, new Invocation());
    } finally {
      Cloud.TellsTheUser.USER.remove();
    }
    return reply.toByteArray();
  }

  @Override
  public void close() {
    instances.forEach(instance -> instance.cache.close());
  }
}
