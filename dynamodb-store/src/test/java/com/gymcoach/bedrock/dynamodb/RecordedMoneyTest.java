package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Compares the cache's costs and savings of real calls with a separate calculation in decimals:
 * from the recordings, {@code prices.json} and the items of the table.
 */
@Timeout(300)
class RecordedMoneyTest {
  private static final Set<String> OPERATIONS =
      Set.of("Converse", "InvokeModel", "ConverseStream", "InvokeModelWithResponseStream");
  private static final String TABLE = Dynamo.table();
  private static final BedrockStandIn BEDROCK = BedrockStandIn.start();
  private static final ReplayedCalls CALLS = new ReplayedCalls(BEDROCK.endpoint());
  private static final BigDecimal MILLION = new BigDecimal("1000000");

  /** A millionth of a cent's millionth: doubles against decimals. */
  private static final double EXACT = 1e-14;

  @AfterAll
  static void stop() {
    CALLS.close();
    BEDROCK.close();
  }

  @Test
  void recordedCalls_costAndSaveWhatIsCalculatedFromTheRecordings() throws Exception {
    Path recordings =
        Path.of(System.getProperty("bedrock.cache.shared", "absent"), "recordings")
            .resolve("bedrock-open.jsonl");
    assumeTrue(Files.exists(recordings), "Skipped: the recorded traffic is not on this machine");
    OwnPrices prices = OwnPrices.read(PriceList.class.getResourceAsStream("prices.json"));
    Map<String, Integer> kinds = new TreeMap<>();
    for (RecordedExchange exchange : RecordedExchange.read(recordings)) {
      if (exchange.status() == 200
          && OPERATIONS.contains(exchange.operation())
          && !exchange.modelId().isEmpty()) {
        kinds.merge(exchange.operation() + " " + check(exchange, prices), 1, Integer::sum);
      }
    }
    kinds.forEach((kind, count) -> System.out.printf("%6d  %s%n", count, kind));
    assertThat(kinds.keySet())
        .contains(
            "Converse priced, kept",
            "InvokeModel priced, kept",
            "ConverseStream priced, kept",
            "InvokeModelWithResponseStream priced, kept",
            "Converse unpriced, kept");
  }

  /** Asks twice, and once in a fresh process; returns what kind of call it was. */
  private static String check(RecordedExchange exchange, OwnPrices prices) {
    BEDROCK.answerWith(request -> exchange.reply());
    BigDecimal model = prices.usd(exchange);
    ConcurrentLinkedQueue<CacheEvent> told = new ConcurrentLinkedQueue<>();
    try (BedrockCache cache = cache(exchange, told);
        BedrockCache fresh = cache(exchange, told)) {
      CALLS.ask(exchange, cache);
      CALLS.ask(exchange, cache);
      CALLS.ask(exchange, fresh);
      List<CacheEvent> events = List.copyOf(told);
      assertThat(events).as(exchange.id()).hasSize(3);
      boolean kept = events.get(0).outcome().stored();
      boolean bypassed = events.get(0).outcome().status().name().equals("BYPASS");
      assertThat(events.get(1).outcome().cached()).as(exchange.id()).isEqualTo(kept);
      assertThat(events.get(2).outcome().cached()).as(exchange.id()).isEqualTo(kept);
      boolean failed = events.get(0).failed();
      // A stream that bypasses the cache is not copied, so its tokens are not known.
      boolean unseen = bypassed && exchange.operation().contains("Stream");
      BigDecimal cost = failed || unseen ? null : model;

      int size = kept ? size(exchange) : 0;
      // The entry, its markers' item and, the first time in a process, the namespace's.
      BigDecimal first = bypassed ? store(0, 0) : store(3, kept ? units(size, 1024) : 0);
      BigDecimal again = bypassed || kept ? store(0, 0) : store(2, 0);
      BigDecimal elsewhere = bypassed ? store(0, 0) : store(kept ? 2 + units(size, 4096) : 3, 0);
      assertEvent(exchange, events.get(0), cost, first, false);
      assertEvent(exchange, events.get(1), cost, again, kept);
      assertEvent(exchange, events.get(2), cost, elsewhere, kept);
      assertStats(exchange, cache.stats(), cost, first.add(again), kept ? 1 : 0, 2, failed);
      assertStats(exchange, fresh.stats(), cost, elsewhere, kept ? 1 : 0, 1, failed);
      return (failed ? "failed" : cost == null ? "unpriced" : "priced")
          + (kept ? ", kept" : ", not kept");
    }
  }

