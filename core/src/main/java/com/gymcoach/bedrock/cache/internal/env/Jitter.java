package com.gymcoach.bedrock.cache.internal.env;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Draws random numbers from 0 to 1. Processes restored from one snapshot draw the same numbers, so
 * their answers would all expire at once, until each process calls {@link #renew}. Thread-safe.
 */
public final class Jitter implements DoubleSupplier {
  private final DoubleSupplier source;
  private volatile double shift;

  /** Creates a source that draws from the current thread's random numbers. */
  public Jitter() {
    this(() -> ThreadLocalRandom.current().nextDouble());
  }

  Jitter(DoubleSupplier source) {
    this.source = source;
  }

  @Override
  public double getAsDouble() {
    double sum = source.getAsDouble() + shift;
    return sum < 1 ? sum : sum - 1;
  }

  /** Changes the numbers drawn from now on, so that they differ from those of other processes. */
  public void renew() {
    shift = new SecureRandom().nextDouble();
  }
}
