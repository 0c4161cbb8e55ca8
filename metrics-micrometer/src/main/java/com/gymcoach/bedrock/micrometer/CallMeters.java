package com.gymcoach.bedrock.micrometer;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The meters of the calls of one endpoint, or of one model at an endpoint: how many, how long and
 * for how much money. Thread-safe.
 */
final class CallMeters {
  /** How a call ended. */
  enum Result {
    HIT,
    COALESCED,
    MISS,
    BYPASS,
    FAILED;

    static Result of(CacheEvent event) {
      if (event.inError()) {
        return FAILED;
      }
      return switch (event.outcome().status()) {
        case HIT -> HIT;
        case COALESCED -> COALESCED;
        case MISS -> MISS;
        case BYPASS -> BYPASS;
      };
    }

    String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final List<CacheSource> SOURCES = List.of(CacheSource.values());
  private static final List<String> KINDS =
      List.of(Names.KIND_CALL, Names.KIND_REFRESH, Names.KIND_STORE);

  private final Map<Result, MeterTable<Counter>> requests = new EnumMap<>(Result.class);
  private final MeterTable<Timer> latency;
  private final MeterTable<Counter> cost;
  private final MeterTable<Counter> saved;
  private final MeterTable<Counter> unpriced;

  CallMeters(MeterRegistry registry, Tags tags, boolean histogram) {
    for (Result result : Result.values()) {
      requests.put(
          result,
          new MeterTable<>(
              SOURCES.size(),
              i ->
                  Counter.builder(Names.REQUESTS)
                      .description("Calls through the cache, by result and source of the answer")
                      .tags(tags)
                      .tag(Names.RESULT, result.tag())
                      .tag(Names.SOURCE, SOURCES.get(i).wireName())
                      .register(registry)));
    }
    this.latency =
        new MeterTable<>(
            SOURCES.size(),
            i ->
                Timer.builder(Names.LATENCY)
                    .description("How long answered calls took, by source of the answer")
                    .tags(tags)
                    .tag(Names.SOURCE, SOURCES.get(i).wireName())
                    .publishPercentileHistogram(histogram)
                    .register(registry));
    this.cost =
        new MeterTable<>(
            KINDS.size(),
            i ->
                Counter.builder(Names.COST)
                    .description("Money spent: on calls, on background refreshes, on the store")
                    .baseUnit(Names.USD)
                    .tags(tags)
                    .tag(Names.KIND, KINDS.get(i))
                    .register(registry));
    this.saved =
        new MeterTable<>(
            1,
            i ->
                Counter.builder(Names.SAVED)
                    .description("Bedrock's price of the calls that were not made")
                    .baseUnit(Names.USD)
                    .tags(tags)
                    .register(registry));
    this.unpriced =
        new MeterTable<>(
            1,
            i ->
                Counter.builder(Names.UNPRICED)
                    .description("Answers whose price is not known; they add nothing to the money")
                    .tags(tags)
                    .register(registry));
  }

  void add(CacheEvent event) {
    if (!event.background()) {
      CacheSource source = source(event.outcome());
      Objects.requireNonNull(requests.get(Result.of(event)))
          .get(SOURCES.indexOf(source))
          .increment();
      if (!event.failed()) {
        latency.get(SOURCES.indexOf(source)).record(event.latency());
      }
    }
    addMoney(event);
  }

  /**
   * Adds the money. A Prometheus counter cannot fall, so that what lessens the saving is a cost of
   * its own kind.
   */
  private void addMoney(CacheEvent event) {
    boolean cached = event.outcome().cached();
    Double model = event.cost().modelUsd();
    if (model != null && cached && !event.background()) {
      add(saved.get(0), model);
    } else if (model != null && !cached) {
      add(
          cost.get(KINDS.indexOf(event.background() ? Names.KIND_REFRESH : Names.KIND_CALL)),
          model);
    }
    if (event.cost().storeUsd() > 0) {
      add(cost.get(KINDS.indexOf(Names.KIND_STORE)), event.cost().storeUsd());
    }
    if (model == null && !event.failed() && !(event.background() && cached)) {
      unpriced.get(0).increment();
    }
  }

  private static void add(Counter counter, double usd) {
    if (Double.isFinite(usd) && usd > 0) { // NaN would spoil the sum for good
      counter.increment(usd);
    }
  }

  /** Returns the answer's source. A coalesced call waited for Bedrock. */
  private static CacheSource source(CacheOutcome outcome) {
    return outcome.status() == CacheOutcome.Status.COALESCED
        ? CacheSource.BEDROCK
        : outcome.source();
  }
}