  private static void assertEvent(
      RecordedExchange exchange,
      CacheEvent event,
      @Nullable BigDecimal model,
      BigDecimal store,
      boolean saved) {
    if (model == null) {
      assertThat(event.cost().modelUsd()).as(exchange.toString()).isNull();
    } else {
      assertThat(event.cost().modelUsd())
          .as(exchange.toString())
          .isNotNull()
          .isCloseTo(model.doubleValue(), within(EXACT));
    }
    BigDecimal expected = (saved && model != null ? model : BigDecimal.ZERO).subtract(store);
    assertThat(event.cost().storeUsd())
        .as(exchange.toString())
        .isCloseTo(store.doubleValue(), within(EXACT));
    assertThat(event.cost().savedUsd())
        .as(exchange.toString())
        .isCloseTo(expected.doubleValue(), within(EXACT));
  }

  private static void assertStats(
      RecordedExchange exchange,
      CacheStats stats,
      @Nullable BigDecimal model,
      BigDecimal store,
      int hits,
      int calls,
      boolean failed) {
    BigDecimal each = model == null ? BigDecimal.ZERO : model;
    CacheStats.Counts total = stats.total();
    assertThat(total.savedUsd())
        .as(exchange.toString())
        .isCloseTo(
            each.multiply(BigDecimal.valueOf(hits)).subtract(store).doubleValue(), within(EXACT));
    assertThat(total.bedrockUsd())
        .as(exchange.toString())
        .isCloseTo(
            each.multiply(BigDecimal.valueOf(calls - (long) hits)).doubleValue(), within(EXACT));
    assertThat(total.unpriced())
        .as(exchange.toString())
        .isEqualTo(model == null && !failed ? calls : 0);
    assertThat(stats.byModel()).containsOnlyKeys(exchange.modelId());
  }

  /** On demand in us-east-1: 0.125 USD a million read units, 0.625 a million write units. */
  private static BigDecimal store(int readUnits, int writeUnits) {
    return new BigDecimal("0.125")
        .multiply(BigDecimal.valueOf(readUnits))
        .add(new BigDecimal("0.625").multiply(BigDecimal.valueOf(writeUnits)))
        .divide(MILLION);
  }

  private static int units(int size, int unit) {
    return (size + unit - 1) / unit;
  }

  /** Returns the size of the entry's item, which is the only one of its namespace. */
  private static int size(RecordedExchange exchange) {
    Map<String, AttributeValue> item =
        Dynamo.items(TABLE).entrySet().stream()
            .filter(one -> one.getKey().startsWith("CACHE#" + exchange.id() + "#"))
            .map(Map.Entry::getValue)
            .findAny()
            .orElseThrow();
    int size = 0;
    for (Map.Entry<String, AttributeValue> attribute : item.entrySet()) {
      AttributeValue value = attribute.getValue();
      size += attribute.getKey().length();
      if (value.s() != null) {
        size += value.s().getBytes(StandardCharsets.UTF_8).length;
      } else if (value.b() != null) {
        size += value.b().asByteArrayUnsafe().length;
      } else {
        size += (value.n().length() + 1) / 2 + 1;
      }
    }
    return size;
  }

  private static BedrockCache cache(
      RecordedExchange exchange, ConcurrentLinkedQueue<CacheEvent> told) {
    return BedrockCache.builder()
        .namespace(exchange.id()) // no exchange meets another's entries
        .store(Dynamo.Kind.ASYNC.store(TABLE).build())
        .metricsSink(told::add)
        .build();
  }
}
