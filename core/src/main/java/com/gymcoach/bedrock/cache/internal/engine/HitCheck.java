package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.compare.Comparison;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.time.Moment;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/** A hit that is verified: a copy of its request, and the answer that its caller got. */
final class HitCheck<Q extends AwsRequest, R> {
  private static final CacheOutcome OUTCOME = Outcome.miss(CacheReason.VERIFYING_HIT);

  /** A call that has not ended after this time counts as failed: it may never end. */
  private static final long MAX_NANOS = Duration.ofMinutes(5).toNanos();

  private final TimeSource time;
  private final Outgoing<Q, R> request;
  private final Exchange<Q, R> call;
  private final HotEntry served;
  private final AtomicBoolean claimed = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private volatile @Nullable Moment began;

  /** Prepares the call, without making it. */
  HitCheck(Exchange<Q, R> hit, HotEntry served, TimeSource time) {
    this.time = time;
    this.call = hit.again(time);
    this.request = hit.outgoing();
    this.served = served;
  }

  /** Returns the call to Bedrock, on behalf of no caller. */
  Exchange<Q, R> call() {
    return call;
  }

  String endpoint() {
    return call.context().endpoint();
  }

  /** Returns Bedrock's price for the answer in USD, or NaN if it is unknown. */
  double expectedUsd() {
    return served.usd();
  }

  /**
   * Returns whether the answer may still be served. If not, it no longer matters if it is right.
   */
  boolean stands() {
    return served.fence().stands() && served.lifetime().isFresh(time);
  }

  /**
   * Calls Bedrock. It is outside every flight, so no caller waits for it or gets its answer.
   *
   * @param limit the longest the call may take, or null for the time limit of the caller's request
   */
  CompletionStage<Result<R>> ask(@Nullable Duration limit) {
    Duration own = call.timeout();
    request.limit(limit == null || (own != null && own.compareTo(limit) < 0) ? null : limit);
    call.log().time();
    return call.origin().call(OUTCOME);
  }

  static CacheOutcome outcome() {
    return OUTCOME;
  }

  Comparison compare(R fresh) throws IOException {
    return Comparison.of(
        call.operation().keptContent(served.answer()), call.operation().content(fresh));
  }

  /** Marks the check as under way. */
  void begin() {
    began = Moment.now(time);
  }

  boolean hasBegun() {
    return began != null;
  }

  boolean isOverdue() {
    Moment since = began;
    return since != null && since.nanosUntil(time.nanoTime(), time.epochMillis()) >= MAX_NANOS;
  }

  /** Claims the right to record how the check ends. Returns true once. */
  boolean claimEnd() {
    return claimed.compareAndSet(false, true);
  }

  /** Ends the check, after its end has been recorded. */
  void end() {
    ended.complete(null);
  }

  /** Returns a future that completes when the check has ended, however. */
  CompletableFuture<@Nullable Void> ended() {
    return ended;
  }
}
