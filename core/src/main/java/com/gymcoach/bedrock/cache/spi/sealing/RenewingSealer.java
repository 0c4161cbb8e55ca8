package com.gymcoach.bedrock.cache.spi.sealing;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sealer that limits the age of its keys and the entries and bytes sealed with them. New keys are
 * fetched in the background when half of a limit is used. If the old keys reach the limit on
 * entries or bytes first, nothing is sealed until the new ones arrive; if they reach the limit on
 * age, nothing is opened either.
 */
final class RenewingSealer implements EntrySealer {
  private static final Logger LOG = LoggerFactory.getLogger(EntrySealer.class);

  /** How long to wait after a failed fetch before trying again. */
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final Supplier<SealingKeys> source;
  private final Limits limits;
  private final TimeSource time;
  private final Executor fetching;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private volatile @Nullable Loaded loaded;
  private volatile @Nullable Moment failedAt;

  /**
   * The limits of a key.
   *
   * @param maxAge the longest it is used
   * @param maxEntries the most entries sealed with it
   * @param maxBytes the most bytes sealed with it
   */
  record Limits(Duration maxAge, long maxEntries, long maxBytes) {
    Limits {
      if (maxAge.isNegative() || maxAge.isZero() || maxEntries < 1 || maxBytes < 1) {
        throw new IllegalArgumentException(
            "Keys that are good for "
                + maxAge
                + ", "
                + maxEntries
                + " entries and "
                + maxBytes
                + " bytes would never be: choose more than zero of each");
      }
    }
  }

  RenewingSealer(Supplier<SealingKeys> source, Limits limits, TimeSource time, Executor fetching) {
    this.source = source;
    this.limits = limits;
    this.time = time;
    this.fetching = fetching;
    this.loaded = new Loaded(source.get());
  }

  static Executor ownThread() {
    return task -> {
      Thread thread = new Thread(task, "bedrock-cache-keys");
      thread.setDaemon(true);
      thread.start();
    };
  }

  /**
   * A point in time by both clocks: elapsed time stops while a process is frozen, and the wall
   * clock can be set back.
   */
  private record Moment(long nanos, long epochMillis) {
    static Moment now(TimeSource time) {
      return new Moment(time.nanoTime(), time.epochMillis());
    }

    /** Returns whether at least this much time has passed since, by either clock. */
    boolean isLongerAgoThan(Duration age, TimeSource time) {
      return time.nanoTime() - nanos >= age.toNanos()
          || time.epochMillis() - epochMillis >= age.toMillis();
    }
  }

  /** Keys with counts of their use. */
  private final class Loaded {
    private final EntrySealer sealer;
    private final Moment since = Moment.now(time);
    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    Loaded(SealingKeys keys) {
      this.sealer = EntrySealer.aes256Gcm(keys.keyId(), keys.key(), keys.older());
    }

    boolean isOlderThan(Duration age) {
      return since.isLongerAgoThan(age, time);
    }

    boolean mayAlsoSeal(int length) {
      return entries.incrementAndGet() <= limits.maxEntries()
          && bytes.addAndGet(length) <= limits.maxBytes();
    }

    boolean isHalfUsed() {
      return isOlderThan(limits.maxAge().dividedBy(2))
          || entries.get() > limits.maxEntries() / 2
          || bytes.get() > limits.maxBytes() / 2;
    }
  }

  @Override
  public byte[] seal(byte[] scope, byte[] address, byte[] content) {
    Loaded keys = youngEnough();
    if (keys == null || !keys.mayAlsoSeal(content.length)) {
      throw new IllegalStateException(
          "The sealer's keys are used up, and no new ones have been fetched yet");
    }
    return keys.sealer.seal(scope, address, content);
  }

  @Override
  public byte[] open(byte[] scope, byte[] address, byte[] sealed) throws IOException {
    Loaded keys = youngEnough();
    if (keys == null) {
      throw new IOException("The sealer's keys are too old, and no new ones have been fetched yet");
    }
    return keys.sealer.open(scope, address, sealed);
  }

  @Override
  public void forget() {
    loaded = null;
  }

  private @Nullable Loaded youngEnough() {
    Loaded keys = loaded;
    if (keys == null || keys.isHalfUsed()) {
      renew();
      keys = loaded;
    }
    return keys == null || keys.isOlderThan(limits.maxAge()) ? null : keys;
  }

  private void renew() {
    Moment failed = failedAt;
    boolean tooSoon = failed != null && !failed.isLongerAgoThan(RETRY, time);
    if (tooSoon || !underWay.compareAndSet(false, true)) {
      return;
    }
    try {
      fetching.execute(this::fetch);
    } catch (RuntimeException | Error noThread) {
      failed(noThread);
    }
  }

  private void fetch() {
    try {
      loaded = new Loaded(source.get());
      failedAt = null;
      underWay.set(false);
    } catch (RuntimeException | Error broken) {
      failed(broken);
    }
  }

  private void failed(Throwable why) {
    failedAt = Moment.now(time);
    underWay.set(false);
    LOG.warn(
        "The sealer's new keys could not be fetched ({}). When the current keys reach their limits,"
            + " entries are neither written to the store nor read from it. Trying again in {} s.",
        why.getClass().getSimpleName(),
        RETRY.toSeconds());
  }
}
