package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** A cache that keeps the embeddings of a batch one by one. */
abstract class EmbeddingsByTextSetUp {
  static final CacheScope ALICE = CacheScope.user("alice").endpoint("search");
  static final Duration TTL = Duration.ofHours(1);

  static final CachePolicy BY_TEXT =
      new CachePolicy() {
        @Override
        public boolean cacheEmbeddingsByText(CallContext call) {
          return true;
        }
      };

  final EmbeddingCaller way;
  final FakeCohere cohere = new FakeCohere();
  final FakeTime time = new FakeTime();
  final List<CacheEvent> told = new ArrayList<>();
  final BedrockCache cache = builder().build();

  EmbeddingsByTextSetUp(EmbeddingCaller way) {
    this.way = way;
  }

  BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .cachePolicy(BY_TEXT)
        .timeSource(time)
        .metricsSink(told::add)
        .ttlPolicy(
            TtlPolicy.fixed(TTL)
                .withJitter(0)
                .withStaleWhileRevalidate(Duration.ofMinutes(30))
                .withStaleIfError(Duration.ofHours(2)));
  }

  InvokeModelResponse call(InvokeModelRequest request) {
    return way.call(cohere, cache, ALICE, request);
  }

  InvokeModelResponse embed(String... texts) {
    return call(FakeCohere.ask(texts));
  }

  CacheOutcome with(CacheControl control, String... texts) {
    return CacheOutcome.of(call(control.applyTo(FakeCohere.ask(texts))));
  }

  /** Returns the body that Bedrock would give for these texts. */
  static String body(int id, String... texts) {
    return "{\"embeddings\":%s,\"id\":\"call-%d\",\"response_type\":\"embeddings_floats\",\"texts\":%s}"
        .formatted(
            Arrays.stream(texts).map(FakeCohere::vector).collect(Collectors.joining(",", "[", "]")),
            id,
            FakeCohere.json(List.of(texts)));
  }

  static String paid(InvokeModelResponse response) {
    return response
        .sdkHttpResponse()
        .firstMatchingHeader("x-amzn-bedrock-input-token-count")
        .orElse("");
  }
}
