package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.store.BeforeSend;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreGuard;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store's requests to Redis. Look-ups and writes are guarded separately, because a user of Redis
 * may be allowed to read only. Requests are sent from their callers' threads, because Lettuce does
 * not block them; replies are handed to the store's threads, because Lettuce's own serve all
 * connections. Thread-safe.
 */
final class RedisRequests {
  /** A request's own timeout is this much longer than its budget, so that callers fail first. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  /** The budget of requests that no caller's answer waits for: markers, deletions, checks. */
  static final Duration UNHURRIED = Duration.ofSeconds(2);

  /** The most bytes of entries that Lettuce keeps for Redis: 64 MB. */
  static final long MAX_UNANSWERED_BYTES = 64L * 1024 * 1024;

  private final RedisLayout layout;
  private final Executor threads;
  private final Links links;
  private final Scripts scripts;
  private final Marks marks;
  private final BytesUnderWay unanswered = new BytesUnderWay(MAX_UNANSWERED_BYTES);
  private final LookUp lookUp;
  private final Deletion deletion;
  private final StoreGuard reads;
  private final StoreGuard writes;
  private final Duration writeBudget;

  RedisRequests(RedisCacheStore.Builder from, RedisLayout layout, Executor threads) {
    this.layout = layout;
    this.threads = threads;
    this.links = new Links(Objects.requireNonNull(from.connector), threads);
    this.scripts = new Scripts(links, from.keepEntriesAfterFailover);
    this.marks = new Marks(layout, scripts);
    this.lookUp = new LookUp(layout, scripts, marks, from.maxEnvelopeBytes);
    this.deletion = new Deletion(layout, scripts, UNHURRIED.toMillis());
    this.reads =
        guard("Look-ups in Redis, keys ", from)
            .budget(from.readBudget)
            .firstBudget(from.firstReadBudget)
            .onlyForCaller(true)
            .build();
    this.writes = guard("Writes to Redis, keys ", from).budget(from.writeBudget).build();
    this.writeBudget = from.writeBudget;
  }

  private static StoreGuard.Builder guard(String what, RedisCacheStore.Builder from) {
    return StoreGuard.builder(what + from.keyPrefix, RedisCacheStore.class)
        .maxCallsPerPartition(from.maxCallsPerPartition)
        .probeInterval(from.probeInterval)
        .longProbeInterval(from.longProbeInterval)
        .failures(RedisFailures::classified)
        .timeSource(from.timeSource);
  }

  /** Begins to connect, so that the first look-up need not wait for it. */
  void connect() {
    CompletableFuture<Link> unused = links.get();
  }

  void close() {
    links.close();
  }

  /** Returns what is wrong with the server or the client. Blocks. */
  List<String> check() {
    return new RedisCheck(layout, scripts, UNHURRIED).problems();
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
   * Looks up several entries of one partition.
   *
   * @param callerBlocks whether the caller's thread does all that follows
   */
  CompletionStage<List<StoreRead>> readAll(
      List<StoreQuery> queries, @Nullable Executor context, boolean callerBlocks) {
    Duration budget = reads.currentBudget();
    CompletableFuture<List<StoreRead>> read =
        reads.go(
            queries.get(0).address().partition(),
            gate -> send(gate, context, budget, () -> lookUp.read(queries)),
            found -> null);
    return callerBlocks ? read : onOwnThread(read);
  }

  CompletionStage<Void> write(
      EntryAddress address, byte[] envelope, Instant retainUntil, @Nullable Executor context) {
    return onOwnThread(
        writes
            .go(
                address.partition(),
                gate -> send(gate, context, writeBudget, () -> put(address, envelope, retainUntil)),
                written -> null)
            .thenAccept(written -> {}));
  }

  private CompletableFuture<List<Object>> put(
      EntryAddress address, byte[] envelope, Instant retainUntil) {
    byte[] kept = envelope.clone();
    if (!unanswered.enter(kept.length)) {
      return CompletableFuture.failedFuture(new StoreBusyException());
    }
    Partition partition = address.partition();
    byte[][] keys = {
      layout.markersKey(partition), layout.indexKey(partition), layout.entryKey(address)
    };
    CompletableFuture<List<Object>> reply =
        scripts.run(
            Script.WRITE,
            keys,
            scripts.trusted(),
            Marks.seed(),
            kept,
            RedisLayout.millis(retainUntil),
            RedisLayout.bytes(RedisLayout.member(address)));
    CompletableFuture<?> unused =
        reply.whenComplete((written, failure) -> unanswered.leave(kept.length));
    return reply.copy(); // the caller's time limit does not end the reply itself
  }

  CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    return onOwnThread(
        inTime(marks.put(partition, endpoint, marker, retainUntil)).thenAccept(marked -> {}));
  }

  CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint, Consumer<EntryAddress> gone) {
    return onOwnThread(deletion.of(partition, endpoint, gone).toCompletableFuture());
  }

  /** Reads a namespace's live settings, past the breaker: they may be what ends an incident. */
  CompletionStage<String> readSettings(String namespace) {
    return onOwnThread(inTime(lookUp.settings(namespace)));
  }

  /**
   * Sends a request, whose future ends in any case: Lettuce's ends only with a reply or with the
   * connection. A probe that is not answered in time gives the connection up: a network that drops
   * packets leaves it open and silent for many minutes.
   */
  private <T> CompletableFuture<T> send(
      BeforeSend gate,
      @Nullable Executor context,
      Duration budget,
      Supplier<CompletableFuture<T>> request) {
    CompletableFuture<T> reply =
        gate.in(context)
            .pass(request)
            .orTimeout(budget.plus(MARGIN).toNanos(), TimeUnit.NANOSECONDS);
    return gate.isProbe()
        ? reply.whenComplete((value, failure) -> replaceIfSilent(failure))
        : reply;
  }

  private void replaceIfSilent(@Nullable Throwable failure) {
    if (failure != null && !RedisFailures.isReply(failure)) {
      links.replace();
    }
  }

  private static <T> CompletableFuture<T> inTime(CompletableFuture<T> request) {
    return request.copy().orTimeout(UNHURRIED.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Completes on the store's threads, unless the outcome is there. */
  private <T> CompletableFuture<T> onOwnThread(CompletableFuture<T> reply) {
    return reply.isDone() ? reply : reply.whenCompleteAsync((value, failure) -> {}, threads);
  }
}
