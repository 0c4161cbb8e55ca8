package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.warmup.BedrockCaller.Answered;
import com.gymcoach.bedrock.warmup.BedrockCaller.BrokenStreamException;
import com.gymcoach.bedrock.warmup.LineSource.Line;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.util.concurrent.atomic.AtomicInteger;

/** Deals with lines: looks up, asks within rate and budget, and counts. Thread-safe. */
final class Asking {
  /** How often a throttled call is made in all. */
  static final int ATTEMPTS = 6;

  /** The result of dealing with a line. */
  enum Fate {
    DONE,
    /** It was not asked, or not answered: to be asked again by a later run. */
    AGAIN,
    /** The run ended before it was asked. */
    NOT_REACHED
  }

  private final Settings settings;
  private final Tally tally;
  private final Ending ending;
  private final LineCheck check;
  private final TokenBucket bucket;
  private final Budget budget;
  private final Pause pause;
  private final AtomicInteger inVain = new AtomicInteger();

  Asking(Settings settings, Tally tally, Ending ending) {
    this.settings = settings;
    this.tally = tally;
    this.ending = ending;
    this.bucket = new TokenBucket(settings.time, settings.requestsPerSecond, settings.burst);
    this.budget = new Budget(settings.maxUsd, settings.maxCalls);
    this.pause = settings.pause == null ? ending : settings.pause;
    this.check = new LineCheck(settings, pause);
  }

  Budget budget() {
    return budget;
  }

  double ratePerSecond() {
    return bucket.ratePerSecond();
  }

  /** Makes no further call, and wakes workers that wait for the budget. */
  void stop() {
    budget.close();
  }

  Fate deal(Line line) throws InterruptedException {
    LineCheck.Checked checked = check.check(line);
    if (checked instanceof LineCheck.Absent absent) {
      return ask(absent.request(), absent.estimate().usdHigh());
    } else if (checked instanceof LineCheck.Refused refused) {
      tally.refused(refused.reason());
      return refused.ofTheMoment() ? inVain(End.NOTHING_KEPT, Fate.AGAIN) : Fate.DONE;
    } else if (checked instanceof LineCheck.There) {
      tally.hit();
    } else {
      tally.malformed(line.number());
    }
    return Fate.DONE;
  }

  private Fate ask(RequestLine request, double usdAtMost) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      if (!budget.reserve(usdAtMost)) {
        ending.end(End.BUDGET);
        stop();
        return Fate.NOT_REACHED;
      }
      if (!mayCall()) {
        budget.release(usdAtMost);
        return Fate.NOT_REACHED;
      }
      Trouble trouble;
      boolean settled = false;
      try {
        Answered answered = settings.caller.ask(request, settings.prices);
        settled = true;
        return answered(answered, usdAtMost);
      } catch (BrokenStreamException broken) {
        trouble = Trouble.of(broken.failure());
        settled = true;
        budget.assumed(usdAtMost); // the model had begun to answer
      } catch (RuntimeException failed) {
        trouble = Trouble.of(failed);
        settled = true;
        settle(trouble, usdAtMost);
      } finally {
        if (!settled) {
          budget.assumed(usdAtMost); // interrupted: Bedrock may answer all the same
        }
      }
      tally.failed(trouble);
      if (trouble == Trouble.THROTTLED) {
        bucket.throttled();
        if (attempt < ATTEMPTS) {
          continue;
        }
      }
      return failed(trouble);
    }
  }

  private void settle(Trouble trouble, double usdAtMost) {
    if (trouble == Trouble.FAILED) {
      budget.assumed(usdAtMost);
    } else {
      budget.spent(usdAtMost, 0);
    }
  }

  private Fate failed(Trouble trouble) {
    tally.lineFailed();
    if (trouble == Trouble.NO_ACCESS) {
      ending.end(End.NO_ACCESS);
      stop();
      return Fate.AGAIN;
    }
    return inVain(End.FAILURES, trouble == Trouble.REJECTED ? Fate.DONE : Fate.AGAIN);
  }

  private Fate answered(Answered answered, double usdAtMost) {
    CacheOutcome outcome = answered.outcome();
    if (outcome.reason().orElse(null) == CacheReason.STALE_IF_ERROR) {
      budget.assumed(usdAtMost); // Bedrock failed, and the cache does not say how
      bucket.throttled();
      tally.failed(Trouble.FAILED);
      return failed(Trouble.FAILED);
    }
    if (outcome.cached()) {
      if (outcome.stale()) {
        budget.assumed(usdAtMost); // it is being refreshed in the background
      } else {
        budget.release(usdAtMost);
      }
      tally.hit();
      return Fate.DONE;
    }
    if (answered.usd().isPresent()) {
      budget.spent(usdAtMost, answered.usd().getAsDouble());
    } else {
      budget.assumed(usdAtMost);
    }
    if (answered.kept()) {
      tally.kept(answered.stored());
      inVain.set(0);
      return Fate.DONE;
    }
    tally.notKept(answered.why());
    return inVain(End.NOTHING_KEPT, Fate.DONE);
  }

  /** Ends the run if this was one call too many without a kept answer. */
  private Fate inVain(End why, Fate fate) {
    if (inVain.incrementAndGet() >= settings.stopAfter) {
      ending.end(why);
      stop();
    }
    return fate;
  }

  private boolean mayCall() throws InterruptedException {
    while (!ending.hasEnded()) {
      long nanos = bucket.tryTake();
      if (nanos == 0) {
        return true;
      }
      if (!pause.pause(nanos)) {
        return false;
      }
    }
    return false;
  }
}
