package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.BeforeSend;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreGuard;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * A store's requests to its table. Each is attempted once and has a time budget. Look-ups and
 * writes are guarded separately, because a role may be allowed to read only. Thread-safe.
 */
final class TableRequests {
  /**
   * The SDK's timeout is this much longer than ours, so that ours fires first and names the cause.
   */
  static final Duration MARGIN = Duration.ofMillis(50);

  /** The budget of requests that no caller's answer waits for: markers, deletions, checks. */
  private static final Duration UNHURRIED = Duration.ofSeconds(2);

  private final TableLayout layout;
  private final WatchedThreads threads;
  private final DynamoDbCalls calls;
  private final Deletion deletion;
  private final LargeEntries large;
  private final TimeSource time;
  private final StoreGuard reads;
  private final StoreGuard writes;
  private final @Nullable CallersThread callersThread;
  private final AwsRequestOverrideConfiguration onFirstRead;
  private final AwsRequestOverrideConfiguration onRead;
  private final AwsRequestOverrideConfiguration onWrite;
  private final AwsRequestOverrideConfiguration onMark;

  TableRequests(DynamoDbCacheStore.Builder from, TableLayout layout, Executor pool) {
    this.layout = layout;
    this.threads = new WatchedThreads(pool, from.maxThreads, held(from), from.timeSource);
    this.calls =
        from.client != null
            ? DynamoDbCalls.of(from.client, threads)
            : DynamoDbCalls.of(Objects.requireNonNull(from.asyncClient), threads);
    this.onFirstRead = once(longer(from.firstReadBudget, from.readBudget).plus(MARGIN));
    this.onRead = once(from.readBudget.plus(MARGIN));
    this.callersThread = CallersThread.of(from, calls, threads, onRead);
    this.onWrite = once(from.writeBudget.plus(MARGIN));
    this.onMark = once(UNHURRIED);
    this.deletion = new Deletion(calls, layout, onMark);
    this.time = from.timeSource;
    this.large = new LargeEntries(calls, layout, this::once, onWrite, time);
    this.reads =
        guard("Look-ups in the table ", from)
            .budget(from.readBudget)
            .firstBudget(from.firstReadBudget)
            .onlyForCaller(true)
            .build();
    this.writes = guard("Writes to the table ", from).budget(from.writeBudget).build();
  }

  /** Returns a time after which a call of any kind has been ended by the SDK, if that can. */
  private static Duration held(DynamoDbCacheStore.Builder from) {
    Duration longest =
        Stream.of(from.firstReadBudget, from.readBudget, from.writeBudget, UNHURRIED)
            .max(Comparator.naturalOrder())
            .orElse(UNHURRIED);
    return longest.plusSeconds(1);
  }

