package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Flight;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Landing;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Ticket;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * Single-flight: shares one load among concurrent callers of the same key. The first, the leader,
 * loads the answer; the others, the followers, wait for it. Failures of the leader's own client are
 * not shared: then a follower leads, or each loads its own answer. Thread-safe.
 */
final class Sharing {
  /**
   * The most leaders a caller follows in turn when none of them brings an answer. After that it
   * makes its own call, which limits what other callers' failures cost it.
   */
  private static final int MAX_LEADERS = 3;

  private final Loader loader;
  private final BatchLoader batches;
  private final Fences fences;
  private final SingleFlight singleFlight;

  Sharing(Loader loader, BatchLoader batches, Fences fences, SingleFlight singleFlight) {
    this.loader = loader;
    this.batches = batches;
    this.fences = fences;
    this.singleFlight = singleFlight;
  }

  /** Loads the answer, together with other callers if they ask the same now. */
  <Q extends AwsRequest, R> CompletionStage<Answer<R>> load(Exchange<Q, R> exchange) {
    Fence fence = fences.of(exchange.address().partition(), exchange.address().endpoint());
    BatchCall<Q, R> batch = exchange.batch();
    if (batch != null) {
      batch.takeFences(fences);
    }
    if (exchange.control().directive() != Directive.DEFAULT
        || (batch != null && exchange.control().maxAge().isPresent())) { // it may hold older texts
      return alone(exchange, fence);
    }
    Duration underWay = singleFlight.underWay(exchange, flightFences(exchange, fence));
    if (underWay == null) {
      return together(exchange, fence);
    }
    if (batch != null) { // the markers of all its parts would have to be read
      return loader.isCurrent(exchange, underWay)
          ? together(exchange, fence)
          : alone(exchange, fence);
    }
    return loader
        .mayJoin(exchange, fence, underWay)
        .thenCompose(inForce -> together(exchange, inForce));
  }

  /** Returns the fences under which an answer is shared: those of all its parts. */
  private static Object flightFences(Exchange<?, ?> exchange, Fence fence) {
    BatchCall<?, ?> batch = exchange.batch();
    return batch == null ? fence : batch.fences();
  }

  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> load(
      Exchange<Q, R> exchange, Fence fence) {
    BatchCall<Q, R> batch = exchange.batch();
    return batch == null ? loader.load(exchange, fence) : batches.load(exchange, batch);
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> store(
      Exchange<Q, R> exchange, Loaded<R> loaded) {
    BatchCall<Q, R> batch = exchange.batch();
    return batch == null ? loader.store(exchange, loaded) : batches.store(exchange, batch, loaded);
  }

  /** Loads an answer for this caller alone. */
  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> alone(
      Exchange<Q, R> exchange, Fence fence) {
    return load(exchange, fence).thenCompose(loaded -> store(exchange, loaded));
  }

  /** Shares one load among concurrent callers with the same request. */
  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> together(
      Exchange<Q, R> exchange, Fence fence) {
    while (true) { // a loop, not recursion: several leaders may fail in a row
      if (exchange.origin().left()) {
        return completed(Answer.failed(new CancellationException("The caller has gone")));
      }
      if (exchange.origin().followed() == MAX_LEADERS) {
        exchange.origin().goAlone();
        return alone(exchange, fence);
      }
      Flight prepared = singleFlight.prepare(exchange, flightFences(exchange, fence));
      exchange.origin().prepare(prepared);
      Ticket ticket = singleFlight.board(prepared, exchange.timeout());
      exchange.origin().board(ticket);
      if (ticket.leads()) {
        return lead(exchange, fence, ticket.flight());
      }
      if (ticket.flight().waitsForThisThread()) {
        exchange.origin().leaveFlight();
        return Bypass.call(exchange, CacheReason.REENTRANT);
      }
      ticket.flight().tracedAsLeaderOf(exchange.log().trace());
      CompletableFuture<Result<Landing>> landing =
          exchange
              .waiting()
              .behindAnother(exchange.remaining(), ticket.flight().landing())
              .toCompletableFuture();
      if (!landing.isDone()) {
        return landing.thenCompose(
            result -> {
              CompletionStage<Answer<R>> answer = follow(exchange, fence, result);
              return answer == null ? together(exchange, fence) : answer;
            });
      }
      CompletionStage<Answer<R>> answer = follow(exchange, fence, landing.join());
      if (answer != null) {
        return answer;
      }
    }
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> lead(
      Exchange<Q, R> exchange, Fence fence, Flight flight) {
    exchange.log().marks(exchange.origin().callerCode().service());
    CompletionStage<Loaded<R>> loading;
    try {
      loading = load(exchange, fence);
    } catch (Throwable broken) {
      loading = CompletableFuture.failedFuture(broken);
    }
    flight.started();
    return loading
        .whenComplete((loaded, broken) -> land(exchange, loaded))
        .thenCompose(loaded -> store(exchange, loaded)); // only the leader waits for this
  }

  /** Ends the flight, even if computing its landing breaks. */
  private static <Q extends AwsRequest, R> void land(
      Exchange<Q, R> exchange, @Nullable Loaded<R> loaded) {
    Landing how = Landing.ABANDONED;
    try {
      how = loaded == null ? Landing.ABANDONED : loaded.landing(exchange.operation());
    } finally {
      exchange.origin().land(how);
    }
  }

  /** Returns a follower's answer, or null if it must lead or follow another flight. */
  private <Q extends AwsRequest, R> @Nullable CompletionStage<Answer<R>> follow(
      Exchange<Q, R> exchange, Fence fence, Result<Landing> result) {
    Landing landing = result.valueOrNull();
    if (landing == null) {
      exchange.origin().leaveFlight();
      return completed(Answer.failed(gaveUp(exchange, result.failure())));
    }
    if (landing instanceof Landing.Failed failed) {
      return completed(Answer.failed(failed.failure()));
    }
    if (landing instanceof Landing.Answered answered && youngEnough(answered, exchange.lookup())) {
      exchange.log().usage(answered.usage());
      R response = exchange.operation().handOut(answered.answer());
      return completed(Answer.of(response, answered.outcome()));
    }
    Duration left = exchange.remaining();
    if (left != null && (left.isNegative() || left.isZero())) {
      return completed(Answer.failed(gaveUp(exchange, new TimeoutException())));
    }
    exchange.log().left(left);
    if (landing instanceof Landing.Unshareable) {
      exchange.origin().goAlone();
      return alone(exchange, fence);
    }
    return null;
  }

  private static boolean youngEnough(Landing.Answered answered, Plan.Lookup plan) {
    Duration limit = plan.control().maxAge().orElse(null);
    return limit == null || answered.outcome().age().compareTo(limit) <= 0;
  }

  /**
   * Returns the exception that the SDK would have thrown after a wait that ended without an answer.
   */
  private static <Q extends AwsRequest, R> Throwable gaveUp(
      Exchange<Q, R> exchange, @Nullable Throwable why) {
    Duration timeout = exchange.timeout();
    return why instanceof TimeoutException && timeout != null
        ? ApiCallTimeoutException.create(timeout.toMillis())
        : AbortedException.create("Thread was interrupted");
  }

  private static <T> CompletionStage<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
