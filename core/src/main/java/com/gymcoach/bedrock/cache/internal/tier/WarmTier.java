package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallTrace;
import com.gymcoach.bedrock.cache.internal.call.CallWait;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeException;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import java.time.Duration;
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
              StoreRead read = result.valueOrNull();
              byte[] envelope = read == null ? null : read.envelope();
              int bytes = envelope == null ? 0 : envelope.length;
              double units = units(result, () -> store.readUnits(query, bytes));
              log.lookedUp(log.elapsed().minus(began), bytes, units);
              if (read == null) {
                log.fault(
                    named(
                        result.failure(),
                        CacheFault.STORE_READ_TIMEOUT,
                        CacheFault.STORE_READ_FAILED),
                    result.failure());
                return new StoreRead(null, null);
              }
              if (read.entryUnread()) {
                log.fault(CacheFault.STORE_READ_FAILED);
              }
              return read;
            });
  }

  private CompletionStage<StoreRead> sent(StoreQuery query, CallWait call) {
    CallTrace trace = call.log().trace();
    if (call.strategy().blocksCaller()) {
      return store.readForBlockedCaller(query, trace == null ? null : trace::run);
    }
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
    return call.strategy()
        .within(
            budget,
            guarded(
                () ->
                    CallTrace.in(
                        log.trace(), () -> sent(address, envelope, lifetime, log.trace()))))
        .thenApply(
            result -> {
              log.written(
                  envelope.length, units(result, () -> store.writeUnits(address, envelope.length)));
              if (!result.ok()) {
                log.fault(
                    named(
                        result.failure(),
                        CacheFault.STORE_WRITE_TIMEOUT,
                        CacheFault.STORE_WRITE_FAILED),
                    result.failure());
              }
              return result.ok();
            });
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
  private static double units(Result<?> result, DoubleSupplier counted) {
    Throwable cause = result.failure() == null ? null : Result.bare(result.failure());
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
