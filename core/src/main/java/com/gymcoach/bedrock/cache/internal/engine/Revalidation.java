package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.time.Moment;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Refreshes stale answers in the background, one refresh at a time per address. If a refresh has
 * not ended after five minutes, another may start. Thread-safe.
 */
final class Revalidation {
  private static final long MAX_NANOS = Duration.ofMinutes(5).toNanos();

  private final TimeSource time;
  private final Executor executor;
  private final StatsRecorder recorder;

  /** The start of each refresh under way, by address. */
  private final Map<EntryAddress, Moment> underWay = new ConcurrentHashMap<>();

  private volatile boolean closed;

  Revalidation(Environment environment, StatsRecorder recorder) {
    this.time = environment.time();
    this.executor = environment.background();
    this.recorder = recorder;
  }

  /**
   * Starts a refresh unless one is under way. A failure is recorded and reaches no caller.
   *
   * @param stale the call that found the answer stale; made again, only if it is to be refreshed
   */
  <Q extends AwsRequest, R> void begin(
      Exchange<Q, R> stale, Function<Exchange<Q, R>, CompletionStage<Answer<R>>> ask) {
    if (closed) {
      return;
    }
    Moment now = Moment.now(time);
    Moment since = underWay.putIfAbsent(stale.address(), now);
    boolean isOurs =
        since == null
            || (since.nanosUntil(now.nanos(), now.epochMillis()) >= MAX_NANOS
                && underWay.replace(stale.address(), since, now));
    if (!isOurs) {
      return;
    }
    Exchange<Q, R> exchange;
    try {
      exchange = stale.again(time);
    } catch (RuntimeException | Error broken) {
      underWay.remove(stale.address(), now);
      throw broken;
    }
    exchange.log().time();
    try {
      executor.execute(() -> run(exchange, now, ask));
    } catch (RuntimeException | Error rejected) {
      exchange.log().fault(CacheFault.REVALIDATION_FAILED, rejected);
      end(exchange, now, null);
    }
  }

  /** Asks Bedrock no more: refreshes that still wait for a thread are dropped. */
  void close() {
    closed = true;
  }

  private <Q extends AwsRequest, R> void run(
      Exchange<Q, R> exchange,
      Moment since,
      Function<Exchange<Q, R>, CompletionStage<Answer<R>>> ask) {
    if (closed) { // while the refresh waited for a thread
      underWay.remove(exchange.address(), since);
      return;
    }
    try {
      ask.apply(exchange)
          .whenComplete(
              (answer, broken) -> {
                if (broken != null) {
                  exchange.log().fault(CacheFault.REVALIDATION_FAILED, broken);
                }
                end(exchange, since, answer);
              });
    } catch (RuntimeException | Error broken) {
      exchange.log().fault(CacheFault.REVALIDATION_FAILED, broken);
      end(exchange, since, null);
    }
  }

  private <Q extends AwsRequest, R> void end(
      Exchange<Q, R> exchange, Moment since, @Nullable Answer<R> answer) {
    underWay.remove(exchange.address(), since);
    R response = answer == null ? null : answer.result().valueOrNull();
    if (response == null) {
      exchange
          .log()
          .fault(CacheFault.REVALIDATION_FAILED, answer == null ? null : answer.result().failure());
    }
    double usd =
        response == null
            ? StatsRecorder.UNKNOWN
            : recorder.usd(exchange.context(), exchange.operation(), response, exchange.log());
    CacheOutcome outcome = answer == null ? Answer.NOT_ANSWERED : answer.outcome();
    recorder.background(exchange.context(), usd, exchange.log(), outcome, response == null);
  }
}
