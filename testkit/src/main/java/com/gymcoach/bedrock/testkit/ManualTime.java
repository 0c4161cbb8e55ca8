package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Clocks that move only when told. Safe for use by many threads. */
public final class ManualTime implements TimeSource {
  private Instant wall;
  private long nanos;

  private ManualTime(Instant wall) {
    this.wall = wall;
  }

  /** Returns clocks whose wall clock shows the time given. */
  public static ManualTime startingAt(Instant wall) {
    return new ManualTime(wall);
  }

  /** Moves both clocks on, as passing time does. */
  public synchronized void advance(Duration by) {
    wall = wall.plus(by);
    nanos += by.toNanos();
  }

  /** Sets the wall clock alone, forwards or back, as a correction of the machine's clock does. */
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
