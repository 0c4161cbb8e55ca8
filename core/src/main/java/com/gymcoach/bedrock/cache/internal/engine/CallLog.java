package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is noted of one call on its way. Used by one thread at a time. */
public final class CallLog {
  private final TimeSource time;
  private boolean timed;
  private long began;
  private @Nullable EnumSet<CacheFault> faults;
  private @Nullable TokenUsage usage;
  private int envelopeBytes;

  /** Begins without the time: reading the clock is a tenth of a hit that nobody times. */
  public CallLog(TimeSource time) {
    this.time = time;
  }

  /** Begins to time the call, unless that was done before. */
  void time() {
    if (!timed) {
      began = time.nanoTime();
      timed = true;
    }
  }

  /** Notes something that went wrong without the caller noticing. */
  public void fault(CacheFault fault) {
    if (faults == null) {
      faults = EnumSet.noneOf(CacheFault.class);
    }
    faults.add(fault);
  }

  /** Notes the size of the entry read or written. */
  public void envelopeBytes(int bytes) {
    envelopeBytes = bytes;
  }

  void usage(@Nullable TokenUsage tokens) {
    usage = tokens;
  }

  /** Returns how long the call has taken since {@link #time()}. */
  Duration elapsed() {
    return Duration.ofNanos(Math.max(0, time.nanoTime() - began));
  }

  /** Returns the shorter of a budget and what is left of the call's own time. */
  public Duration within(Duration budget, @Nullable Duration timeout) {
    if (timeout == null) {
      return budget;
    }
    Duration left = timeout.minus(elapsed());
    return left.compareTo(budget) < 0 ? left : budget;
  }

  boolean anyFault() {
    return faults != null;
  }

  Set<CacheFault> faults() {
    return faults == null ? Set.of() : Collections.unmodifiableSet(faults);
  }

  @Nullable TokenUsage usage() {
    return usage;
  }

  int envelopeBytes() {
    return envelopeBytes;
  }
}
