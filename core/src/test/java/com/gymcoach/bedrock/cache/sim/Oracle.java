package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheMissException;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.sim.History.Invalidated;
import com.gymcoach.bedrock.cache.sim.Schedule.Options;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Judges what each caller got, and when, by what the bare client gave it in the same schedule. */
final class Oracle {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final long READ_BUDGET = 50 * MILLI;
  private static final long WRITE_BUDGET = 250 * MILLI;

  /** What executors, streams and the clocks' resolution may add. */
  private static final long SLACK = 80 * MILLI;

  /** The longest that a caller without a time limit follows another. */
  private static final long LONGEST_FLIGHT = Duration.ofMinutes(5).toNanos() + SECOND;

  private final Options options;
  private final History history;
  private final List<SimInstance> instances;
  private final List<Caller> bare;
  private final Coverage coverage;

  /**
   * Creates an oracle of a run.
   *
   * @param bare the callers of the same schedule, after they asked the bare client
   */
  Oracle(
      Options options,
      History history,
      List<SimInstance> instances,
      List<Caller> bare,
      Coverage coverage) {
    this.options = options;
    this.history = history;
    this.instances = instances;
    this.bare = bare;
    this.coverage = coverage;
  }

  private static void require(boolean kept, Caller caller, String promise) {
    if (!kept) {
      throw violation(caller, promise);
    }
  }

  /** Does the same with a text that takes long to write. */
  private static void require(boolean kept, Caller caller, Supplier<String> promise) {
    if (!kept) {
      throw violation(caller, promise.get());
    }
  }

  private static Violation violation(Caller caller, String promise) {
    return new Violation(
        caller
            + " "
            + caller.call().control()
            + ": "
            + promise
            + "; got "
            + (caller.failure() == null ? caller.value() : caller.failure())
            + ", "
            + caller.outcome());
  }

  /** Judges a caller that has just got its answer. */
  void judge(Caller caller) {
    if (caller.hasCancelled()) {
      require(
          caller.failure() instanceof CancellationException,
          caller,
          "a cancelled call is cancelled");
      return;
    }
    Throwable failure = caller.failure();
    if (failure == null) {
      judgeValue(caller, Objects.requireNonNull(caller.value()));
    } else {
      judgeFailure(caller, failure);
    }
    judgeTime(caller);
  }

  /** Judges a caller that has got no answer by the end of the run. */
  void judgeUnanswered(Caller caller) {
    require(
        !bare(caller).hasEnded() || bare(caller).hasCancelled(),
        caller,
        "whoever the bare client answers gets an answer");
  }

  private Caller bare(Caller caller) {
    return bare.get(caller.call().number());
  }

  private @Nullable Asked own(Caller caller) {
    return history.latest(caller);
  }

  // The same exception object.

  private void judgeFailure(Caller caller, Throwable failure) {
    Asked own = own(caller);
    if (own != null) {
      require(failure == own.failure(), caller, "the failure is the very object of the client");
      if (caller.stream() != null && bare(caller).failure() == failure) {
        require(
            Objects.equals(caller.value(), bare(caller).value()) && sameEnds(caller),
            caller,
            "a failing stream has delivered what the bare client would have");
      }
      return;
    }
    if (failure instanceof CacheMissException) {
      require(
          caller.call().control().directive() == Directive.ONLY_IF_CACHED && !caller.isBypassing(),
          caller,
          "Bedrock is asked unless the caller forbids it");
      return;
    }
    Duration timeout = caller.call().timeout();
    if (failure instanceof ApiCallTimeoutException && timeout != null) {
      require(
          caller.ended() - caller.began() >= timeout.toNanos(),
          caller,
          "a call has its whole time");
      return;
    }
    require(isOfALeader(caller, failure), caller, "the failure is one that Bedrock's client gave");
    require(
        caller.call().control().directive() == Directive.DEFAULT && concernsAll(failure),
        caller,
        "a failure that concerns the leader alone is the leader's alone");
  }

  private boolean sameEnds(Caller caller) {
    StreamSink<?, ?> own = caller.stream();
    StreamSink<?, ?> other = bare(caller).stream();
    return own != null && other != null && own.ends().equals(other.ends());
  }

  private boolean isOfALeader(Caller caller, Throwable failure) {
    for (Asked asked : history.calls()) {
      if (asked.failure() == failure
          && !asked.isBackground()
          && asked.caller().instance() == caller.instance()
          && asked.caller().question().equals(caller.question())
          && asked.ended() >= caller.began()) {
        return true;
      }
    }
    return false;
  }

  private static boolean concernsAll(Throwable failure) {
    return failure instanceof AwsServiceException service
        ? service.statusCode() != 403
        : failure instanceof SdkClientException;
  }

  // The same value, and nobody else's.

