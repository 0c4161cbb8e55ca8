package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** A stand-in for Bedrock, a cache in memory, both kinds of clients, and a clock that waits. */
final class Fixture implements AutoCloseable {
  static final Reply THROTTLED = Reply.error(429, "ThrottlingException", "slow down");

  final BedrockStandIn bedrock = BedrockStandIn.start();
  final ManualTime time = ManualTime.startingAt(Instant.parse("2026-11-24T08:00:00Z"));
  final BedrockCache cache;
  final CachingBedrockClient client;
  final CachingBedrockAsyncClient asyncClient;

  Fixture() {
    this(builder -> {});
  }

  Fixture(Consumer<BedrockCacheBuilder> settings) {
    BedrockCacheBuilder builder = BedrockCache.builder();
    settings.accept(builder);
    cache = builder.build();
    client = CachingBedrockClient.create(Clients.sync(bedrock), cache);
    asyncClient = CachingBedrockAsyncClient.create(Clients.async(bedrock), cache);
  }

  /** Returns an answer of 20 tokens. */
  static Reply nova(String stopReason) {
    return Reply.json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"Run.\"}]}},"
            + "\"stopReason\":\""
            + stopReason
            + "\",\"usage\":{\"inputTokens\":10,\"outputTokens\":20,\"totalTokens\":30},"
            + "\"metrics\":{\"latencyMs\":1}}");
  }

  /**
   * Returns a builder of a warm-up without haste limits: one call at a time on the manual clock.
   */
  WarmUpBuilder warmUp(Path file) {
    return WarmUp.builder(file)
        .client(client)
        .maxUsd(10)
        .requestsPerSecond(1_000)
        .burst(1_000)
        .concurrency(1)
        .time(time)
        .pausing(
            nanos -> {
              time.advance(Duration.ofNanos(nanos));
              return true;
            });
  }

  @Override
  public void close() {
    client.close();
    asyncClient.close();
    cache.close();
    bedrock.close();
  }
}
