package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.events.BufferSubscription;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * The caller of a stream: its future, its handler and its subscriber. Decides, for a live stream
 * and a replay alike, whether the client or the cache reports an end to the caller's code, so that
 * it is reported once. Thread-safe.
 */
final class StreamCaller<R, E> {
  /** The state of the caller's future. */
  private enum State {
    /** The future is open, or the caller has completed it normally, which changes nothing. */
    WAITING,
    /** The cache has ended the future. */
    ENDED,
    /**
     * The caller has ended its future with a failure, as by {@code cancel} or {@code orTimeout}.
     */
    LEFT,
    /** The caller has left, and the client's call, ended the same way, reports it. */
    LEFT_REPORTED_BY_CLIENT,
    /** The caller has left, and the cache reports it. */
    LEFT_REPORTED_BY_CACHE
  }

  /** Which party has reported the end of the stream to the caller's handler; the other must not. */
  private enum EndReport {
    NONE,
    BY_CLIENT,
    BY_CACHE
  }

  private final EventStreamResponseHandler<R, E> handler;
  private final OnceOnlyCall<?> origin;
  private final CompletableFuture<Void> future;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final AtomicReference<EndReport> endReport = new AtomicReference<>(EndReport.NONE);

  /** The failure with which the caller ended its future. */
  private volatile @Nullable Throwable leftWith;

  /** The exception that the SDK does not see: from a replay or a buffered delivery. */
  private volatile @Nullable Throwable thrown;

  private volatile @Nullable BufferSubscription<?> subscription;

  /**
   * Creates a caller that waits for its stream.
   *
   * @param origin the caller's call, which it leaves when it no longer wants the stream
   * @param future the caller's future, which has not ended
   */
  StreamCaller(
      EventStreamResponseHandler<R, E> handler,
      OnceOnlyCall<?> origin,
      CompletableFuture<Void> future) {
    this.handler = handler;
    this.origin = origin;
    this.future = future;
    CompletableFuture<Void> unused =
        future.whenComplete(
            (nothing, failure) -> {
              if (failure != null && state.compareAndSet(State.WAITING, State.LEFT)) {
                leave(failure);
              }
            });
  }

  EventStreamResponseHandler<R, E> handler() {
    return handler;
  }

  CompletableFuture<Void> future() {
    return future;
  }

  /** Returns whether neither the cache has ended the future nor the caller has left. */
  boolean isWaiting() {
    return state.get() == State.WAITING;
  }

  // Leaving: the caller ends its future with a failure.

  /**
   * Handles a caller that has cancelled its future or completed it exceptionally. Other callers may
   * share the stream. A caller that completes its future normally still receives events, as with
   * the SDK.
   *
   * <p>If leaving has ended the client's call, the client reports it, with an exception that
   * depends on its HTTP client. Otherwise the cache tells the handler first and then the
   * subscriber, as with every HTTP client.
   */
  private void leave(Throwable failure) {
    leftWith = failure;
    origin.leave();
    if (state.compareAndSet(State.LEFT, State.LEFT_REPORTED_BY_CACHE)) {
      reportFailure(failure);
      failSubscription(failure);
    }
  }

  /** Returns the failure with which the caller ended its future, or null if it did not. */
  @Nullable Throwable leftWith() {
    return leftWith;
  }

  /**
   * Makes the client report that the caller has left, unless the cache does.
   *
   * @return whether the client reports it
   */
  boolean letClientReportLeaving() {
    return state.compareAndSet(State.LEFT, State.LEFT_REPORTED_BY_CLIENT)
        || state.get() == State.LEFT_REPORTED_BY_CLIENT;
  }

  /** Returns whether the caller has left and must receive no further calls of the client. */
  boolean isGone() {
    return origin.left() && state.get() != State.LEFT_REPORTED_BY_CLIENT;
  }

  // The caller's subscription.

  void subscribed(BufferSubscription<?> reader) {
    subscription = reader;
    Throwable failure = leftWith;
    if (failure != null && state.get() == State.LEFT_REPORTED_BY_CACHE) {
      reader.fail(failure); // the caller left before it subscribed
    }
  }

  /** Handles an invalid request of a subscriber, during a replay or a buffered delivery. */
  void requestedTooFew(BufferSubscription<?> from, long n) {
    String rule = "Request " + n + " events: Reactive Streams 3.9 allows no fewer than 1";
    subscriberThrew(from, new IllegalArgumentException(rule));
  }

  /**
   * Handles an exception of the subscriber during a replay or a buffered delivery, which the SDK
   * does not see. As in the SDK, the subscriber is notified first, then the handler.
   */
  void subscriberThrew(BufferSubscription<?> from, Throwable failure) {
    thrown = failure;
    origin.leave();
    from.fail(failure);
  }

  /** Handles an exception of the handler during a replay. */
  void handlerThrew(Throwable failure) {
    thrown = failure;
    BufferSubscription<?> reader = subscription;
    if (reader == null) {
      failWithOwn(failure);
    } else {
      reader.fail(failure);
    }
  }

  /** Returns the exception of the caller's code that the SDK does not see, or null. */
  @Nullable Throwable thrown() {
    return thrown;
  }

  void failSubscription(Throwable failure) {
    BufferSubscription<?> reader = subscription;
    if (reader != null) {
      reader.fail(failure);
    }
  }

  // The end of the stream.

  /**
   * Returns whether the client may report the end of the stream: unless the cache has. The client
   * may report it more than once.
   */
  boolean letClientReportEnd() {
    return endReport.compareAndSet(EndReport.NONE, EndReport.BY_CLIENT)
        || endReport.get() == EndReport.BY_CLIENT;
  }

  /** Completes the handler and then the future, unless the end has been reported. */
  void complete() {
    if (!letCacheReportEnd()) {
      return;
    }
    try {
      handler.complete();
      end(null);
    } catch (Throwable failure) { // callbacks in other JVM languages can throw any Throwable
      end(failure);
    }
  }

  /** Fails the handler and then the future. */
  void fail(Throwable failure) {
    reportFailure(failure);
    end(failure);
  }

  /**
   * Ends the call after the caller's handler or subscriber failed. As in the SDK, the failure is
   * wrapped in an {@link SdkClientException}.
   */
  void failWithOwn(Throwable failure) {
    reportFailure(failure);
    end(SdkClientException.create("The stream could not be delivered", failure));
  }

  /** Ends the future, normally if there is no failure. */
  void end(@Nullable Throwable failure) {
    state.compareAndSet(State.WAITING, State.ENDED);
    if (failure == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(failure);
    }
  }

  private void reportFailure(Throwable failure) {
    if (!letCacheReportEnd()) {
      return; // the handler already knows how the stream ended
    }
    try {
      handler.exceptionOccurred(failure);
    } catch (Throwable ignored) {
      // ignored, as the SDK does: the original failure is the one to report
    }
  }

  private boolean letCacheReportEnd() {
    return endReport.compareAndSet(EndReport.NONE, EndReport.BY_CACHE);
  }
}
