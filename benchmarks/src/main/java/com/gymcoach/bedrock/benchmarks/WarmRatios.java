package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Hits in a table by a sync caller, in multiples of the bare BatchGetItem with the same client. All
 * take turns in one process, in short rounds: the medians of the process's processor time and of
 * the wall time, and of their ratios in each round. On a busy machine those say more than the
 * least.
 */
public final class WarmRatios implements AutoCloseable {
  private static final String BARE = ", bare";
  private static final String BARE_MARKERS = ", bare, markers only";
  private static final String CONVERSE = ", Converse";
  private static final String INVOKE_MODEL = ", InvokeModel";
  private static final String VERIFYING = ", verification";
  private static final String ON_CALLERS_THREAD = " on the caller's thread";

  private static final int WARM_UP = 20;
  private static final int ROUNDS = 41;
  private static final int CALLS = 60;
  private static final int LOOPS = 200;

  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Prompts prompts = new Prompts(2_000);

  @SuppressWarnings("UnusedVariable") // written so that nothing is optimised away
  private Object last = "";

  /** One kind of call; the base of a bare call is itself. */
  private static final class Row {
    private final String base;
    private final Supplier<Object> call;
    private final List<Long> cpu = new ArrayList<>();
    private final List<Long> wall = new ArrayList<>();

    Row(String base, Supplier<Object> call) {
      this.base = base;
      this.call = call;
    }

    /** Returns the median of each round's ratio: a round is too short for much to change in it. */
    static double ratio(List<Long> of, List<Long> to) {
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < of.size(); round++) {
        ratios.add(of.get(round) / (double) to.get(round));
      }
      return median(ratios);
    }

    static double micros(List<Long> nanos) {
      return median(nanos) / CALLS / 1_000;
    }

