package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.StoreUse;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What is noted of one call on its way. Used by one thread at a time. */
public final class CallRecord {
  private final TimeSource time;
  private boolean timed;
  private int standsFor = 1;
  private long began;
  private @Nullable EnumMap<CacheFault, @Nullable Throwable> faults;
  private @Nullable TokenUsage usage;
  private long lookUpNanos = -1;
  private int envelopeBytes;
  private double readUnits;
  private double writeUnits;
  private @Nullable Duration left;
  private CallerCode.@Nullable Callback serviceCode;

  /** Begins without the time: reading the clock is a tenth of a hit that nobody times. */
  public CallRecord(TimeSource time) {
    this.time = time;
  }

  /** Begins to time the call, unless that was done before. */
  void time() {
    standsFor = 1;
    begin();
  }

  /** Begins to time the call, which stands for so many that are not, should memory answer it. */
  void time(int others) {
    standsFor = others;
    begin();
  }

  private void begin() {
    if (!timed) {
      began = time.nanoTime();
      timed = true;
    }
  }

  /** Notes something that went wrong without the caller noticing, and that no exception tells. */
  public void fault(CacheFault fault) {
    fault(fault, null);
  }

  /**
   * Notes something that went wrong without the caller noticing, and the exception that says so.
   */
  public void fault(CacheFault fault, @Nullable Throwable cause) {
    Map<CacheFault, @Nullable Throwable> noted = faults;
    if (noted == null) {
      noted = faults = new EnumMap<>(CacheFault.class);
    }
    noted.putIfAbsent(fault, cause);
  }

  /** Notes a look-up in the store. */
  public void lookedUp(Duration took, int bytes, double units) {
    lookUpNanos = took.toNanos();
    envelopeBytes = bytes;
    readUnits += units;
  }

  /** Notes a write to the store. */
  public void written(int bytes, double units) {
    envelopeBytes = bytes;
    writeUnits += units;
  }

  void usage(@Nullable TokenUsage tokens) {
    usage = tokens;
  }

  /** Returns whether the call is timed. */
  boolean isTimed() {
    return timed;
  }

  /** Returns how many calls this one stands for, where it is timed. */
  int standsFor() {
    return standsFor;
  }

  /** Returns how long the call has taken since {@link #time()}. */
  public Duration elapsed() {
    return Duration.ofNanos(Math.max(0, time.nanoTime() - began));
  }

  /** Returns whether the call has as much time left as a budget, of all that it may take. */
  public boolean hasLeft(Duration budget, @Nullable Duration timeout) {
    return timeout == null || timeout.minus(elapsed()).compareTo(budget) >= 0;
  }

  /**
   * Returns what may be waited for: as much as is wanted, but no more than a quarter of the time
   * left, or the least that is of use if that is more.
   */
  public Duration quarterLeft(Duration wanted, Duration least, @Nullable Duration timeout) {
    if (timeout == null || wanted.compareTo(least) <= 0) {
      return wanted;
    }
    Duration quarter = timeout.minus(elapsed()).dividedBy(4);
    Duration most = quarter.compareTo(least) > 0 ? quarter : least;
    return wanted.compareTo(most) < 0 ? wanted : most;
  }

  /** Notes what time the call has for its own way to Bedrock, or null for all it ever has. */
  void left(@Nullable Duration time) {
    left = time;
  }

  @Nullable Duration left() {
    return left;
  }

  /** Others may wait for the call from now on: code of the service's is marked while it runs. */
  void marks(CallerCode.Callback callback) {
    serviceCode = callback;
  }

  /** Code of the service's begins to run: a policy, a store, a sealer. It may never return. */
  public void serviceCodeBegins() {
    if (serviceCode != null) {
      serviceCode.enter();
    }
  }

  /** Code of the service's has returned or thrown. */
  public void serviceCodeEnds() {
    if (serviceCode != null) {
      serviceCode.exit();
    }
  }

  boolean anyFault() {
    return faults != null;
  }

  /** Gives each fault with its exception, or null. */
  void eachFault(BiConsumer<CacheFault, @Nullable Throwable> to) {
    if (faults != null) {
      faults.forEach(to);
    }
  }

  Set<CacheFault> faults() {
    return faults == null ? Set.of() : Set.copyOf(EnumSet.copyOf(faults.keySet()));
  }

  @Nullable TokenUsage usage() {
    return usage;
  }

  double readUnits() {
    return readUnits;
  }

  double writeUnits() {
    return writeUnits;
  }

  /** Returns what the store was asked, or null where it was not. */
  @Nullable StoreUse store() {
    return lookUpNanos < 0
        ? null
        : new StoreUse(Duration.ofNanos(lookUpNanos), envelopeBytes, readUnits, writeUnits);
  }
}
