package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.call.CallerCode;
import com.gymcoach.bedrock.cache.internal.call.Ending;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.events.BufferSubscription;
import com.gymcoach.bedrock.cache.internal.events.Capture;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.async.SdkPublisher;

/**
 * A stream on its way from the SDK to its caller, while a copy of it is taken.
 *
 * <p>The SDK calls the caller's handler in its own order and on its own threads. Calls are delayed
 * only while followers wait for the same stream and the caller is slower than the stream.
 */
final class LiveStream<R extends AwsResponse, E>
    implements EventStreamResponseHandler<R, E>, Capture.Listener {
  private final CacheableStream<?, R, E> operation;
  private final StreamCaller<R, E> caller;
  private final OnceOnlyCall<Streamed<R, E>> origin;
  private final StreamSettings settings;
  private final WatchedHandler<R, E> handler;
  private final AfterDelivery afterDelivery = new AfterDelivery();

  /** Completes as soon as Bedrock's stream has ended, whatever the caller does then. */
  private final CompletableFuture<Streamed<R, E>> copy = new CompletableFuture<>();

  /** Completes when the caller has received the end of the stream, or lags behind it. */
  private final CompletableFuture<@Nullable Void> endDelivered = new CompletableFuture<>();

  private volatile @Nullable CacheOutcome outcome; // set once Bedrock is called
  private volatile @Nullable R response;
  private volatile @Nullable Capture<E> capture;
  private volatile @Nullable StreamAttempt attempt;
  private volatile boolean hurried;
  private volatile boolean callCancelled;

  LiveStream(
      CacheableStream<?, R, E> operation,
      StreamCaller<R, E> caller,
      OnceOnlyCall<Streamed<R, E>> origin,
      StreamSettings settings) {
    this.operation = operation;
    this.caller = caller;
    this.origin = origin;
    this.settings = settings;
    this.handler = new WatchedHandler<>(caller.handler(), origin.callerCode(), this::handlerBroke);
  }

  // The call to Bedrock.

  /** Records that Bedrock is called, and why. */
  void begin(CacheOutcome why) {
    outcome = why;
  }

  /** Returns whether Bedrock is or was called. */
  boolean hasBegun() {
    return outcome != null;
  }

  /** Returns the copy, which completes when Bedrock's stream has ended. */
  CompletableFuture<Streamed<R, E>> copy() {
    return copy;
  }

  /** Returns a stage that completes when the caller has received the end, or lags behind it. */
  CompletionStage<@Nullable Void> whenEndDelivered() {
    return endDelivered;
  }

  /** Reads the stream as fast as it arrives, because followers wait. */
  void hurry() {
    hurried = true;
    Capture<E> current = capture;
    if (current != null) {
      current.hurry();
    }
  }

  boolean isHurried() {
    return hurried;
  }

  /** Marks the stream as unwanted: it is cancelled when it begins. */
  void markCancelled() {
    callCancelled = true;
  }

  boolean isCancelled() {
    return callCancelled;
  }

  /** Cancels the stream at Bedrock and returns true, or returns false if it has not begun. */
  boolean cancelCapture() {
    Capture<E> current = capture;
    if (current != null) {
      current.cancel();
    }
    return current != null;
  }

  /** Completes the copy when the client's future has ended. */
  void clientEnded(@Nullable Throwable failure) {
    try {
      if (failure == null) {
        copy.complete(streamed());
      } else {
        copy.completeExceptionally(failure); // a dependent stage would wrap it
      }
    } finally {
      endDelivered.complete(null);
    }
  }

  @SuppressWarnings("NullAway") // null if there was no response: the engine treats it as no answer
  private Streamed<R, E> streamed() {
    R began = response;
    Capture<E> current = capture;
    return began == null || current == null ? null : current.streamed(began);
  }

  /** Ends the caller's future as the client's has ended: after delivery while followers wait. */
  void endCaller(@Nullable Throwable failure) {
    if (hurried) {
      Ending.orElse(afterDelivery.run(() -> caller.end(failure)), caller.future());
    } else {
      caller.end(failure);
    }
  }

  // EventStreamResponseHandler: the SDK's calls, on their way to the caller.

  @Override
  public void responseReceived(R received) {
    endAttempt(); // its reports come first, as they do without the cache
    response = received;
    if (!caller.isGone()) {
      handler.responseReceived(tagged(received));
    }
  }

  private R tagged(R received) {
    CacheOutcome why = outcome;
    try {
      return why == null ? received : operation.tag(received, why);
    } catch (RuntimeException | Error untaggable) {
      origin.uncopied(untaggable);
      return received;
    }
  }

  @Override
  public void onEventStream(SdkPublisher<E> events) {
    endAttempt();
    StreamAttempt begun = new StreamAttempt(this);
    attempt = begun;
    Capture<E> current =
        new Capture<>(events, operation, settings.maxBytes(), begun, settings.executor());
    if (!needsCopy(outcome)) {
      current.markIncomplete(CacheReason.STREAM_TOO_LARGE);
    }
    capture = current; // a retry by the SDK starts a new copy
    if (caller.isGone()) {
      readForFollowers(current);
      return;
    }
    CallerCode.Callback subscriber = origin.callerCode().subscriber();
    handler.onEventStream(
        SdkPublisher.adapt(to -> current.subscribe(new WatchedSubscriber<>(to, subscriber))));
    if (hurried) {
      current.hurry();
    }
  }

  /** Ends the attempt before, if the SDK tries again. */
  private void endAttempt() {
    StreamAttempt before = attempt;
    if (before != null) {
      before.supersede();
      attempt = null;
      afterDelivery.streamBegun();
    }
  }

  /**
   * Returns whether the copy of the stream is used. On a bypass it is not, except in observe mode.
   */
  private static boolean needsCopy(@Nullable CacheOutcome why) {
    if (why == null) {
      return false;
    }
    CacheReason reason = why.reason().orElse(null);
    return why.status() != CacheOutcome.Status.BYPASS
        || reason == CacheReason.WOULD_HIT
        || reason == CacheReason.WOULD_MISS;
  }

  /** Reads a stream whose caller left before it began and receives none of it. */
  private void readForFollowers(Capture<E> current) {
    if (callCancelled) {
      current.cancel();
    }
    current.hurry();
  }

  @Override
  public void exceptionOccurred(Throwable failure) {
    reportEnd(() -> handler.exceptionOccurred(failure));
  }

  @Override
  public void complete() {
    reportEnd(handler::complete);
  }

  /**
   * Reports the end, unless the caller has left by then or the cache has reported it. While
   * followers wait, the caller may lag behind the stream and the report waits for it. An exception
   * of the handler is dropped then, because the SDK's own call has returned.
   */
  private void reportEnd(Runnable report) {
    Runnable action =
        () -> {
          if (!caller.isGone() && caller.letClientReportEnd()) {
            report.run();
          }
        };
    if (hurried) {
      CompletableFuture<Void> unused = afterDelivery.run(action);
    } else {
      action.run();
    }
  }

  /**
   * Releases the followers after the caller's handler threw. The SDK may never complete such a
   * call, so each follower makes its own.
   */
  private void handlerBroke() {
    afterDelivery.delivered();
    origin.shareNoMore();
  }

  // Capture.Listener: what becomes of the copy.

  @Override
  public void copyFailed(Throwable why) {
    origin.uncopied(why);
  }

  @Override
  public void copyAbandoned() {
    origin.shareNoMore();
  }

  @Override
  public void streamCompleted() {
    try {
      copy.complete(streamed());
    } catch (Throwable broken) { // the caller must learn of the end, whatever breaks in the cache
      origin.uncopied(broken);
      origin.shareNoMore();
    }
  }

  @Override
  public void endDelivered() {
    endDelivered.complete(null);
  }

  // Capture.Listener: the actions of the caller's subscriber.

  @Override
  public void subscribed(BufferSubscription<?> subscription) {
    afterDelivery.subscribed();
    caller.subscribed(subscription);
  }

  @Override
  public void invalidDemand(BufferSubscription<?> subscription, long n) {
    caller.requestedTooFew(subscription, n);
  }

  @Override
  public void cancelled() {
    origin.leave();
    afterDelivery.delivered();
    caller.end(null);
  }

  @Override
  public boolean threw(BufferSubscription<?> subscription, Throwable thrown) {
    caller.subscriberThrew(subscription, thrown);
    return false;
  }

  @Override
  public void subscriberLost() {
    afterDelivery.delivered();
  }

  @Override
  public void ended(@Nullable Throwable failure) {
    Throwable thrown = caller.thrown();
    if (thrown != null) {
      caller.failWithOwn(thrown); // first, before a waiting action ends the call
    }
    afterDelivery.delivered();
  }
}