    private static double median(List<? extends Number> figures) {
      return figures.stream().mapToDouble(Number::doubleValue).sorted().toArray()[ROUNDS / 2];
    }
  }

  private WarmRatios() {}

  /** Measures all clients, and prints a line for each kind of call. */
  public static void main(String[] args) throws IOException {
    try (WarmRatios ratios = new WarmRatios()) {
      ratios.apache5();
      ratios.netty();
      ratios.commonRuntime();
      ratios.run();
      ratios.rows.forEach(
          (name, row) -> {
            Row base = ratios.row(row.base);
            System.out.printf(
                "%-48s CPU %4.0f us %.2f, wall %4.0f us %.2f%n",
                name,
                Row.micros(row.cpu),
                Row.ratio(row.cpu, base.cpu),
                Row.micros(row.wall),
                Row.ratio(row.wall, base.wall));
          });
      ratios.workAlone();
    }
  }

  /** Prints what a hit takes in a loop, from a store in this memory. */
  private void workAlone() throws IOException {
    CachingBedrockClient client = WarmHit.over(new InMemoryCacheStore());
    Map<String, Supplier<Object>> calls =
        Map.of(
            CONVERSE, () -> client.converse(prompts.converse()),
            INVOKE_MODEL, () -> client.invokeModel(prompts.invokeModel()));
    for (Map.Entry<String, Supplier<Object>> each : calls.entrySet()) {
      List<Long> cpu = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        Map<String, Long> threads = ProcessorTime.ofThreads();
        for (int i = 0; i < CALLS * LOOPS; i++) {
          last = each.getValue().get();
        }
        cpu.add(ProcessorTime.ofProcessSince(threads) / LOOPS);
      }
      System.out.printf("In a loop%-39s CPU %4.1f us%n", each.getKey(), Row.micros(cpu));
    }
  }

  /** Returns the processor time of a hit by default, with the option, and over Netty. */
  static Map<String, Double> measure() throws IOException {
    try (WarmRatios ratios = new WarmRatios()) {
      ratios.apache5();
      ratios.netty();
      ratios.run();
      return Map.of(
          Ratios.WARM, ratios.of("Apache 5" + CONVERSE),
          Ratios.WARM_ON_CALLERS_THREAD, ratios.of("Apache 5" + ON_CALLERS_THREAD + CONVERSE),
          Ratios.WARM_NETTY, ratios.of("Netty" + CONVERSE));
    }
  }

  private double of(String name) {
    Row row = row(name);
    return Row.ratio(row.cpu, row(row.base).cpu);
  }

  private Row row(String name) {
    return Objects.requireNonNull(rows.get(name), name);
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(0, closeable);
    return closeable;
  }

  private URI table() {
    return closing(new OtherProcess(TableProcess.class)).endpoint();
  }

  private void apache5() {
    sync("Apache 5", table(), Apache5HttpClient.builder());
  }

  private void netty() {
    async("Netty", table(), NettyNioAsyncHttpClient.builder());
  }

  private void commonRuntime() {
    sync("CRT", table(), AwsCrtHttpClient.builder());
    async("CRT async", table(), AwsCrtAsyncHttpClient.builder());
  }

  private void sync(String name, URI table, SdkHttpClient.Builder<?> http) {
    DynamoDbClient client = closing(WarmHit.sync(table, http));
    addHits(name, name, WarmHit.store().client(client).build());
    addHits(
        name + ON_CALLERS_THREAD,
        name,
        WarmHit.store().client(client).lookUpsOnCallersThread(true).build());
    addBare(name, table, client::batchGetItem);
  }

  private void async(String name, URI table, SdkAsyncHttpClient.Builder<?> http) {
    DynamoDbAsyncClient client = closing(WarmHit.async(table, http));
    addHits(name, name, WarmHit.store().client(client).build());
    addBare(name, table, request -> client.batchGetItem(request).join());
  }

  private void addBare(String name, URI table, Function<BatchGetItemRequest, Object> bare) {
    BatchGetItemRequest entry;
    try (DynamoDbClient asking = WarmHit.apache5(table)) {
      entry = WarmHit.asCached(asking);
    }
    Map.Entry<String, KeysAndAttributes> items = entry.requestItems().entrySet().iterator().next();
    BatchGetItemRequest markers =
        entry.toBuilder()
            .requestItems(
                Map.of(
                    items.getKey(),
                    items.getValue().toBuilder()
                        .keys(List.of(items.getValue().keys().get(0)))
                        .build()))
            .build();
    add(name + BARE, name + BARE, () -> bare.apply(entry));
    add(name + BARE_MARKERS, name + BARE_MARKERS, () -> bare.apply(markers));
  }

  private void addHits(String name, String base, CacheStore store) {
    CachingBedrockClient warm = client(BedrockCache.builder().hotMaxBytes(0), store);
    CachingBedrockClient verifying = // memory has the answer, and each call reads the markers
        client(BedrockCache.builder().invalidationDelay(Duration.ZERO), store);
    for (CachingBedrockClient each : List.of(warm, verifying)) {
      each.converse(prompts.converse());
      each.invokeModel(prompts.invokeModel());
    }
    expect(CacheSource.WARM, warm);
    expect(CacheSource.HOT, verifying);
    add(name + CONVERSE, base + BARE, () -> warm.converse(prompts.converse()));
    add(name + INVOKE_MODEL, base + BARE, () -> warm.invokeModel(prompts.invokeModel()));
    add(name + VERIFYING, base + BARE_MARKERS, () -> verifying.converse(prompts.converse()));
  }

  private CachingBedrockClient client(BedrockCacheBuilder builder, CacheStore store) {
    return CachingBedrockClient.create(
            InstantBedrock.withRealAnswer(), closing(builder.store(store).build()))
        .forScope(CacheScope.user("user-42").endpoint("chat"));
  }

  private void expect(CacheSource source, CachingBedrockClient client) {
    CacheOutcome found = CacheOutcome.of(client.converse(prompts.converse()));
    if (found.source() != source) {
      throw new IllegalStateException("Not from " + source + ": " + found);
    }
  }

  private void add(String name, String base, Supplier<Object> call) {
    rows.put(name, new Row(base, call));
  }

  private void run() throws IOException {
    for (int round = 0; round < WARM_UP + ROUNDS; round++) {
      for (Row row : rows.values()) {
        Map<String, Long> threads = ProcessorTime.ofThreads();
        long wall = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
          last = row.call.get();
        }
        if (round >= WARM_UP) {
          row.wall.add(System.nanoTime() - wall);
          row.cpu.add(ProcessorTime.ofProcessSince(threads));
        }
      }
    }
  }

  @Override
  public void close() {
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
