package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.CallCost;
import com.gymcoach.bedrock.cache.spi.metrics.StoreUse;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls as the cache tells of them. */
final class Events {
  static final String MODEL = "amazon.nova-micro-v1:0";
  static final TokenUsage USAGE = new TokenUsage(100, 200, 0, 0);
  static final double PRICE = 0.0000675;
  private static final StoreUse READ = new StoreUse(Duration.ofMillis(4), 1_500, 1, 0);

  private Events() {}

  static CacheEvent hot(String endpoint) {
    return answered(endpoint, Outcomes.hit(CacheSource.HOT, 12), Duration.ofMillis(2));
  }

  static CacheEvent warm(String endpoint) {
    return event(
        endpoint,
        Outcomes.hit(CacheSource.WARM, 60),
        Duration.ofMillis(10),
        READ,
        new CallCost(PRICE, 0.000001, PRICE - 0.000001),
        Set.of(),
        false,
        false);
  }

  static CacheEvent coalesced(String endpoint) {
    return answered(endpoint, Outcomes.coalesced(), Duration.ofMillis(900));
  }

  static CacheEvent stale(String endpoint) {
    return answered(
        endpoint, Outcomes.stale(CacheReason.STALE_WHILE_REVALIDATE), Duration.ofMillis(2));
  }

  static CacheEvent miss(String endpoint) {
    return event(
        endpoint,
        Outcomes.miss(CacheReason.ABSENT, true, true),
        Duration.ofMillis(1_200),
        READ,
        new CallCost(PRICE, 0.000002, -0.000002),
        Set.of(),
        false,
        false);
  }

  static CacheEvent refused(String endpoint, CacheReason reason) {
    return answered(endpoint, Outcomes.miss(reason), Duration.ofMillis(1_200));
  }

  static CacheEvent bypass(String endpoint, CacheReason reason) {
    return answered(endpoint, Outcomes.bypass(reason), Duration.ofMillis(1_200));
  }

  static CacheEvent failed(String endpoint, CacheFault... faults) {
    return event(
        endpoint,
        Outcomes.miss(CacheReason.ABSENT),
        Duration.ofMillis(30),
        null,
        CallCost.NONE,
        new LinkedHashSet<>(List.of(faults)),
        true,
        false);
  }

  /** A call that was not to go to Bedrock, and found nothing. */
  static CacheEvent notCached(String endpoint) {
    return event(
        endpoint,
        Outcomes.miss(CacheReason.ONLY_IF_CACHED),
        Duration.ofMillis(1),
        null,
        CallCost.NONE,
        Set.of(),
        true,
        false);
  }

  static CacheEvent unpriced(String endpoint) {
    return event(
        endpoint,
        Outcomes.hit(CacheSource.HOT, 12),
        Duration.ofMillis(2),
        null,
        CallCost.NONE,
        Set.of(),
        false,
        false);
  }

  /** The cache's own call, after a stale answer. */
  static CacheEvent background(String endpoint, CacheFault... faults) {
    return event(
        endpoint,
        Outcomes.miss(CacheReason.ABSENT, true, true),
        Duration.ofMillis(1_200),
        READ,
        new CallCost(PRICE, 0, -PRICE),
        new LinkedHashSet<>(List.of(faults)),
        false,
        true);
  }

  private static CacheEvent answered(String endpoint, CacheOutcome outcome, Duration took) {
    return event(
        endpoint,
        outcome,
        took,
        null,
        new CallCost(PRICE, 0, outcome.cached() ? PRICE : 0),
        Set.of(),
        false,
        false);
  }

  private static CacheEvent event(
      String endpoint,
      CacheOutcome outcome,
      Duration took,
      @Nullable StoreUse store,
      CallCost cost,
      Set<CacheFault> faults,
      boolean failed,
      boolean background) {
    return new CacheEvent(
        "Converse",
        endpoint,
        MODEL,
        outcome,
        took,
        failed ? null : USAGE,
        store,
        cost,
        faults,
        failed,
        background);
  }

  static CacheEvent withModel(CacheEvent event, String model) {
    return new CacheEvent(
        event.operation(),
        event.endpoint(),
        model,
        event.outcome(),
        event.latency(),
        event.usage(),
        event.store(),
        event.cost(),
        event.faults(),
        event.failed(),
        event.background());
  }

  static CacheEvent taking(CacheEvent event, Duration took) {
    return new CacheEvent(
        event.operation(),
        event.endpoint(),
        event.modelId(),
        event.outcome(),
        took,
        event.usage(),
        event.store(),
        event.cost(),
        event.faults(),
        event.failed(),
        event.background());
  }
}
