package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallTrace;
import com.gymcoach.bedrock.cache.internal.call.CallWait;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeException;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * The store as the engine sees it: it never fails, never exceeds its budget, and counts each fault.
 * Thread-safe.
 */
public final class WarmTier {
  private final CacheStore store;
  private final EnvelopeCodec codec;

  /** Returns a tier that keeps envelopes in a store. It does not close the store. */
  public WarmTier(CacheStore store, EnvelopeCodec codec) {
    this.store = store;
    this.codec = codec;
  }

  /**
   * Reads from the store. A failed read returns no entry and no markers. If the call has less time
   * left than the read budget, the store is not asked.
   */
  public CompletionStage<StoreRead> read(StoreQuery query, CallWait call) {
    CallRecord log = call.log();
    Duration timeout = call.timeout();
    Duration budget = Lifetime.bounded(store.readBudget());
    if (!log.hasLeft(budget, timeout)) {
      log.fault(CacheFault.NO_TIME_LEFT);
      return CompletableFuture.completedFuture(new StoreRead(null, null));
    }
    Duration current = Lifetime.bounded(store.currentReadBudget());
    return ask(query, call, log.quarterLeft(current, budget, timeout));
  }

  /** Reads for a call whose own time may be over, within the ordinary read budget. */
  public CompletionStage<StoreRead> readOvertime(StoreQuery query, CallWait call) {
    return ask(query, call, Lifetime.bounded(store.readBudget()));
  }

  private CompletionStage<StoreRead> ask(StoreQuery query, CallWait call, Duration budget) {
    CallRecord log = call.log();
    Duration began = log.elapsed();
    return call.strategy()
        .within(budget, guarded(log, () -> sent(query, call)))
        .thenApply(
            result -> {
              log.lookedUp(log.elapsed().minus(began), bytes(result), readUnits(query, result));
              return readOrNothing(result, log);
            });
  }

  /**
   * Does several reads at once, all within one read budget. Returns their results in the same
   * order; those that fail or come too late have no entry and no markers.
   */
  public CompletionStage<List<StoreRead>> readAll(List<StoreQuery> queries, CallWait call) {
    if (queries.size() == 1) {
      return read(queries.get(0), call).thenApply(List::of);
    }
    CallRecord log = call.log();
    Duration budget = Lifetime.bounded(store.readBudget());
    if (!log.hasLeft(budget, call.timeout())) {
      log.fault(CacheFault.NO_TIME_LEFT);
      return CompletableFuture.completedFuture(
          Collections.nCopies(queries.size(), new StoreRead(null, null)));
    }
    Duration current = Lifetime.bounded(store.currentReadBudget());
    Duration limit = log.quarterLeft(current, budget, call.timeout());
    Duration began = log.elapsed();
    Map<Partition, List<StoreQuery>> groups = new LinkedHashMap<>();
    for (StoreQuery query : queries) {
      groups.computeIfAbsent(query.address().partition(), p -> new ArrayList<>()).add(query);
    }
    List<StoreQuery> order = new ArrayList<>();
    List<CompletionStage<StoreRead>> sent = new ArrayList<>();
    groups.forEach(
        (partition, group) -> {
          order.addAll(group);
          sent.addAll(sentTogether(group, log));
        });
    return all(sent, limit, call)
        .thenApply(
            results -> {
              Map<StoreQuery, Result<StoreRead>> byQuery = new HashMap<>();
              int bytes = 0;
              for (int i = 0; i < results.size(); i++) {
                byQuery.put(order.get(i), results.get(i));
                bytes += bytes(results.get(i));
              }
              double units = 0;
              for (List<StoreQuery> group : groups.values()) {
                units += readUnits(group, byQuery);
              }
              log.lookedUp(log.elapsed().minus(began), bytes, units);
              List<StoreRead> reads = new ArrayList<>();
              for (StoreQuery query : queries) {
                reads.add(readOrNothing(byQuery.get(query), log));
              }
              return reads;
            });
  }

  /**
   * Sends reads of one partition. A store that throws, or returns other than a stage for each, has
   * failed.
   */
  private List<CompletionStage<StoreRead>> sentTogether(List<StoreQuery> group, CallRecord log) {
    CallTrace trace = log.trace();
    log.serviceCodeBegins();
    try {
      List<CompletionStage<StoreRead>> sent =
          CallTrace.in(trace, () -> store.readAll(group, trace == null ? null : trace::run));
      if (sent.size() == group.size()) {
        return sent.stream().map(stage -> guarded(() -> stage)).toList();
      }
      throw new IllegalStateException("The store did not return a stage for each read");
    } catch (Throwable e) {
      return Collections.nCopies(group.size(), CompletableFuture.failedFuture(e));
    } finally {
      log.serviceCodeEnds();
    }
  }

