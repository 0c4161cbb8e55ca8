package com.gymcoach.bedrock.micrometer;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.CallCost;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.metrics.StoreUse;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.time.Duration;
import java.util.Set;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Calls as the cache tells of them. */
final class Scrapes {
  private static final double PRICE = 0.0000675;
  private static final StoreUse READ = new StoreUse(Duration.ofMillis(4), 1_500, 1, 0);

  private Scrapes() {}

  /** Returns the outcome that a response with this header has. */
  private static CacheOutcome outcome(String header) {
    ConverseResponse.Builder response = ConverseResponse.builder();
    response.sdkHttpResponse(
        SdkHttpResponse.builder().putHeader(CacheOutcome.HEADER, "bedrock-cache" + header).build());
    return CacheOutcome.of(response.build());
  }

  static CacheEvent hot(String endpoint, String model) {
    return event(endpoint, model, "; hit; ttl=60; age=12; detail=HOT", false, false);
  }

  private static CacheEvent event(
      String endpoint, String model, String header, boolean failed, boolean background) {
    CacheOutcome outcome = outcome(header);
    return new CacheEvent(
        "Converse",
        endpoint,
        model,
        outcome,
        Duration.ofMillis(outcome.cached() ? 2 : 900),
        failed ? null : new TokenUsage(100, 200, 0, 0),
        outcome.cached() ? null : READ,
        failed ? CallCost.NONE : new CallCost(PRICE, outcome.cached() ? 0 : 1e-6, 0),
        failed ? Set.of(CacheFault.STORE_UNAVAILABLE) : Set.of(),
        failed,
        background);
  }

  /** Records what brings every meter into being, except those of a cache's memory. */
  static void recordEachKind(MetricsSink sink) {
    String model = "amazon.nova-micro-v1:0";
    sink.record(hot("chat", model));
    sink.record(
        event("chat", model, "; hit; ttl=-9; age=70; detail=HOT.STALE_IF_ERROR", false, false));
    sink.record(event("chat", model, "; fwd=miss; collapsed; detail=ABSENT", false, false));
    sink.record(
        event("chat", model, "; fwd=miss; stored; kept; ttl=60; detail=ABSENT", false, false));
    sink.record(event("chat", model, "; fwd=miss; detail=MAX_TOKENS", false, false));
    sink.record(event("chat", model, "; fwd=bypass; detail=SCOPE_MISSING", false, false));
    sink.record(event("chat", model, "; fwd=miss; detail=ABSENT", true, false));
    sink.record(
        event("chat", model, "; fwd=miss; stored; kept; ttl=60; detail=ABSENT", false, true));
    CacheEvent unpriced = hot("chat", model);
    sink.record(
        new CacheEvent(
            unpriced.operation(),
            "meal-plan",
            "unknown",
            unpriced.outcome(),
            unpriced.latency(),
            null,
            null,
            CallCost.NONE,
            Set.of(),
            false,
            false));
    sink.invalidated("chat", 3);
    sink.invalidated("*", 0);
    sink.fault("chat", CacheFault.DELETE_FAILED);
  }
}
