package com.gymcoach.bedrock.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cloudwatch.CloudWatchStandIn.Datum;
import com.gymcoach.bedrock.cloudwatch.CloudWatchStandIn.Request;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives at CloudWatch from the SDK's own clients. */
class CloudWatchWireTest {
  private static final Map<String, String> CHAT = Map.of("Endpoint", "chat");
  private static final Map<String, String> ALL_TOGETHER = Map.of();

  private final CloudWatchStandIn cloudWatch = new CloudWatchStandIn();

  @AfterEach
  void close() {
    cloudWatch.close();
  }

  @ParameterizedTest
  @EnumSource
  void send_whenCallsWereTold_arrivesAsContractMdNamesThem(Clients clients) {
    try (CloudWatchMetricsSink sink = clients.to(cloudWatch).build()) {
      knownSequence(sink);
      sink.flush();
    }

    assertThat(cloudWatch.taken()).hasSize(1); // and nothing more at the close
    Request request = cloudWatch.taken().get(0);
    assertThat(request.path())
        .isEqualTo("/service/GraniteServiceVersion20100801/operation/PutMetricData");
    assertThat(request.protocol()).isEqualTo("rpc-v2-cbor");
    assertThat(request.namespace()).isEqualTo("BedrockCache");

    Map<String, String> units = new HashMap<>();
    request.data().forEach(d -> units.merge(d.name(), d.unit(), (one, same) -> one));
    assertThat(units)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("CacheHits", "Count"),
                Map.entry("CacheMisses", "Count"),
                Map.entry("CacheHitRate", "Percent"),
                Map.entry("CostSaved", "None"),
                Map.entry("BedrockCost", "None"),
                Map.entry("CacheInvalidations", "Count"),
                Map.entry("HotHits", "Count"),
                Map.entry("WarmHits", "Count"),
                Map.entry("Coalesced", "Count"),
                Map.entry("StaleServed", "Count"),
                Map.entry("Bypasses", "Count"),
                Map.entry("Refusals", "Count"),
                Map.entry("Kept", "Count"),
                Map.entry("Stored", "Count"),
                Map.entry("StoreErrors", "Count"),
                Map.entry("StoreLatency", "Milliseconds"),
                Map.entry("ResponseTime", "Milliseconds"),
                Map.entry("EntryBytes", "Bytes"),
                Map.entry("BedrockErrors", "Count"),
                Map.entry("Unpriced", "Count")));
    request.data().forEach(CloudWatchWireTest::assertWithinLimits);
  }

  @ParameterizedTest
  @EnumSource
  void send_whenSequenceIsKnown_givesItsFigures(Clients clients) {
    try (CloudWatchMetricsSink sink = clients.to(cloudWatch).build()) {
      knownSequence(sink);
      sink.flush();
    }

    for (Map<String, String> whose : List.of(CHAT, ALL_TOGETHER)) {
      // 6 of 11 looked-up calls: neither bypasses nor the cache's own call count.
      assertThat(cloudWatch.average(Metrics.CACHE_HIT_RATE, whose))
          .isCloseTo(600.0 / 11, within(1e-9));
      assertThat(cloudWatch.samples(Metrics.CACHE_HIT_RATE, whose)).isEqualTo(11);
      assertThat(cloudWatch.sum(Metrics.CACHE_HITS, whose)).isEqualTo(6);
      assertThat(cloudWatch.sum(Metrics.CACHE_MISSES, whose)).isEqualTo(5);
      assertThat(cloudWatch.sum(Metrics.BEDROCK_ERRORS, whose)).isEqualTo(1);
      assertThat(cloudWatch.sum(Metrics.UNPRICED, whose)).isEqualTo(1);
      // Five answers spared, less a read, three misses' units and the call behind the stale one.
      assertThat(cloudWatch.sum(Metrics.COST_SAVED, whose))
          .isCloseTo(5 * Events.PRICE - 0.000001 - 3 * 0.000002 - Events.PRICE, within(1e-12));
      assertThat(cloudWatch.sum(Metrics.BEDROCK_COST, whose))
          .isCloseTo(6 * Events.PRICE, within(1e-12));
      assertThat(cloudWatch.samples(Metrics.RESPONSE_TIME, whose)).isEqualTo(11);
      assertThat(cloudWatch.sum(Metrics.RESPONSE_TIME, whose))
          .isCloseTo(4 * 2 + 10 + 900 + 5 * 1_200, within(1e-6));
    }
    assertThat(cloudWatch.sum(Metrics.HOT_HITS, CHAT)).isEqualTo(4);
    assertThat(cloudWatch.sum(Metrics.WARM_HITS, CHAT)).isEqualTo(1);
    assertThat(cloudWatch.sum(Metrics.COALESCED, CHAT)).isEqualTo(1);
    assertThat(cloudWatch.sum(Metrics.STALE_SERVED, CHAT)).isEqualTo(1);
    assertThat(cloudWatch.sum(Metrics.CACHE_INVALIDATIONS, CHAT)).isEqualTo(1);
    assertThat(cloudWatch.sum(Metrics.CACHE_INVALIDATIONS, Map.of("Endpoint", "_all")))
        .isEqualTo(2);
    assertThat(cloudWatch.sum(Metrics.BYPASSES, chatAnd("Reason", "SCOPE_MISSING"))).isEqualTo(1);
    assertThat(cloudWatch.sum(Metrics.REFUSALS, chatAnd("Reason", "MAX_TOKENS"))).isEqualTo(1);
    assertThat(cloudWatch.sum(Metrics.STORE_ERRORS, chatAnd("Fault", "STORE_READ_TIMEOUT")))
        .isEqualTo(2);
    assertThat(cloudWatch.sum(Metrics.STORE_ERRORS, chatAnd("Fault", "STORE_WRITE_FAILED")))
        .isEqualTo(1);
    assertThat(cloudWatch.sum(Metrics.STORE_ERRORS, chatAnd("Fault", "DELETE_FAILED")))
        .isEqualTo(1);
    // For all endpoints together too, which alarms read.
    assertThat(cloudWatch.sum(Metrics.STORE_ERRORS, Map.of("Fault", "STORE_READ_TIMEOUT")))
        .isEqualTo(2);
    assertThat(cloudWatch.sum(Metrics.STORE_ERRORS, Map.of("Fault", "DELETE_FAILED"))).isEqualTo(1);
    assertThat(cloudWatch.average(Metrics.RESPONSE_TIME, chatAnd("Cached", "true")))
        .isCloseTo((4 * 2 + 10 + 900) / 6.0, within(1e-6));
    assertThat(cloudWatch.average(Metrics.RESPONSE_TIME, chatAnd("Cached", "false")))
        .isCloseTo(1_200, within(1e-6));
    assertThat(cloudWatch.average(Metrics.STORE_LATENCY, CHAT)).isCloseTo(4, within(1e-6));
    assertThat(cloudWatch.samples(Metrics.STORE_LATENCY, CHAT)).isEqualTo(4);
    assertThat(cloudWatch.average(Metrics.ENTRY_BYTES, CHAT)).isCloseTo(1_500, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource
  void send_whenValuesAreMany_keepsTheirSumAndPercentilesIn150(Clients clients) {
    List<Double> took = new ArrayList<>();
    try (CloudWatchMetricsSink sink = clients.to(cloudWatch).build()) {
      for (int i = 0; i < 20_000; i++) {
        long micros = 1 + Math.round(Math.pow(10, 7.0 * i / 20_000)); // a microsecond to 10 s
        took.add(micros / 1_000.0);
        sink.record(Events.taking(Events.hot("chat"), Duration.ofNanos(micros * 1_000)));
      }
      sink.flush();
    }

    List<Datum> data = cloudWatch.data(Metrics.RESPONSE_TIME, CHAT);
    assertThat(data).hasSize(1);
    Datum datum = data.get(0);
    assertWithinLimits(datum);
    assertThat(datum.samples()).isEqualTo(20_000);
    double sum = took.stream().mapToDouble(Double::doubleValue).sum();
    assertThat(datum.sum()).isCloseTo(sum, within(sum * 1e-9));
    for (double percentile : new double[] {0.5, 0.9, 0.95, 0.99}) {
      double real = took.get((int) (percentile * took.size()) - 1);
      // Spread this widely, two of the buckets, of a sixteenth each, have become one.
      assertThat(percentile(datum, percentile)).isCloseTo(real, within(real / 8));
    }
  }

  @ParameterizedTest
  @EnumSource
  void send_whenModelsAreAskedFor_tellsThemBesideTheEndpoint(Clients clients) {
    try (CloudWatchMetricsSink sink = clients.to(cloudWatch).modelDimension(true).build()) {
      sink.record(Events.hot("chat"));
      sink.record(Events.withModel(Events.miss("chat"), "mistral.mistral-7b-instruct-v0:2"));
      sink.flush();
    }

    assertThat(cloudWatch.sum(Metrics.CACHE_HITS, chatAnd("Model", Events.MODEL))).isEqualTo(1);
    assertThat(
            cloudWatch.average(
                Metrics.CACHE_HIT_RATE, chatAnd("Model", "mistral.mistral-7b-instruct-v0:2")))
        .isZero();
    assertThat(cloudWatch.average(Metrics.CACHE_HIT_RATE, CHAT)).isEqualTo(50);
    assertThat(cloudWatch.average(Metrics.CACHE_HIT_RATE, ALL_TOGETHER)).isEqualTo(50);
  }

  @ParameterizedTest
  @EnumSource
  void send_whenCachesAreAttached_tellsTheirBytesTogether(Clients clients) {
    try (CloudWatchMetricsSink sink = clients.to(cloudWatch).build()) {
      BedrockCache cache = BedrockCache.builder().metricsSink(sink).build();
      sink.attached(
          () -> {
            throw new IllegalStateException("closed");
          });
      sink.flush();
      cache.close();
    }

    assertThat(cloudWatch.data(Metrics.HOT_BYTES, ALL_TOGETHER))
        .allSatisfy(d -> assertThat(d.values()).containsExactly(0.0))
        .allSatisfy(d -> assertThat(d.unit()).isEqualTo("Bytes"))
        .isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void f78_send_whenEverythingHappenedEverywhere_keepsToTheLimitsOnTheWire(Clients clients) {
    try (CloudWatchMetricsSink sink = clients.to(cloudWatch).modelDimension(true).build()) {
      everything(sink);
      sink.flush();

      assertThat(sink.delivery().held()).isZero();
    }

    assertThat(cloudWatch.taken()).hasSizeGreaterThan(1).allMatch(Request::gzip);
    for (Request request : cloudWatch.taken()) {
      assertThat(request.data()).hasSizeLessThanOrEqualTo(1_000);
      assertThat(request.bytes()).isLessThanOrEqualTo(1_000_000);
      request.data().forEach(CloudWatchWireTest::assertWithinLimits);
    }
    // Several requests' sums without a dimension make the whole.
    double hits =
        Stream.iterate(0, i -> i < 70, i -> i + 1)
            .mapToDouble(i -> cloudWatch.sum(Metrics.CACHE_HITS, Map.of("Endpoint", "e" + i)))
            .sum();
    double others = cloudWatch.sum(Metrics.CACHE_HITS, Map.of("Endpoint", "_others"));
    assertThat(others).isPositive();
    assertThat(cloudWatch.sum(Metrics.CACHE_HITS, ALL_TOGETHER)).isEqualTo(hits + others);
  }

  @Test
  void send_whenNothingHappened_sendsNothing() {
    try (CloudWatchMetricsSink sink = Clients.SYNC.to(cloudWatch).build()) {
      sink.flush();
      sink.record(Events.hot("chat"));
      sink.flush();
      sink.flush();
    }

    assertThat(cloudWatch.taken()).hasSize(1);
  }

  @Test
  void build_whenIntervalsAreTheThreadsOwn_sendsWithoutBeingTold() throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(1);
    cloudWatch.answers(
        call -> {
          arrived.countDown();
          return CloudWatchStandIn.Answer.TAKES;
        });
    try (CloudWatchMetricsSink sink =
        Clients.SYNC.sink(cloudWatch.endpoint()).interval(Duration.ofSeconds(1)).build()) {
      sink.record(Events.hot("chat"));
      arrived.await(); // the test's time limit ends a wait without a result

      assertThat(sender().isDaemon()).isTrue();
    }
  }

  @Test
  void close_whenCalled_sendsTheRestAndEndsTheThread() throws InterruptedException {
    CloudWatchMetricsSink sink = Clients.SYNC.sink(cloudWatch.endpoint()).build();
    Thread thread = sender();
    sink.record(Events.hot("chat"));
    sink.close();
    sink.close();
    thread.join();

    assertThat(cloudWatch.sum(Metrics.CACHE_HITS, CHAT)).isEqualTo(1);
    sink.record(Events.hot("chat")); // late, and harmless
    assertThat(sink.delivery()).isEqualTo(new DeliveryStats(2, 1, 0, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AWS/Bedrock", ":x", " x", "a\nb", "é"})
  void build_whenCloudWatchWouldNotTakeTheNamespace_failsAtOnce(String namespace) {
    assertThatThrownBy(() -> Clients.SYNC.to(cloudWatch).namespace(namespace).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EmfMetricsSink.builder().namespace(namespace).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void build_whenSettingsCannotBeUsed_fails() {
    assertThatThrownBy(() -> CloudWatchMetricsSink.builder().build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Clients.SYNC.to(cloudWatch).interval(Duration.ofMillis(9)).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Clients.SYNC.to(cloudWatch).timeout(Duration.ZERO).build())
        .isInstanceOf(IllegalArgumentException.class);
    Duration forEver = ChronoUnit.FOREVER.getDuration(); // more nanoseconds than there are numbers
    assertThatThrownBy(() -> Clients.SYNC.to(cloudWatch).interval(forEver).build())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Clients.SYNC.to(cloudWatch).timeout(forEver).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** 6 hits, 5 misses, 1 bypass, 1 call of the cache's own, 3 invalidations. */
  private static void knownSequence(CloudWatchMetricsSink sink) {
    sink.record(Events.hot("chat"));
    sink.record(Events.hot("chat"));
    sink.record(Events.unpriced("chat"));
    sink.record(Events.stale("chat"));
    sink.record(Events.warm("chat"));
    sink.record(Events.coalesced("chat"));
    sink.record(Events.miss("chat"));
    sink.record(Events.miss("chat"));
    sink.record(Events.miss("chat"));
    sink.record(Events.refused("chat", CacheReason.MAX_TOKENS));
    sink.record(Events.failed("chat", CacheFault.STORE_READ_TIMEOUT));
    sink.record(Events.bypass("chat", CacheReason.SCOPE_MISSING));
    sink.record(
        Events.background("chat", CacheFault.STORE_READ_TIMEOUT, CacheFault.STORE_WRITE_FAILED));
    sink.invalidated("chat", 7);
    sink.invalidated("*", 9);
    sink.invalidated("*", 0);
    sink.fault("chat", CacheFault.DELETE_FAILED);
  }

  /** As many endpoints, models, reasons, faults and values as there may be, and more. */
  private static void everything(CloudWatchMetricsSink sink) {
    for (int endpoint = 0; endpoint < 70; endpoint++) {
      String name = "e" + endpoint;
      for (int model = 0; model < 20; model++) {
        for (int i = 0; i < 8; i++) {
          sink.record(Events.withModel(spread(Events.hot(name), model * 8 + i), "m" + model));
          sink.record(Events.withModel(spread(Events.miss(name), model * 8 + i), "m" + model));
        }
        sink.record(Events.withModel(Events.warm(name), "m" + model));
      }
      for (CacheReason reason : CacheReason.values()) {
        sink.record(Events.bypass(name, reason));
        sink.record(Events.refused(name, reason));
      }
      sink.record(Events.failed(name, CacheFault.values()));
    }
  }

  private static CacheEvent spread(CacheEvent event, int i) {
    return Events.taking(event, Duration.ofNanos(1_000 + Math.round(Math.pow(1.15, i) * 1_000)));
  }

  private static Thread sender() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("bedrock-cache-cloudwatch"))
        .findAny()
        .orElseThrow();
  }

  private static double percentile(Datum datum, double share) {
    double seen = 0;
    for (int i = 0; i < datum.values().size(); i++) {
      seen += datum.counts().get(i);
      if (seen >= share * datum.samples()) {
        return datum.values().get(i);
      }
    }
    throw new AssertionError("no values");
  }

  static void assertWithinLimits(Datum datum) {
    assertThat(datum.values()).hasSizeBetween(1, 150).hasSameSizeAs(datum.counts());
    assertThat(datum.values()).allMatch(v -> Double.isFinite(v) && Math.abs(v) <= 0x1p360);
    assertThat(datum.values()).doesNotHaveDuplicates();
    assertThat(datum.counts()).allMatch(c -> c >= 1 && c == Math.rint(c));
    assertThat(datum.dimensions()).hasSizeLessThanOrEqualTo(30);
    assertThat(datum.dimensions().values()).allMatch(v -> v.matches("[\\x21-\\x7e]{1,1024}"));
    assertThat(datum.name()).matches("[A-Za-z]{1,255}");
  }

  private static Map<String, String> chatAnd(String name, String value) {
    return Map.of("Endpoint", "chat", name, value);
  }
}
