package com.gymcoach.bedrock.cache.internal.env;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Random numbers that need not be secret. Processes restored from one snapshot draw the same
 * numbers, so their answers would all expire at once, until each process calls {@link #renew}.
 * Thread-safe.
 */
public final class Randomness implements RandomGenerator {
  private final RandomGenerator source;
  private volatile long shift;

  /** Creates a source that draws from the current thread's random numbers. */
  public Randomness() {
    this(() -> ThreadLocalRandom.current().nextLong());
  }

  /** Creates a source that draws from another one, which must be thread-safe. */
  public Randomness(RandomGenerator source) {
    this.source = source;
  }

  @Override
  public long nextLong() {
    return source.nextLong() + shift;
  }

  /** Changes the numbers drawn from now on, so that they differ from those of other processes. */
  public void renew() {
    shift = new SecureRandom().nextLong();
  }
}
