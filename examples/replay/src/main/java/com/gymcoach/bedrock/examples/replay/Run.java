package com.gymcoach.bedrock.examples.replay;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.Observed;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/**
 * Plays a trace through the cache, with a clock set to the time of each call, so an hour takes
 * seconds. Several processes may share the table, each with its own memory.
 */
final class Run {
  /** Latencies assumed for an answer: the minimum for the cache, a typical value for Bedrock. */
  private static final double HOT_MILLIS = 0.1;

  private static final double WARM_MILLIS = 6;
  private static final double BEDROCK_FIRST_MILLIS = 400;
  private static final double BEDROCK_TOKEN_MILLIS = 8;
  private static final Instant BEGIN = Instant.parse("2026-11-26T00:00:00Z");

  /**
   * The settings of a run.
   *
   * @param ttl the TTL of every answer
   * @param hotBytes the memory of each process, in bytes
   * @param processes the number that share the table; calls are assigned to them in turn
   */
  record Settings(String model, CacheMode mode, Duration ttl, long hotBytes, int processes) {}

  /**
   * The results of a run.
   *
   * @param byEndpoint the results by endpoint name
   * @param hitRates the hit rate, in percent, in each of the equal parts of the trace's time
   */
  record Result(
      long calls,
      long hot,
      long warm,
      long bedrock,
      double savedUsd,
      double bedrockUsd,
      double p50Millis,
      double p99Millis,
      double meanMillis,
      Map<String, Part> byEndpoint,
      List<Double> hitRates) {
    double hitRate() {
      return calls == 0 ? 0 : 100.0 * (hot + warm) / calls;
    }
  }

  /** The results of an endpoint. */
  record Part(long calls, long hits, double savedUsd) {
    static Part of(Counts counts) {
      return new Part(counts.requests(), counts.hits(), counts.savedUsd());
    }

    Part plus(Part other) {
      return new Part(calls + other.calls, hits + other.hits, savedUsd + other.savedUsd);
    }
  }

  private final Trace trace;
  private final Settings settings;
  private final ManualTime time = ManualTime.startingAt(BEGIN);
  private final PlayedBedrock bedrock = new PlayedBedrock();
  private final Histogram micros = new Histogram(3);
  private long hot;
  private long warm;

  Run(Trace trace, Settings settings) {
    this.trace = trace;
    this.settings = settings;
  }

  /** Plays the trace. */
  Result play(int parts, LongConsumer progress) {
    List<BedrockCache> caches = new ArrayList<>();
    List<CachingBedrockClient> clients = new ArrayList<>();
    SharedTable table = new SharedTable();
    for (int i = 0; i < settings.processes(); i++) {
      BedrockCache cache = cache(table);
      caches.add(cache);
      clients.add(CachingBedrockClient.create(bedrock, cache));
    }
    long length = 1 + trace.asks().get(trace.asks().size() - 1).millis();
    long[] hits = new long[parts];
    long[] calls = new long[parts];
    long now = 0;
    for (int i = 0; i < trace.asks().size(); i++) {
      Ask ask = trace.asks().get(i);
      time.advance(Duration.ofMillis(ask.millis() - now));
      now = ask.millis();
      int part = (int) (ask.millis() * parts / length);
      hits[part] += ask(clients.get(i % clients.size()), ask) ? 1 : 0;
      calls[part]++;
      progress.accept(i + 1);
    }
    Map<String, Part> byEndpoint = new TreeMap<>();
    double saved = 0;
    double spent = 0;
    for (BedrockCache cache : caches) {
      CacheStats stats = cache.stats();
      Observed.Would would = stats.observed().total();
      hot += stats.total().hotHits() + would.hotHits();
      warm += stats.total().warmHits() + would.warmHits();
      saved += stats.total().savedUsd() + would.savedUsd();
      spent += stats.total().bedrockUsd();
      stats
          .byEndpoint()
          .forEach((name, counts) -> byEndpoint.merge(name, Part.of(counts), Part::plus));
      cache.close();
    }
    List<Double> rates = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      rates.add(calls[part] == 0 ? Double.NaN : 100.0 * hits[part] / calls[part]);
    }
    return new Result(
        trace.asks().size(),
        hot,
        warm,
        bedrock.calls(),
        saved,
        spent,
        micros.getValueAtPercentile(50) / 1e3,
        micros.getValueAtPercentile(99) / 1e3,
        micros.getMean() / 1e3,
        byEndpoint,
        rates);
  }

  private BedrockCache cache(SharedTable table) {
    return BedrockCache.builder()
        .timeSource(time)
        .mode(settings.mode())
        .ttlPolicy(TtlPolicy.fixed(settings.ttl()).withJitter(0))
        .hotMaxBytes(settings.hotBytes())
        .keyMemoMaxBytes(0) // prompts do not recur as the same objects here
        .store(table)
        .build();
  }

  /** Returns whether the cache had the answer; in observe mode, whether it would have had it. */
  private boolean ask(CachingBedrockClient client, Ask ask) {
    bedrock.next(ask);
    ConverseResponse reply =
        client
            .forScope(CacheScope.user(ask.user()).endpoint(ask.endpoint()))
            .converse(request(ask));
    CacheOutcome outcome = CacheOutcome.of(reply);
    CacheReason reason = outcome.reason().orElse(null);
    boolean isHot = outcome.cached() && outcome.source() == CacheSource.HOT;
    boolean isWarm = outcome.cached() && outcome.source() == CacheSource.WARM;
    double millis =
        isHot
            ? HOT_MILLIS
            : isWarm
                ? WARM_MILLIS
                : BEDROCK_FIRST_MILLIS + BEDROCK_TOKEN_MILLIS * ask.outputTokens() + WARM_MILLIS;
    micros.recordValue(Math.round(millis * 1e3));
    return isHot || isWarm || reason == CacheReason.WOULD_HIT;
  }

  private ConverseRequest request(Ask ask) {
    return ConverseRequest.builder()
        .modelId(settings.model())
        .messages(
            Message.builder().role("user").content(ContentBlock.fromText(ask.prompt())).build())
        .build();
  }
}
