package com.gymcoach.bedrock.cache.spi.time;

import java.time.Clock;
import java.time.Instant;

/** The machine's clocks. */
enum SystemTime implements TimeSource {
  INSTANCE;

  private static final Clock CLOCK = Clock.systemUTC();

  @Override
  public Instant now() {
    return CLOCK.instant();
  }

  @Override
  public long epochMillis() {
    return CLOCK.millis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
