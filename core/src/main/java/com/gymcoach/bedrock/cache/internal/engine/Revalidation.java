package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Asks anew, behind the callers' backs, for what they were given although its life had ended: once
 * at a time for each address, unless it never seems to end. Thread-safe.
 */
final class Revalidation {
  private static final long MAX_NANOS = Duration.ofMinutes(5).toNanos();

  private final TimeSource time;
  private final Executor executor;
  private final StatsRecorder recorder;

  /** Since when. */
  private final Map<EntryAddress, Moment> underWay = new ConcurrentHashMap<>();

  Revalidation(TimeSource time, Executor executor, StatsRecorder recorder) {
    this.time = time;
    this.executor = executor;
    this.recorder = recorder;
  }

  /** Begins, unless it has begun. What goes wrong concerns nobody who waits. */
  <Q extends AwsRequest, R> void begin(
      Plan.Lookup plan, Step<Q, R> step, Supplier<CompletionStage<Answer<R>>> ask) {
    Moment now = Moment.now(time);
    Moment since = underWay.putIfAbsent(plan.address(), now);
    boolean isOurs =
        since == null
            || (since.nanosUntil(now.nanos(), now.epochMillis()) >= MAX_NANOS
                && underWay.replace(plan.address(), since, now));
    if (!isOurs) {
      return;
    }
    try {
      executor.execute(() -> run(plan, now, step, ask));
    } catch (RuntimeException | Error rejected) {
      step.log().fault(CacheFault.REVALIDATION_FAILED, rejected);
      end(plan, now, step, null);
    }
  }

  private <Q extends AwsRequest, R> void run(
      Plan.Lookup plan, Moment since, Step<Q, R> step, Supplier<CompletionStage<Answer<R>>> ask) {
    try {
      ask.get()
          .whenComplete(
              (answer, broken) -> {
                if (broken != null) {
                  step.log().fault(CacheFault.REVALIDATION_FAILED, broken);
                }
                end(plan, since, step, answer);
              });
    } catch (RuntimeException | Error broken) {
      step.log().fault(CacheFault.REVALIDATION_FAILED, broken);
      end(plan, since, step, null);
    }
  }

  private <Q extends AwsRequest, R> void end(
      Plan.Lookup plan, Moment since, Step<Q, R> step, @Nullable Answer<R> answer) {
    underWay.remove(plan.address(), since);
    R response = answer == null ? null : answer.result().valueOrNull();
    if (response == null) {
      step.log()
          .fault(CacheFault.REVALIDATION_FAILED, answer == null ? null : answer.result().failure());
    }
    double usd =
        response == null
            ? StatsRecorder.UNKNOWN
            : recorder.usd(plan.context(), step.call().operation(), response, step.log());
    CacheOutcome outcome = answer == null ? Answer.NOT_ANSWERED : answer.outcome();
    recorder.background(plan.context(), usd, step.log(), outcome, response == null);
  }
}