  private AwsRequestOverrideConfiguration once(Duration timeout) {
    return SingleAttempt.once(calls.configuration(), timeout);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private StoreGuard.Builder guard(String what, DynamoDbCacheStore.Builder from) {
    return StoreGuard.builder(what + layout.tableName(), DynamoDbCacheStore.class)
        .maxCallsPerPartition(from.maxCallsPerPartition)
        .probeInterval(from.probeInterval)
        .longProbeInterval(from.longProbeInterval)
        .mayProbe(threads::mayTry)
        .failures(Failures::classified)
        .timeSource(time);
  }

  /** Ends look-ups on callers' threads. The store's own threads are not ended here. */
  void close() {
    if (callersThread != null) {
      callersThread.close(UNHURRIED);
    }
  }

  /** Returns what is wrong with the table or the client. Blocks. */
  List<String> check() {
    return new TableCheck(calls, layout, onMark, UNHURRIED.plus(MARGIN)).problems();
  }

  /** Returns whether both look-ups and writes are sent. */
  boolean areSent() {
    return reads.isAvailable() && writes.isAvailable();
  }

  /** Returns the budget of a look-up made now. */
  Duration currentReadBudget() {
    return reads.currentBudget();
  }

  /**
   * Makes a look-up.
   *
   * @param callerBlocks whether this thread does nothing else until the stage completes
   */
  CompletionStage<StoreRead> read(
      StoreQuery query, @Nullable Executor context, boolean callerBlocks) {
    return readAll(List.of(query), context, callerBlocks).thenApply(reads -> reads.get(0));
  }

  /**
   * Makes a look-up of several entries of one partition, as one request; a second one reads the
   * parts of large entries.
   */
  CompletionStage<List<StoreRead>> readAll(
      List<StoreQuery> queries, @Nullable Executor context, boolean callerBlocks) {
    // The first look-ups load the HTTP client's classes and trust store: not on a caller's thread.
    boolean isFirst = reads.isWarmingUp();
    CallersThread here = callersThread;
    AwsRequestOverrideConfiguration ready =
        isFirst || here == null ? null : here.request(callerBlocks);
    return here == null || ready == null
        ? read(queries, context, isFirst ? onFirstRead : onRead, calls::batchGetItem)
        : read(queries, context, ready, here::batchGetItem).whenComplete(here::forgetIfRefused);
  }

  private CompletionStage<List<StoreRead>> read(
      List<StoreQuery> queries,
      @Nullable Executor context,
      AwsRequestOverrideConfiguration once,
      Send<BatchGetItemRequest, BatchGetItemResponse> send) {
    long began = time.nanoTime();
    Duration budget = reads.currentBudget();
    LookUp lookUp = new LookUp(layout, queries);
    BatchGetItemRequest request = lookUp.request(once);
    return reads
        .go(
            queries.get(0).address().partition(),
            gate ->
                send.apply(request, gate.in(context))
                    .thenApply(lookUp::found)
                    .thenCompose(
                        found ->
                            large.completed(
                                queries,
                                found,
                                budget.minusNanos(time.nanoTime() - began),
                                context)),
            LookUp.Found::trouble)
        .thenApply(LookUp.Found::reads);
  }

  /** Makes a request, on this thread or another. */
  private interface Send<T, R> extends BiFunction<T, BeforeSend, CompletableFuture<R>> {}

  /**
   * Reads a namespace's live settings, past the breaker: they may be what ends an incident. They
   * are read again and again, so they must not take the last threads.
   */
  CompletionStage<String> readSettings(String namespace) {
    if (!threads.mayTry()) {
      return CompletableFuture.failedFuture(new StoreBusyException());
    }
    NamespaceItem item = new NamespaceItem(layout, namespace);
    return calls
        .batchGetItem(item.read().overrideConfiguration(onMark).build(), BeforeSend.OPEN)
        .thenApply(item::settings);
  }

  CompletionStage<Void> write(
      EntryAddress address, byte[] envelope, Instant retainUntil, @Nullable Executor context) {
    if (EntryParts.areNeeded(envelope.length)) {
      return envelope.length <= layout.parts().maxBytes()
          ? writes
              .go(
                  address.partition(),
                  large.write(address, envelope, retainUntil, context),
                  refused -> null)
              .thenCompose(
                  refused ->
                      refused == null
                          ? CompletableFuture.completedFuture(null)
                          : CompletableFuture.failedFuture(refused))
          : CompletableFuture.failedFuture(
              new IllegalArgumentException("The entry is larger than maxEnvelopeBytes"));
    }
    PutItemRequest request =
        layout.entry(address, envelope, retainUntil).overrideConfiguration(onWrite).build();
    return writes
        .go(address.partition(), gate -> calls.putItem(request, gate.in(context)), written -> null)
        .thenAccept(written -> {});
  }

  CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    UpdateItemRequest request =
        layout
            .mark(layout.markersKey(partition), TableLayout.markerOf(endpoint), marker, retainUntil)
            .overrideConfiguration(onMark)
            .build();
    return calls.updateItem(request).thenAccept(marked -> {});
  }

  CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint, Consumer<EntryAddress> gone) {
    return deletion.of(partition, endpoint, gone);
  }
}