  private void judgeValue(Caller caller, Object value) {
    List<Integer> calls = Answers.callsOf(caller.question(), value);
    require(calls != null, caller, "an answer is one to the question");
    for (int number : calls) {
      Asked asked = history.call(number);
      require(asked != null, caller, "an answer is one that Bedrock gave");
      require(
          caller.question().isAnsweredBy(asked.question(), options.bothForms()),
          caller,
          () -> "an answer is the caller's own, but it is one to " + asked.question());
      require(
          asked.answered() >= 0 && asked.answered() <= caller.ended(),
          caller,
          "an answer has been given");
      if (asked.caller() != caller || asked.isBackground()) {
        judgeServed(caller, asked);
      }
    }
    judgeContent(caller, value, calls);
  }

  private void judgeContent(Caller caller, Object value, List<Integer> calls) {
    Asked asked = Objects.requireNonNull(history.call(calls.get(0)));
    boolean isWhole =
        calls.stream().distinct().count() == 1 && asked.question().equals(caller.question());
    if (isWhole) {
      require(isSame(asked.answer(), value), caller, "an answer is what Bedrock sent");
    }
    boolean isOwn = isWhole && asked.number() == caller.call().number();
    Caller without = bare(caller);
    if (isOwn && without.hasEnded() && !without.hasCancelled()) {
      require(isSame(without.value(), value), caller, "a value is that of the bare client");
      require(
          caller.stream() == null || sameEnds(caller),
          caller,
          "a stream ends as the bare one does");
    }
  }

  /** Returns whether two answers are equal in all that Bedrock's model knows of. */
  private static boolean isSame(@Nullable Object one, Object other) {
    if (one instanceof SdkResponse response && other instanceof SdkResponse same) {
      return response.equalsBySdkFields(same)
          && same.sdkHttpResponse().statusCode() == response.sdkHttpResponse().statusCode();
    }
    return other.equals(one);
  }

  private void judgeServed(Caller caller, Asked asked) {
    CacheOutcome outcome = caller.outcome();
    Directive directive = caller.call().control().directive();
    require(
        directive != Directive.BYPASS && directive != Directive.REFRESH && !caller.isBypassing(),
        caller,
        "whoever wants Bedrock's answer gets Bedrock's answer");
    boolean isBatch = caller.question().operation() == Operation.EMBEDDINGS;
    boolean isShared = outcome != null && outcome.status() == Status.COALESCED;
    require(
        outcome != null && (outcome.cached() || isBatch),
        caller,
        "an answer says where it is from");
    boolean mayBeCut = isShared && caller.question().operation() == Operation.CONVERSE;
    require(!asked.isCut() || mayBeCut, caller, "an answer that was cut short is not kept");
    Asked own = own(caller);
    require(
        own == null || isBatch || (outcome.stale() && own.failure() != null),
        caller,
        "nobody pays for an answer and gets another");
    if (isShared && !isBatch) {
      require(
          asked.caller().instance() == caller.instance() && asked.ended() >= caller.began(),
          caller,
          "a shared answer comes while its caller waits");
    }
    judgeAge(caller, asked, outcome, isBatch);
    for (Invalidated each : history.invalidated()) {
      if (each.covers(caller.question()) && asked.began() < each.began()) {
        judgeInvalidation(caller, asked, each);
      }
    }
    if (outcome.source() == CacheSource.HOT) {
      noteFaultsSurvived(caller, asked);
      judgeOrder(caller, asked);
    }
  }

  private void noteFaultsSurvived(Caller caller, Asked asked) {
    SimInstance instance = instances.get(caller.instance());
    for (Fault fault : Fault.values()) {
      if (fault != Fault.SINK_THROWS
          && fault != Fault.EXECUTOR_REFUSES
          && instance.struckAt(fault) > asked.answered()) {
        coverage.hit(fault, Phase.SERVE, caller.operation());
      }
    }
  }

  private void judgeAge(Caller caller, Asked asked, CacheOutcome outcome, boolean isBatch) {
    long age = caller.began() - asked.answered();
    SimClock writer = instances.get(asked.caller().instance()).clock();
    SimClock reader = instances.get(caller.instance()).clock();
    long skew =
        Math.max(
            0,
            writer.offsetAt(asked.answered())
                - reader.leastOffset(asked.answered(), caller.ended()));
    long stale =
        outcome.stale() || isBatch
            ? Math.max(options.staleWhileRevalidate().toNanos(), options.staleIfError().toNanos())
            : 0;
    require(
        age <= options.ttl().toNanos() + stale + skew + SLACK,
        caller,
        () -> "an answer is not older than its life, but it is " + age / 1e9 + " s old");
    Duration maxAge = caller.call().control().maxAge().orElse(null);
    require(
        maxAge == null || age <= maxAge.toNanos() + skew + SECOND,
        caller,
        () -> "an answer is not older than its caller accepts, but it is " + age / 1e9 + " s old");
  }

