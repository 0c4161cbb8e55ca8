package com.gymcoach.bedrock.cache.internal.call;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.StoreUse;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Records what happens during one call: time, faults, tokens and use of the store. Used by one
 * thread at a time.
 */
public final class CallRecord {
  private final TimeSource time;
  private boolean timed;
  private int standsFor = 1;
  private long began;
  private long answered;
  private boolean isAnswered;
  private @Nullable EnumMap<CacheFault, @Nullable Throwable> faults;
  private @Nullable TokenUsage usage;
  private @Nullable StoreNotes store;
  private double savedUsd;
  private @Nullable Duration left;
  private CallerCode.@Nullable Callback serviceCode;
  private @Nullable CallTrace trace;

  /** The use of the store; made when there is some, because a memory hit has none. */
  private static final class StoreNotes {
    private long lookUpNanos = -1;
    private int envelopeBytes;
    private double readUnits;
    private double writeUnits;
  }

  /** Creates a record without a start time. Reading the clock takes a tenth of an untimed hit. */
  public CallRecord(TimeSource time) {
    this.time = time;
  }

  /** Starts timing the call, unless it has been started already. */
  public void time() {
    standsFor = 1;
    begin();
  }

  /**
   * Starts timing the call as a sample. If memory answers it, its latency counts in percentiles for
   * the given number of calls, which may be 0.
   */
  public void time(int others) {
    standsFor = others;
    begin();
  }

  private void begin() {
    if (!timed) {
      began = time.nanoTime();
      timed = true;
    }
  }

  /** Records a fault that is hidden from the caller and has no exception. */
  public void fault(CacheFault fault) {
    fault(fault, null);
  }

  /**
   * Records a fault that is hidden from the caller, with its exception. Keeps the first exception
   * of each fault.
   */
  public void fault(CacheFault fault, @Nullable Throwable cause) {
    Map<CacheFault, @Nullable Throwable> noted = faults;
    if (noted == null) {
      noted = faults = new EnumMap<>(CacheFault.class);
    }
    noted.putIfAbsent(fault, cause);
  }

  /** Records a look-up in the store. */
  public void lookedUp(Duration took, int bytes, double units) {
    StoreNotes notes = storeNotes();
    notes.lookUpNanos = took.toNanos();
    notes.envelopeBytes = bytes;
    notes.readUnits += units;
  }

  private StoreNotes storeNotes() {
    StoreNotes notes = store;
    if (notes == null) {
      notes = store = new StoreNotes();
    }
    return notes;
  }

  /** Records a write to the store. */
  public void written(int bytes, double units) {
    StoreNotes notes = storeNotes();
    notes.envelopeBytes = bytes;
    notes.writeUnits += units;
  }

  public void usage(@Nullable TokenUsage tokens) {
    usage = tokens;
  }

  /** Records Bedrock's price for the parts of an answer that were cached. */
  public void savedUsd(double usd) {
    savedUsd = usd;
  }

  /** Returns the price recorded by {@link #savedUsd(double)}, or 0. */
  public double savedUsd() {
    return savedUsd;
  }

  /** Returns whether the call is timed. */
  public boolean isTimed() {
    return timed;
  }

  /** Returns how many calls this one's latency counts for, if it is timed. */
  public int standsFor() {
    return standsFor;
  }

  /**
   * Notes that the call was answered when the clock was last read, which saves reading it again.
   */
  public void answeredAt(long nanos) {
    answered = nanos;
    isAnswered = true;
  }

  /** Returns the time from {@link #time()} until the call was answered, or until now. */
  public Duration latency() {
    return isAnswered ? since(answered) : elapsed();
  }

  /** Returns the time since {@link #time()}. */
  public Duration elapsed() {
    return since(time.nanoTime());
  }

  private Duration since(long nanos) {
    return Duration.ofNanos(Math.max(0, nanos - began));
  }

  /**
   * Returns whether at least {@code budget} is left of the call's time limit. No time limit counts
   * as yes.
   */
  public boolean hasLeft(Duration budget, @Nullable Duration timeout) {
    return timeout == null || timeout.minus(elapsed()).compareTo(budget) >= 0;
  }

  /**
   * Returns how long the call may wait: {@code wanted}, limited to a quarter of the time left. The
   * limit is never lower than {@code least}.
   */
  public Duration quarterLeft(Duration wanted, Duration least, @Nullable Duration timeout) {
    if (timeout == null || wanted.compareTo(least) <= 0) {
      return wanted;
    }
    Duration quarter = timeout.minus(elapsed()).dividedBy(4);
    Duration longest = quarter.compareTo(least) > 0 ? quarter : least;
    return wanted.compareTo(longest) < 0 ? wanted : longest;
  }

  /**
   * Records the time that the call has left for its request to Bedrock, or null for its whole time
   * limit.
   */
  public void left(@Nullable Duration time) {
    left = time;
  }

  public @Nullable Duration left() {
    return left;
  }

  /**
   * Starts to mark the service's code while it runs, because followers may now wait for the call.
   */
  public void marks(CallerCode.Callback callback) {
    serviceCode = callback;
  }

  /** Marks the start of the service's code: a policy, a store or a sealer. It may never return. */
  public void serviceCodeBegins() {
    if (serviceCode != null) {
      serviceCode.enter();
    }
  }

  /** Marks that the service's code has returned or thrown. */
  public void serviceCodeEnds() {
    if (serviceCode != null) {
      serviceCode.exit();
    }
  }

  /** Adds the call's trace. */
  public void tracedBy(@Nullable CallTrace callTrace) {
    trace = callTrace;
  }

  /** Returns the call's trace, or null if it is not traced. */
  public @Nullable CallTrace trace() {
    return trace;
  }

  public boolean anyFault() {
    return faults != null;
  }

  /** Passes on each fault with its exception, or null if it has none. */
  public void eachFault(BiConsumer<CacheFault, @Nullable Throwable> to) {
    if (faults != null) {
      faults.forEach(to);
    }
  }

  public Set<CacheFault> faults() {
    return faults == null ? Set.of() : Set.copyOf(EnumSet.copyOf(faults.keySet()));
  }

  public @Nullable TokenUsage usage() {
    return usage;
  }

  public double readUnits() {
    return store == null ? 0 : store.readUnits;
  }

  public double writeUnits() {
    return store == null ? 0 : store.writeUnits;
  }

  /** Returns the use of the store, or null if there was no look-up. */
  public @Nullable StoreUse store() {
    StoreNotes notes = store;
    return notes == null || notes.lookUpNanos < 0
        ? null
        : new StoreUse(
            Duration.ofNanos(notes.lookUpNanos),
            notes.envelopeBytes,
            notes.readUnits,
            notes.writeUnits);
  }
}
