package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/** Sums up the parts of a batch: their tokens and their outcomes. */
final class BatchSums {
  private BatchSums() {}

  /** Returns the answer of a part that is loaded and has one. */
  static <Q extends AwsRequest, R> R response(BatchPart<Q, R> part) {
    return Objects.requireNonNull(part.loaded().answer().result().valueOrNull());
  }

  /** Returns the tokens of all parts, or null if those of one are unknown. */
  static @Nullable TokenUsage usage(List<? extends Loaded<?>> parts) {
    TokenUsage sum = new TokenUsage(0, 0, 0, 0);
    for (Loaded<?> part : parts) {
      TokenUsage own = part.usage();
      if (own == null) {
        return null;
      }
      sum =
          new TokenUsage(
              sum.input() + own.input(),
              sum.output() + own.output(),
              sum.cacheRead() + own.cacheRead(),
              sum.cacheWrite() + own.cacheWrite());
    }
    return sum;
  }

  /**
   * Returns the outcome of a batch of cached parts: as old as the oldest, fresh as long as the one
   * that expires first, stale if one is, and from the store if one is.
   */
  static CacheOutcome hit(List<? extends Loaded<?>> parts) {
    CacheSource source = CacheSource.HOT;
    Duration age = Duration.ZERO;
    Duration ttl = Duration.ofDays(366);
    CacheReason stale = null;
    for (Loaded<?> part : parts) {
      CacheOutcome own = part.answer().outcome();
      source = own.source() == CacheSource.WARM ? CacheSource.WARM : source;
      age = own.age().compareTo(age) > 0 ? own.age() : age;
      ttl = shorter(ttl, own.ttl().orElse(ttl));
      stale = own.stale() ? own.reason().orElse(null) : stale;
    }
    return stale == null
        ? Outcome.hit(source, age.toSeconds(), ttl.toSeconds())
        : Outcome.stale(source, age.toSeconds(), Math.max(0, -ttl.toSeconds()), stale);
  }

  /**
   * Returns the outcome of a batch for which Bedrock was called: its new parts are kept if each is.
   *
   * @param asked the parts that Bedrock was asked for
   * @param stored whether the store has acknowledged all of them
   */
  static CacheOutcome miss(List<? extends Loaded<?>> asked, boolean stored) {
    boolean kept = !asked.isEmpty();
    Duration ttl = Duration.ofDays(366);
    CacheReason why = null;
    for (Loaded<?> part : asked) {
      Loaded.StoreWrite<?> write = part.write();
      CacheOutcome own =
          stored && write != null ? write.stored().outcome() : part.answer().outcome();
      kept &= own.kept();
      ttl = shorter(ttl, own.ttl().orElse(ttl));
      CacheReason reason = own.reason().orElse(CacheReason.ABSENT);
      why = why == null || isOrdinary(why) ? reason : why;
    }
    return Outcome.miss(why == null ? CacheReason.ABSENT : why, kept, stored, ttl);
  }

  /** Returns whether a miss for this reason may have been kept. */
  private static boolean isOrdinary(CacheReason reason) {
    return reason == CacheReason.ABSENT || reason == CacheReason.REFRESH_REQUESTED;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
