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
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
  private static final int CALLS_IN_A_LOOP = 3_000;

  private final Rounds rows = new Rounds(WARM_UP, Rounds.CALLS);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Prompts prompts = new Prompts(2_000);

  private WarmRatios() {}

  /** Measures all clients, and prints a line for each kind of call. */
  public static void main(String[] args) throws IOException {
    try (WarmRatios ratios = new WarmRatios()) {
      ratios.apache5();
      ratios.netty();
      ratios.commonRuntime();
      ratios.rows.run();
      ratios.rows.print();
      ratios.workAlone();
    }
  }

  /** Prints what a hit takes in a loop, from a store in this memory. */
  private void workAlone() throws IOException {
    CachingBedrockClient client = WarmHit.over(new InMemoryCacheStore());
    Rounds alone = new Rounds(WARM_UP, CALLS_IN_A_LOOP);
    String converse = "In a loop" + CONVERSE;
    String invokeModel = "In a loop" + INVOKE_MODEL;
    alone.add(converse, converse, () -> client.converse(prompts.converse()));
    alone.add(invokeModel, invokeModel, () -> client.invokeModel(prompts.invokeModel()));
    alone.run();
    alone.print();
  }

  /** Returns the processor time of a hit by default, with the option, and over Netty. */
  static Map<String, Double> measure() throws IOException {
    try (WarmRatios ratios = new WarmRatios()) {
      ratios.apache5();
      ratios.netty();
      ratios.rows.run();
      return Map.of(
          Ratios.WARM, ratios.rows.cpuRatio("Apache 5" + CONVERSE),
          Ratios.WARM_ON_CALLERS_THREAD,
              ratios.rows.cpuRatio("Apache 5" + ON_CALLERS_THREAD + CONVERSE),
          Ratios.WARM_NETTY, ratios.rows.cpuRatio("Netty" + CONVERSE));
    }
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
    rows.add(name + BARE, name + BARE, () -> bare.apply(entry));
    rows.add(name + BARE_MARKERS, name + BARE_MARKERS, () -> bare.apply(markers));
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
    rows.add(name + CONVERSE, base + BARE, () -> warm.converse(prompts.converse()));
    rows.add(name + INVOKE_MODEL, base + BARE, () -> warm.invokeModel(prompts.invokeModel()));
    rows.add(name + VERIFYING, base + BARE_MARKERS, () -> verifying.converse(prompts.converse()));
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
