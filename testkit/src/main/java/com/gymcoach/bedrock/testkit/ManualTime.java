package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Clocks that move only when told to. Thread-safe. */
public final class ManualTime implements TimeSource {
  private Instant wall;
  private long nanos;

  private ManualTime(Instant wall) {
    this.wall = wall;
  }

  /** Returns clocks whose wall clock shows the given time. */
  public static ManualTime startingAt(Instant wall) {
    return new ManualTime(wall);
  }

  /** Advances both clocks, as passing time does. */
  public synchronized void advance(Duration by) {
    wall = wall.plus(by);
    nanos += by.toNanos();
  }

  /** Sets only the wall clock, forwards or back, as a correction of the machine's clock does. */
  public synchronized void setWall(Instant time) {
    wall = time;
  }

  @Override
  public synchronized Instant now() {
    return wall;
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }
}
