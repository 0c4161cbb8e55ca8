package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;

/**
 * Limits a rate: in any span of time at most {@code burst + rate × span} permits are granted. The
 * bucket is full at first. After a throttled call it grants at half the rate, and doubles that
 * every 30 s until the rate is the configured one again. Thread-safe.
 */
final class TokenBucket {
  /** Calls under way together are throttled together, and halve the rate once. */
  static final Duration HALVE_ONCE_IN = Duration.ofSeconds(1);

  static final Duration DOUBLE_AFTER = Duration.ofSeconds(30);

  private static final double SLOWEST = 1.0 / 64;
  private static final double NANOS = 1e9;

  private final TimeSource time;
  private final double rate;
  private final int burst;
  private double tokens;
  private double factor = 1;
  private long at;
  private long changed;

  /**
   * Creates a full bucket.
   *
   * @param rate permits per second
   * @param burst the size of the bucket
   */
  TokenBucket(TimeSource time, double rate, int burst) {
    this.time = time;
    this.rate = rate;
    this.burst = burst;
    this.tokens = burst;
    this.at = time.nanoTime();
  }

  /** Takes a permit and returns 0, or returns how many nanoseconds to wait before trying again. */
  synchronized long tryTake() {
    refill();
    if (tokens >= 1) {
      tokens -= 1;
      return 0;
    }
    return Math.max(1, (long) Math.ceil((1 - tokens) * NANOS / (rate * factor)));
  }

  /** Halves the rate, because Bedrock throttled a call. */
  synchronized void throttled() {
    refill();
    if (factor < 1 && at - changed < HALVE_ONCE_IN.toNanos()) {
      return;
    }
    factor = Math.max(SLOWEST, factor / 2);
    changed = at;
    tokens = Math.min(tokens, 0); // saved permits would add to the load
  }

  /** Returns the rate now, in permits per second. */
  synchronized double ratePerSecond() {
    refill();
    return rate * factor;
  }

  private void refill() {
    long now = time.nanoTime();
    while (factor < 1 && now - changed >= DOUBLE_AFTER.toNanos()) {
      long then = changed + DOUBLE_AFTER.toNanos();
      fill(then);
      factor = Math.min(1, factor * 2);
      changed = then;
    }
    fill(now);
  }

  private void fill(long until) {
    if (until > at) {
      tokens = Math.min(burst, tokens + (until - at) * rate * factor / NANOS);
      at = until;
    }
  }
}