  /** Waits for several requests that have been sent, within one limit. */
  private static <T extends @Nullable Object> CompletionStage<List<Result<T>>> all(
      List<CompletionStage<T>> stages, Duration limit, CallWait call) {
    List<CompletableFuture<Result<T>>> sent = new ArrayList<>();
    for (CompletionStage<T> stage : stages) {
      sent.add(WaitStrategy.plain(stage).handle(WaitStrategy::result));
    }
    return call.strategy()
        .within(limit, CompletableFuture.allOf(sent.toArray(new CompletableFuture<?>[0])))
        .thenApply(
            ended -> {
              Throwable why = ended.failure() == null ? new TimeoutException() : ended.failure();
              Result<T> late = Result.failed(why);
              return sent.stream().map(result -> result.getNow(late)).toList();
            });
  }

  private static int bytes(@Nullable Result<StoreRead> result) {
    StoreRead read = result == null ? null : result.valueOrNull();
    byte[] envelope = read == null ? null : read.envelope();
    return envelope == null ? 0 : envelope.length;
  }

  private double readUnits(StoreQuery query, Result<StoreRead> result) {
    return units(result, () -> store.readUnits(query, bytes(result)));
  }

  /** Returns the units of reads that were made together: a store refuses all or none of them. */
  private double readUnits(List<StoreQuery> group, Map<StoreQuery, Result<StoreRead>> results) {
    List<Integer> bytes = new ArrayList<>();
    for (StoreQuery query : group) {
      bytes.add(bytes(results.get(query)));
    }
    return units(results.get(group.get(0)), () -> store.readUnits(group, bytes));
  }

  /** Returns what was read, and counts a failure. */
  private static StoreRead readOrNothing(@Nullable Result<StoreRead> result, CallRecord log) {
    StoreRead read = result == null ? null : result.valueOrNull();
    if (read == null) {
      Throwable failure = result == null ? null : result.failure();
      log.fault(
          named(failure, CacheFault.STORE_READ_TIMEOUT, CacheFault.STORE_READ_FAILED), failure);
      return new StoreRead(null, null);
    }
    if (read.entryUnread()) {
      log.fault(CacheFault.STORE_READ_FAILED);
    }
    return read;
  }

  private CompletionStage<StoreRead> sent(StoreQuery query, CallWait call) {
    CallTrace trace = call.log().trace();
    if (call.strategy().blocksCaller()) {
      return store.readForBlockedCaller(query, trace == null ? null : trace::run);
    }
    return sent(query, trace);
  }

  private CompletionStage<StoreRead> sent(StoreQuery query, @Nullable CallTrace trace) {
    return trace == null ? store.read(query) : store.read(query, trace::run);
  }

  private CompletionStage<Void> sent(
      EntryAddress address, byte[] envelope, Lifetime lifetime, @Nullable CallTrace trace) {
    return trace == null
        ? store.write(address, envelope, lifetime.retainUntil())
        : store.write(address, envelope, lifetime.retainUntil(), trace::run);
  }

  /** Returns the decoded entry, or null if the bytes are not an entry of this address. */
  public @Nullable Envelope open(EntryAddress address, byte[] bytes, CallRecord log) {
    log.serviceCodeBegins(); // the sealer
    try {
      return codec.decode(address, bytes);
    } catch (EnvelopeException e) {
      log.fault(e.fault(), e);
      return null;
    } finally {
      log.serviceCodeEnds();
    }
  }

  /** Returns the encoded entry, or null if it cannot be encoded or is too large for the store. */
  public byte @Nullable [] seal(EntryAddress address, Envelope envelope, CallRecord log) {
    try {
      byte[] bytes = codec.encode(address, envelope);
      if (bytes.length <= store.maxEnvelopeBytes()) {
        return bytes;
      }
      log.fault(CacheFault.ENTRY_TOO_LARGE);
      return null;
    } catch (RuntimeException | Error broken) {
      log.fault(CacheFault.ENCODE_FAILED, broken);
      return null;
    }
  }

  /**
   * Writes to the store, waiting at most for the write budget. If the call has less time left than
   * that, nothing is written.
   */
  public CompletionStage<Boolean> write(
      EntryAddress address, byte[] envelope, Lifetime lifetime, CallWait call) {
    CallRecord log = call.log();
    Duration budget = Lifetime.bounded(store.writeBudget());
    if (!log.hasLeft(budget, call.timeout())) {
      log.fault(CacheFault.NO_TIME_LEFT);
      return CompletableFuture.completedFuture(false);
    }
    Write write = new Write(address, envelope, lifetime);
    return call.strategy()
        .within(budget, sent(write, log))
        .thenApply(result -> isWritten(write, result, log));
  }

