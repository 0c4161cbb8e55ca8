package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.CacheStats.Latency;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** The cache's statistics: by endpoint and model, as latencies, and as JSON. */
@SuppressWarnings("NullAway") // a missing member fails the test
class CacheStatsTest {
  private static final String MICRO = "amazon.nova-micro-v1:0";
  private static final String LITE = "amazon.nova-lite-v1:0";

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder().timeSource(time);
  }

  private void ask(BedrockCache cache, String endpoint, String modelId, String question) {
    ConverseRequest request = FakeBedrock.ask(question).copy(r -> r.modelId(modelId));
    CachingBedrockClient.create(bedrock, cache)
        .forScope(CacheScope.user("alice").endpoint(endpoint))
        .converse(request);
  }

  @Test
  void counts_areKeptByEndpointAndByModel() {
    BedrockCache cache = builder().build();
    ask(cache, "chat", MICRO, "one");
    ask(cache, "chat", MICRO, "one");
    ask(cache, "chat", LITE, "one");
    ask(cache, "meal-plan", LITE, "one");
    ask(cache, "meal-plan", LITE, "one");
    ask(cache, "meal-plan", LITE, "one");
    CacheStats stats = cache.stats();
    assertThat(stats.byEndpoint()).containsOnlyKeys("chat", "meal-plan");
    assertThat(stats.byModel()).containsOnlyKeys(MICRO, LITE);
    assertCounts(stats.byEndpoint().get("chat"), 1, 2);
    assertCounts(stats.byEndpoint().get("meal-plan"), 2, 1);
    assertCounts(stats.byModel().get(MICRO), 1, 1);
    assertCounts(stats.byModel().get(LITE), 2, 2);
    assertCounts(stats.total(), 3, 3);
    double micro = 11.1e-6;
    double lite = (12 * 0.06 + 34 * 0.24) / 1e6;
    assertThat(stats.byModel().get(MICRO).savedUsd()).isCloseTo(micro, within(1e-18));
    assertThat(stats.byModel().get(LITE).savedUsd()).isCloseTo(2 * lite, within(1e-18));
    assertThat(stats.byEndpoint().get("chat").bedrockUsd()).isCloseTo(micro + lite, within(1e-18));
    assertThat(stats.total().savedUsd()).isCloseTo(micro + 2 * lite, within(1e-18));
  }

  private static void assertCounts(Counts counts, long hits, long misses) {
    assertThat(counts.hits()).isEqualTo(hits);
    assertThat(counts.misses()).isEqualTo(misses);
    assertThat(counts.requests()).isEqualTo(hits + misses);
    assertThat(counts.hitRatePercent()).isEqualTo(100.0 * hits / (hits + misses));
  }

  /** A hit takes as long as its key takes to be made, which here is as long as the test says. */
  @Test
  void latency_isOfEachSourceWithinAHundredth() {
    Duration[] takes = {Duration.ZERO};
    KeyGenerator slow =
        (call, request) -> {
          time.advance(takes[0]);
          return new byte[] {1};
        };
    BedrockCache cache =
        builder()
            .hotMaxBytes(0) // of memory hits only some are timed
            .store(store)
            .keyGenerator(slow)
            .metricsSink(event -> {})
            .build();
    bedrock.answer =
        request -> {
          time.advance(Duration.ofMillis(1_200));
          return FakeBedrock.reply("one", StopReason.END_TURN);
        };
    ask(cache, "chat", MICRO, "one");
    for (int i = 1; i <= 100; i++) {
      takes[0] = Duration.ofMillis(i);
      ask(cache, "chat", MICRO, "one");
    }

    Map<CacheSource, Latency> latency = cache.stats().total().latency();
    assertThat(latency).containsOnlyKeys(CacheSource.BEDROCK, CacheSource.WARM);
    assertLatency(latency.get(CacheSource.BEDROCK), 1, 1_200, 1_200, 1_200, 1_200);
    assertLatency(latency.get(CacheSource.WARM), 100, 50, 95, 99, 100);
    assertThat(cache.stats().byModel().get(MICRO).latency()).isEqualTo(latency);
  }

  private static void assertLatency(
      Latency latency, long count, long p50, long p95, long p99, long max) {
    assertThat(latency.count()).isEqualTo(count);
    assertAbout(latency.p50(), p50);
    assertAbout(latency.p95(), p95);
    assertAbout(latency.p99(), p99);
    assertAbout(latency.max(), max);
  }

  private static void assertAbout(Duration latency, long millis) {
    assertThat(latency.toNanos() / 1e6).isCloseTo((double) millis, within(millis / 100.0));
  }

  @Test
  void latency_ofWhatTookOverAnHour_countsAsAnHourAndFailuresAsNone() {
    BedrockCache cache = builder().build();
    bedrock.answer =
        request -> {
          time.advance(Duration.ofHours(3));
          return FakeBedrock.reply("one", StopReason.END_TURN);
        };
    ask(cache, "chat", MICRO, "one");
    bedrock.answer =
        request -> {
          throw FakeBedrock.throttled();
        };
    assertThat(catchThrowable(() -> ask(cache, "chat", MICRO, "two"))).isNotNull();
    Latency latency = cache.stats().total().latency().get(CacheSource.BEDROCK);
    assertThat(latency.count()).isEqualTo(1);
    assertAbout(latency.max(), Duration.ofHours(1).toMillis());
  }

  /** Of 32,000 there are 2,000 to be expected: 1,500 and 2,500 are eleven deviations off. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void percentiles_ofHotHits_areOfOneInSixteenWhichCountsForAll(boolean sink) {
    List<Duration> told = new ArrayList<>();
    BedrockCacheBuilder builder = builder().cachePolicy(takesAMillisecond());
    if (sink) {
      builder.metricsSink(event -> told.add(event.latency()));
    }
    CacheStats stats = askOften(builder.build(), 32_000);
    assertThat(stats.total().hotHits()).isEqualTo(32_000);
    assertThat(stats.total().latency().get(CacheSource.HOT).count())
        .isBetween(16 * 1_500L, 16 * 2_500L)
        .matches(count -> count % 16 == 0);
    assertAbout(stats.total().latency().get(CacheSource.HOT).p50(), 1);
    assertThat(stats.total().latency().get(CacheSource.BEDROCK).count()).isEqualTo(1);
    assertThat(told).hasSize(sink ? 32_001 : 0).allMatch(Duration.ofMillis(1)::equals);
  }

  private CachePolicy takesAMillisecond() {
    return new CachePolicy() {
      @Override
      public boolean mayServe(CallContext context, SdkRequest request) {
        time.advance(Duration.ofMillis(1));
        return true;
      }
    };
  }

  private CacheStats askOften(BedrockCache cache, int hits) {
    CachingBedrockClient client =
        CachingBedrockClient.create(bedrock, cache)
            .forScope(CacheScope.user("alice").endpoint("chat"));
    for (int i = 0; i <= hits; i++) {
      client.converse(FakeBedrock.ask("one"));
    }
    return cache.stats();
  }

  /**
   * Hits that ask the store first are all timed, so those that don't count for sixteen. Of 32,000
   * with 100 such among them, in truth three in a thousand took 10 ms: less than one in a hundred.
   */
  @Test
  void latency_ofHotHits_whenFewAskTheStoreFirst_isOfAllAlike() {
    store.whileReading = () -> time.advance(Duration.ofMillis(10));
    BedrockCache cache = builder().store(store).build();
    CachingBedrockClient client =
        CachingBedrockClient.create(bedrock, cache)
            .forScope(CacheScope.user("alice").endpoint("chat"));
    client.converse(FakeBedrock.ask("one"));
    for (int check = 0; check < 100; check++) {
      time.advance(Duration.ofSeconds(10));
      for (int i = 0; i < 320; i++) {
        client.converse(FakeBedrock.ask("one"));
      }
    }
    CacheStats.Counts total = cache.stats().total();
    assertThat(total.hotHits()).isEqualTo(32_000);
    Latency hot = total.latency().get(CacheSource.HOT);
    assertThat(hot.count()).isBetween(24_000L, 40_000L); // 32,000 give or take eleven deviations
    assertThat(hot.p99()).isZero();
    assertAbout(hot.max(), 10);
  }

  /** Should names come from users, figures must not fill the memory. */
  @Test
  void names_beyondTheBounds_countAsOthers() {
    BedrockCache cache = builder().build();
    for (int endpoint = 0; endpoint < 100; endpoint++) {
      ask(cache, "endpoint-" + endpoint, MICRO, "one");
    }
    for (int model = 0; model < 20; model++) {
      ask(cache, "endpoint-1", "acme.model-" + model, "one");
    }
    CacheStats stats = cache.stats();
    assertThat(stats.byEndpoint()).hasSize(65).containsKeys("endpoint-63", "_others");
    assertThat(stats.byEndpoint()).doesNotContainKey("endpoint-64");
    assertThat(stats.byEndpoint().get("_others").misses()).isEqualTo(36);
    assertThat(stats.byEndpoint().get("endpoint-1").misses()).isEqualTo(21);
    assertThat(stats.byModel()).hasSize(9).containsKeys(MICRO, "acme.model-6", "_others");
    assertThat(stats.byModel().get("_others").misses()).isEqualTo(13);
    assertThat(stats.total().misses()).isEqualTo(120);
  }

  /** The members of GymCoach's {@code /api/ai/cache/stats}, and what they mean. */
  @Test
  void toJson_holdsWhatGymCoachReads() {
    BedrockCache cache = builder().store(store).hotMaxBytes(1 << 20).build();
    ask(cache, "chat", MICRO, "one");
    ask(cache, "chat", MICRO, "one");
    ask(cache, "meal-plan", LITE, "two");
    store.failWrites = new IllegalStateException("no");
    ask(cache, "chat", MICRO, "three");
    cache.invalidate(CacheScope.user("alice").endpoint("meal-plan"));

    Map<String, JsonNode> json = parse(cache.stats().toJson());
    assertThat(json.get("enabled").asBoolean()).isTrue();
    assertThat(json.get("store_available").asBoolean()).isTrue();
    assertThat(number(json, "hits")).isEqualTo(1);
    assertThat(number(json, "misses")).isEqualTo(3);
    assertThat(number(json, "writes")).isEqualTo(3);
    assertThat(number(json, "kept")).isEqualTo(3);
    assertThat(number(json, "stored")).isEqualTo(2); // the third into memory alone
    assertThat(number(json, "invalidations")).isEqualTo(1);
    assertThat(number(json, "errors")).isEqualTo(1);
    assertThat(number(json, "total_requests")).isEqualTo(4);
    assertThat(number(json, "hit_rate_percent")).isEqualTo(25);
    assertThat(number(json, "hot_cache_size"))
        .isEqualTo((double) cache.stats().hotBytes())
        .isPositive();
    assertThat(number(json, "hot_cache_max_size")).isEqualTo(1 << 20);
    assertThat(json)
        .containsOnlyKeys(
            // the members that services rely on
            "enabled",
            "hits",
            "misses",
            "writes",
            "invalidations",
            "errors",
            "total_requests",
            "hit_rate_percent",
            "hot_cache_size",
            "hot_cache_max_size",
            "observed",
            // and what came with this library
            "kept",
            "stored",
            "store_available",
            "hot_cache_entries",
            "hot_hits",
            "warm_hits",
            "stale_hits",
            "coalesced",
            "bypasses",
            "failures",
            "unpriced",
            "cost_saved_usd",
            "bedrock_cost_usd",
            "latency_ms",
            "reasons",
            "faults",
            "by_endpoint",
            "by_model");
    assertThat(number(json, "hot_cache_entries")).isEqualTo(2);
    assertThat(number(json, "cost_saved_usd")).isCloseTo(11.1e-6, within(1e-9));
    assertThat(number(json.get("faults").asObject(), "STORE_WRITE_FAILED")).isEqualTo(1);
    Map<String, JsonNode> endpoints = json.get("by_endpoint").asObject();
    assertThat(endpoints).containsOnlyKeys("chat", "meal-plan");
    assertThat(number(endpoints.get("chat").asObject(), "total_requests")).isEqualTo(3);
    assertThat(number(endpoints.get("chat").asObject(), "hit_rate_percent")).isEqualTo(33.33);
    assertThat(json.get("by_model").asObject()).containsOnlyKeys(MICRO, LITE);
    Map<String, JsonNode> latency = json.get("latency_ms").asObject().get("bedrock").asObject();
    assertThat(latency).containsOnlyKeys("count", "timed", "p50", "p95", "p99", "max");
    assertThat(number(latency, "count")).isEqualTo(3);
  }

  @Test
  void metricsMd_namesEachMemberOfTheJson() throws IOException {
    BedrockCache cache = builder().build();
    ask(cache, "chat", MICRO, "one");
    Map<String, JsonNode> json = parse(cache.stats().toJson());
    Map<String, JsonNode> observed = json.get("observed").asObject();
    Map<String, JsonNode> latency = json.get("latency_ms").asObject().get("bedrock").asObject();
    String page = Files.readString(Path.of("..", "docs", "metrics.md"));
    for (Map<String, JsonNode> members : List.of(json, observed, latency)) {
      assertThat(members.keySet()).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }
  }

  @Test
  void toJson_whenOffAndUnused_saysSo() {
    BedrockCache cache = builder().mode(CacheMode.OFF).build();
    Map<String, JsonNode> json = parse(cache.stats().toJson());
    assertThat(json.get("enabled").asBoolean()).isFalse();
    assertThat(number(json, "hit_rate_percent")).isZero();
    assertThat(json.get("latency_ms").asObject()).isEmpty();
  }

  private static Map<String, JsonNode> parse(String json) {
    return JsonNodeParser.create().parse(json).asObject();
  }

  private static double number(Map<String, JsonNode> object, String name) {
    return Double.parseDouble(object.get(name).asNumber());
  }

  @Test
  void attached_givesTheSinkWhatNoCallTells() {
    List<Supplier<CacheStats>> given = new ArrayList<>();
    MetricsSink sink =
        new MetricsSink() {
          @Override
          public void record(CacheEvent event) {}

          @Override
          public void attached(Supplier<CacheStats> stats) {
            given.add(stats);
          }
        };
    BedrockCache cache = builder().metricsSink(MetricsSink.all(MetricsSink.none(), sink)).build();
    ask(cache, "chat", MICRO, "one");
    assertThat(given).hasSize(1);
    assertThat(given.get(0).get().hotEntries()).isEqualTo(1);
    cache.close();
    CacheStats last = given.get(0).get(); // all that a sink holds of a cache that is gone
    assertThat(last.hotEntries()).isZero();
    assertThat(last.total().misses()).isEqualTo(1);
    assertThat(given.get(0).get()).isSameAs(last);
  }

  /** One that is written in another language throws what it likes. */
  @Test
  void all_whenOneThrowsAnything_tellsTheOthers() {
    AtomicInteger heard = new AtomicInteger();
    MetricsSink throwing =
        event -> {
          throw Result.<RuntimeException>unchanged(new IOException("no"));
        };
    BedrockCache cache =
        builder().metricsSink(MetricsSink.all(throwing, event -> heard.incrementAndGet())).build();
    ask(cache, "chat", MICRO, "one");
    assertThat(heard).hasValue(1);
    assertThat(cache.stats().sinkFailures()).isEqualTo(1);
  }

  /** Each sink is called even if others throw; the cache counts one failure and continues. */
  @Test
  void all_tellsEachSinkEvenWhereAnotherThrows() {
    AtomicInteger heard = new AtomicInteger();
    List<MetricsSink> sinks = new ArrayList<>();
    for (Throwable thrown :
        List.of(new IllegalStateException("one"), new NoClassDefFoundError("two"))) {
      sinks.add(
          event -> {
            heard.incrementAndGet();
            throw Result.<RuntimeException>unchanged(thrown);
          });
    }
    sinks.add(event -> heard.incrementAndGet());
    BedrockCache cache =
        builder().metricsSink(MetricsSink.all(sinks.toArray(new MetricsSink[0]))).build();
    ask(cache, "chat", MICRO, "one");
    assertThat(heard).hasValue(3);
    assertThat(cache.stats().sinkFailures()).isEqualTo(1);
    assertThat(cache.stats().faults().get(CacheFault.ENGINE_FAILED)).isNull();
    assertThat(catchThrowable(() -> MetricsSink.all(sinks.get(1), sinks.get(0)).record(null)))
        .isInstanceOf(NoClassDefFoundError.class);
  }
}
