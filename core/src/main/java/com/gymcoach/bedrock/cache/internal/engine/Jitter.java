package com.gymcoach.bedrock.cache.internal.engine;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Draws numbers from 0 to 1. Processes that were started from one snapshot draw the same ones, and
 * answers would end in all of them at once, until each renews its own. Thread-safe.
 */
public final class Jitter implements DoubleSupplier {
  private final DoubleSupplier source;
  private volatile double shift;

  /** Returns one that draws as threads do. */
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

  /** Draws others from now on than any other process. */
  public void renew() {
    shift = new SecureRandom().nextDouble();
  }
}