  /** An entry that is to be written. */
  public record Write(EntryAddress address, byte[] envelope, Lifetime lifetime) {}

  /**
   * Does several writes at once, all within one write budget. Returns for each, in the same order,
   * whether the store acknowledged it.
   */
  public CompletionStage<List<Boolean>> writeAll(List<Write> writes, CallWait call) {
    CallRecord log = call.log();
    Duration budget = Lifetime.bounded(store.writeBudget());
    if (!log.hasLeft(budget, call.timeout())) {
      log.fault(CacheFault.NO_TIME_LEFT);
      return CompletableFuture.completedFuture(Collections.nCopies(writes.size(), false));
    }
    return all(writes.stream().map(write -> sent(write, log)).toList(), budget, call)
        .thenApply(
            results -> {
              List<Boolean> written = new ArrayList<>();
              for (int i = 0; i < results.size(); i++) {
                written.add(isWritten(writes.get(i), results.get(i), log));
              }
              return written;
            });
  }

  private CompletionStage<Void> sent(Write write, CallRecord log) {
    return guarded(
        () ->
            CallTrace.in(
                log.trace(),
                () -> sent(write.address(), write.envelope(), write.lifetime(), log.trace())));
  }

  private boolean isWritten(Write write, Result<?> result, CallRecord log) {
    int bytes = write.envelope().length;
    log.written(bytes, units(result, () -> store.writeUnits(write.address(), bytes)));
    if (!result.ok()) {
      log.fault(
          named(result.failure(), CacheFault.STORE_WRITE_TIMEOUT, CacheFault.STORE_WRITE_FAILED),
          result.failure());
    }
    return result.ok();
  }

  /** Returns the units that a look-up would cost, or 0 if the store cannot count them. */
  public double readUnits(StoreQuery query, int envelopeBytes) {
    return units(() -> store.readUnits(query, envelopeBytes));
  }

  /** Returns the units that a write would cost, or 0 if the store cannot count them. */
  public double writeUnits(EntryAddress address, int envelopeBytes) {
    return units(() -> store.writeUnits(address, envelopeBytes));
  }

  /**
   * Returns the units of a request, or 0 if it was never sent. A request that was sent may be
   * billed, even if its answer was late or lost. A store that cannot count must not distort the
   * figures or fail the call.
   */
  private static double units(@Nullable Result<?> result, DoubleSupplier counted) {
    Throwable failure = result == null ? null : result.failure();
    Throwable cause = failure == null ? null : Result.bare(failure);
    return cause instanceof StoreUnavailableException || cause instanceof StoreBusyException
        ? 0
        : units(counted);
  }

  private static double units(DoubleSupplier counted) {
    try {
      double units = counted.getAsDouble();
      return units > 0 && Double.isFinite(units) ? units : 0;
    } catch (RuntimeException | Error broken) {
      return 0; // unknown units count as 0 and must not fail the call
    }
  }

  private static CacheFault named(
      @Nullable Throwable failure, CacheFault timeout, CacheFault other) {
    Throwable cause = failure == null ? null : Result.bare(failure);
    if (cause instanceof StoreUnavailableException) {
      return CacheFault.STORE_UNAVAILABLE;
    } else if (cause instanceof StoreBusyException busy) {
      return busy.hasWaited() ? CacheFault.STORE_QUEUE_TIMEOUT : CacheFault.STORE_BUSY;
    }
    return isTimeout(cause) ? timeout : other;
  }

  /** Whether the store's own limit ended the request, or the cache stopped waiting: one fault. */
  private static boolean isTimeout(@Nullable Throwable cause) {
    return cause instanceof TimeoutException
        || cause instanceof ApiCallTimeoutException
        || cause instanceof ApiCallAttemptTimeoutException;
  }

  /** Returns the store, for operations that are not part of a call. */
  public CacheStore store() {
    return store;
  }

  private static <T extends @Nullable Object> CompletionStage<T> guarded(
      CallRecord log, Supplier<CompletionStage<T>> call) {
    log.serviceCodeBegins();
    try {
      return guarded(() -> CallTrace.in(log.trace(), call));
    } finally {
      log.serviceCodeEnds();
    }
  }

  /**
   * Returns the store's stage. A store that throws, or returns null instead of a stage, counts as
   * failed.
   */
  public static <T extends @Nullable Object> CompletionStage<T> guarded(
      Supplier<CompletionStage<T>> call) {
    try {
      CompletionStage<T> stage = call.get();
      return stage != null
          ? stage
          : CompletableFuture.failedFuture(new IllegalStateException("The store returned null"));
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