  /**
   * Judges whether memory serves the latest answer that it has kept. Only in quiet runs: a fault or
   * an invalidation may be why the latest is gone and an earlier one was read from the store.
   */
  private void judgeOrder(Caller caller, Asked asked) {
    boolean isQuiet =
        options.storeFaults() == 0
            && !history.hasDisturbed()
            && instances.stream().allMatch(instance -> instance.clock().isCalm())
            && caller.operation() != Operation.EMBEDDINGS // of which parts are older
            && !overlaps(caller);
    if (!isQuiet) {
      return;
    }
    long least = (long) (options.ttl().toNanos() * (1 - options.jitter())) - SECOND;
    for (Caller other : history.callers()) {
      Asked own = own(other);
      CacheOutcome outcome = other.outcome();
      boolean isKept =
          own != null
              && outcome != null
              && outcome.kept()
              && own.answered() >= 0
              && other.instance() == caller.instance()
              && other.question().equals(caller.question())
              && other.hasEnded()
              && other.ended() < caller.began()
              && caller.ended() < own.answered() + least;
      require(
          !isKept || asked.answered() >= own.answered(),
          caller,
          "memory serves the latest answer that it has kept");
    }
  }

  // Nothing after its invalidation and the bound.

  private void judgeInvalidation(Caller caller, Asked asked, Invalidated invalidated) {
    if (invalidated.instance() == caller.instance()) {
      require(
          caller.beganOrder() < invalidated.endedOrder(),
          caller,
          () ->
              "an instance serves nothing that it has invalidated: call "
                  + asked.number()
                  + ", "
                  + invalidated);
    }
    if (invalidated.acknowledged()) {
      boolean isInPlaceOfFailure =
          own(caller) != null && caller.question().operation() != Operation.EMBEDDINGS;
      // Such an answer is checked again when the call has failed, which may take long.
      long decided = isInPlaceOfFailure ? caller.ended() - READ_BUDGET - SLACK : caller.began();
      require(
          decided <= invalidated.ended() + bound(caller, invalidated),
          caller,
          () ->
              "no instance serves what was invalidated elsewhere, after its bound: call "
                  + asked.number()
                  + ", "
                  + invalidated);
    }
  }

  /** Whether the texts of a batch may have markers of their own: one may come from memory. */
  private static boolean isInShards(Question question) {
    return question.operation() == Operation.EMBEDDINGS && question.user() == Question.SHARED;
  }

  private long bound(Caller caller, Invalidated invalidated) {
    CacheOutcome outcome = Objects.requireNonNull(caller.outcome());
    if (outcome.source() == CacheSource.WARM
        && !outcome.stale()
        && invalidated.user() != null
        && !isInShards(caller.question())
        && !overlaps(caller)) {
      return 0; // the markers were read with the entry
    }
    SimInstance instance = instances.get(caller.instance());
    long delay = options.invalidationDelay().toNanos();
    Duration timeout = caller.call().timeout();
    if (timeout != null && timeout.toNanos() < 2 * READ_BUDGET) { // it may lack the time to read
      return Math.max(delay, Schedule.MAX_UNVERIFIED.toNanos());
    }
    for (Fault fault :
        new Fault[] {
          Fault.STORE_FAILS, Fault.STORE_HANGS, Fault.STORE_LATE, Fault.STORE_UNPROCESSED
        }) {
      if (instance.struckAt(fault) >= invalidated.began()) {
        return Math.max(delay, Schedule.MAX_UNVERIFIED.toNanos());
      }
    }
    return delay;
  }

  // No later than the bare client and the budgets.

  private void judgeTime(Caller caller) {
    Caller without = bare(caller);
    if (!without.hasEnded() || without.hasCancelled()) {
      return;
    }
    CacheOutcome outcome = caller.outcome();
    long budgets = 3 * READ_BUDGET + WRITE_BUDGET + SLACK;
    if (history.hasAskedAgain(caller)) {
      budgets += without.ended() - without.began();
    }
    if (!overlaps(caller)) {
      boolean isHit = outcome != null && outcome.status() == Status.HIT && !outcome.stale();
      long limit = isHit ? caller.began() + 2 * READ_BUDGET + SLACK : without.ended() + budgets;
      require(caller.ended() <= limit, caller, () -> late(caller, limit));
      return;
    }
    long flights = caller.began();
    for (Asked asked : history.calls()) {
      if (asked.caller() != caller && isShared(asked.caller(), caller)) {
        flights = Math.max(flights, Math.min(asked.ended(), asked.began() + LONGEST_FLIGHT));
      }
    }
    long limit = flights + (without.ended() - without.began()) + budgets + SECOND;
    require(caller.ended() <= limit, caller, () -> late(caller, limit));
  }

  private static String late(Caller caller, long limit) {
    return "nobody waits longer than for the bare client and the budgets, but this one took %.3f s"
            .formatted((caller.ended() - caller.began()) / 1e9)
        + " instead of %.3f s at most".formatted((limit - caller.began()) / 1e9);
  }

  /** Returns whether a caller may have waited for another one. */
  private boolean overlaps(Caller caller) {
    for (Caller other : history.callers()) {
      if (other != caller
          && isShared(other, caller)
          && other.hasBegun()
          && other.began() <= caller.ended()
          && (!other.hasEnded() || other.ended() >= caller.began())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isShared(Caller one, Caller other) {
    return one.instance() == other.instance()
        && (one.question().equals(other.question())
            || (one.operation() == Operation.EMBEDDINGS
                && other.operation() == Operation.EMBEDDINGS));
  }
}
