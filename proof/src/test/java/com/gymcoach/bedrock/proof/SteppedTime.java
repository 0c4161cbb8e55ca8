package com.gymcoach.bedrock.proof;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Clocks that go on by a second when told. Written by one thread at a time. */
public final class SteppedTime implements TimeSource {
  private volatile long seconds;

  /** Advances by a second. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread at a time
  public void step() {
    seconds++;
  }

  @Override
  public Instant now() {
    return Instant.ofEpochSecond(seconds);
  }

  @Override
  public long nanoTime() {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
