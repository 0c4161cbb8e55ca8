package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.WireRequest;
import com.gymcoach.bedrock.warmup.LineSource.Line;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Checks a line before any call: whether it is a request, whether its answer is there, and what a
 * call can cost. A plan and a run check alike. Thread-safe.
 */
final class LineCheck {
  static final String NEEDS_ASYNC_CLIENT = "NEEDS_ASYNC_CLIENT";

  /** How often the store is read for a line, if it does not say whether it has the answer. */
  static final int LOOK_UPS = 5;

  /** The most such look-ups in a row: after that, each line is looked up once. */
  private static final int PATIENCE = 50;

  private static final long FIRST_WAIT = Duration.ofMillis(100).toNanos();

  /** Reasons that concern the cache now, and not the request. */
  private static final Set<CacheReason> OF_THE_MOMENT =
      Set.of(CacheReason.SWITCHED_OFF, CacheReason.ENGINE_FAILED, CacheReason.STORE_UNREAD);

  /** The result of a check. */
  sealed interface Checked {}

  /** The line is not a request. */
  record Malformed() implements Checked {}

  /** The answer is there. */
  record There() implements Checked {}

  /**
   * The request is not to be asked.
   *
   * @param ofTheMoment whether that may change without another request or configuration
   */
  record Refused(String reason, boolean ofTheMoment) implements Checked {}

  /** The answer is absent, and may be asked for. */
  record Absent(RequestLine request, String modelId, Estimate estimate) implements Checked {}

  private final Settings settings;
  private final Estimator estimator;
  private final Pause pause;
  private final AtomicInteger unread = new AtomicInteger();

  LineCheck(Settings settings, Pause pause) {
    this.settings = settings;
    this.estimator = new Estimator(settings.prices, settings.unstatedOutputTokens);
    this.pause = pause;
  }

  Checked check(Line line) throws InterruptedException {
    RequestLine request = line.request();
    if (request == null) {
      return new Malformed();
    }
    if (!settings.caller.supports(request)) {
      return new Refused(NEEDS_ASYNC_CLIENT, false);
    }
    try {
      return check(request);
    } catch (RuntimeException unusable) { // one line must not end the run; it may quote the line
      return refused(CacheReason.ENGINE_FAILED);
    }
  }

  private Checked check(RequestLine request) throws InterruptedException {
    CacheOutcome there = lookUp(request);
    if (there.cached()) {
      return new There();
    }
    CacheReason reason = there.reason().orElse(CacheReason.ENGINE_FAILED);
    if (there.status() == Status.BYPASS || reason == CacheReason.STORE_UNREAD) {
      return refused(reason);
    }
    WireRequest wire = WireRequest.of(request.request());
    Estimate estimate = estimator.of(wire);
    return settings.maxUsd != null && estimate.gap() != null
        ? new Refused(estimate.gap().name(), false)
        : new Absent(request, wire.modelId(), estimate);
  }

  /**
   * Looks an answer up, several times if the store does not say. A first read often takes longer
   * than its budget, and what is asked for twice is paid for twice.
   */
  private CacheOutcome lookUp(RequestLine request) throws InterruptedException {
    long wait = FIRST_WAIT;
    for (int lookUps = 1; ; lookUps++) {
      CacheOutcome there = settings.caller.lookUp(request);
      if (there.reason().orElse(null) != CacheReason.STORE_UNREAD) {
        unread.set(0);
        return there;
      }
      if (unread.incrementAndGet() > PATIENCE || lookUps == LOOK_UPS || !pause.pause(wait)) {
        return there;
      }
      wait *= 2;
    }
  }

  private static Refused refused(CacheReason reason) {
    return new Refused(reason.name(), OF_THE_MOMENT.contains(reason));
  }
}
