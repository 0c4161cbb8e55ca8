package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.CallerCode;
import com.gymcoach.bedrock.cache.internal.call.Ending;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.events.BufferSubscription;
import com.gymcoach.bedrock.cache.internal.events.Capture;
import com.gymcoach.bedrock.cache.internal.events.OneSubscriber;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * One caller's stream. It is either live from Bedrock, while a copy is taken, or replayed from a
 * copy. Only the outcome tells the caller's handler which.
 *
 * <p>For a live stream, the SDK calls the handler in its own order and on its own threads. Calls
 * are delayed only while followers wait for the same stream and the caller is slower than the
 * stream.
 */
public final class StreamCall<R extends AwsResponse, E>
    implements BedrockCall<Streamed<R, E>>, EventStreamResponseHandler<R, E>, Capture.Listener {
  /**
   * The party that tells the caller's handler and subscriber that its future was cancelled or
   * failed.
   */
  private enum Teller {
    CLIENT,
    CACHE
  }

  private final CacheableStream<?, R, E> operation;
  private final EventStreamResponseHandler<R, E> caller;
  private final WatchedHandler<R, E> watched;
  private final Function<EventStreamResponseHandler<R, E>, CompletableFuture<Void>> client;
  private final long mostBytes;
  private final boolean finishAbandoned;
  private final Executor elsewhere;
  private final OnceOnlyCall<Streamed<R, E>> origin = new OnceOnlyCall<>(this);
  private final CompletableFuture<Void> future = new CompletableFuture<>();

  /**
   * The copy of Bedrock's stream. Completes as soon as the stream has ended, whatever the caller
   * does then.
   */
  private final CompletableFuture<Streamed<R, E>> streamed = new CompletableFuture<>();

  /** Completes when the caller has been told that the stream has ended. */
  private final CompletableFuture<@Nullable Void> told = new CompletableFuture<>();

  private volatile @Nullable CacheOutcome why; // set once Bedrock is called
  private volatile @Nullable CompletableFuture<Void> made;
  private volatile @Nullable R response;
  private volatile @Nullable Capture<E> capture;
  private volatile boolean hurried;
  private volatile boolean cancelled;
  private volatile boolean over;
  private volatile @Nullable Throwable calledOff;
  private final AtomicReference<@Nullable Teller> teller = new AtomicReference<>();

  /** The party that has told the caller's handler that the stream has ended; the other must not. */
  private final AtomicReference<@Nullable Teller> ending = new AtomicReference<>();

  private volatile @Nullable Throwable thrownByCaller;
  private volatile @Nullable BufferSubscription<?> reader;

  /** Completes when the caller's handler has received the replayed stream. */
  private final CompletableFuture<@Nullable Void> handedOn = new CompletableFuture<>();

  /**
   * Completes when the caller's subscriber has received everything; null while there is no
   * subscriber.
   */
  private volatile @Nullable CompletableFuture<Void> delivered;

  /** The actions that wait for {@link #delivered}, in order. */
  private volatile CompletableFuture<Void> afterwards = CompletableFuture.completedFuture(null);

  /**
   * Creates a stream call that has not begun.
   *
   * @param caller the handler of the caller
   * @param client calls Bedrock with a handler
   * @param mostBytes the most bytes of the stream that may be copied
   * @param finishAbandoned whether a stream is read to its end after all callers have left
   * @param elsewhere the executor that replays streams, never on the thread of the caller
   */
  public StreamCall(
      CacheableStream<?, R, E> operation,
      EventStreamResponseHandler<R, E> caller,
      Function<EventStreamResponseHandler<R, E>, CompletableFuture<Void>> client,
      long mostBytes,
      boolean finishAbandoned,
      Executor elsewhere) {
    this.operation = operation;
    this.caller = caller;
    this.watched = new WatchedHandler<>(caller, origin.callerCode(), this::brokenByCaller);
    this.client = client;
    this.mostBytes = mostBytes;
    this.finishAbandoned = finishAbandoned;
    this.elsewhere = elsewhere;
    CompletableFuture<Void> unused =
        future.whenComplete(
            (nothing, failure) -> {
              if (failure != null && !over) {
                callOff(failure);
              }
            });
  }

  /** Returns this caller's call to Bedrock, which may never be made. */
  public OnceOnlyCall<Streamed<R, E>> origin() {
    return origin;
  }

  /** Returns the caller's own future. */
  public CompletableFuture<Void> future() {
    return future;
  }

  /** Returns the client's future, or null if the client was not called or threw. */
  public @Nullable CompletableFuture<Void> made() {
    return made;
  }

  /**
   * Completes the call. A live stream ends as the client's future does; any other is replayed now.
   */
  public void finish(Result<Streamed<R, E>> result) {
    CompletableFuture<Void> call = made;
    Throwable failure = result.failure();
    Streamed<R, E> found = result.valueOrNull();
    if (call != null) {
      Ending.orElse(
          call.handle(
              (nothing, thrown) -> {
                afterDelivery(() -> end(thrown));
                return null;
              }),
          future);
    } else if (why != null) {
      end(failure); // thrown by the client
    } else if (origin.left()) {
      return; // the caller has left
    } else if (found == null) {
      fail(failure == null ? new IllegalStateException("The client gave no stream") : failure);
    } else {
      play(found);
    }
  }

  /**
   * Replays a complete stream. Uses another thread, because on this one the caller may be about to
   * subscribe to the publisher that its handler passes on.
   */
  public void play(Streamed<R, E> streamed) {
    elsewhere.execute(() -> playHere(streamed));
  }

  private void playHere(Streamed<R, E> streamed) {
    if (origin.left()) {
      return; // the caller has left
    }
    try {
      caller.responseReceived(streamed.response());
      caller.onEventStream(
          SdkPublisher.adapt(
              new OneSubscriber<>(s -> streamed.play(s, this, elsewhere), this::breakReplay)));
    } catch (Throwable thrown) { // callbacks in other JVM languages can throw any Throwable
      thrownByCaller = thrown;
      BufferSubscription<?> subscription = reader;
      if (subscription == null) {
        failOfItself(thrown);
      } else {
        subscription.fail(thrown);
      }
    }
    handedOn.complete(null);
  }

  /**
   * Fails the call because of a second subscriber, as the SDK does, whatever the first has
   * received.
   */
  private void breakReplay(Throwable refusal) {
    if (over || calledOff != null) {
      return;
    }
    failOfItself(refusal);
    BufferSubscription<?> subscription = reader;
    if (subscription != null) {
      subscription.fail(refusal);
    }
  }

  // BedrockCall: the call to Bedrock.

  @Override
  public CompletionStage<Streamed<R, E>> begin(CacheOutcome outcome) {
    if (cancelled) {
      return CompletableFuture.failedFuture(new CancellationException("Nobody waits any more"));
    }
    why = outcome;
    CompletableFuture<Void> call = client.apply(this);
    made = call;
    if (cancelled) {
      cancel();
    }
    Ending.orElse(call.handle((nothing, failure) -> streamed(failure)), streamed);
    return streamed;
  }

  private @Nullable Void streamed(@Nullable Throwable failure) {
    try {
      if (failure == null) {
        streamed.complete(streamed());
      } else {
        streamed.completeExceptionally(failure); // a dependent stage would wrap it
      }
    } finally {
      told.complete(null);
    }
    return null;
  }

  @SuppressWarnings("NullAway") // null if there was no response: the engine treats it as no answer
  private Streamed<R, E> streamed() {
    R began = response;
    Capture<E> copy = capture;
    return began == null || copy == null ? null : copy.streamed(began);
  }

  @Override
  public BedrockCall<Streamed<R, E>> again() {
    StreamCall<R, E> another =
        new StreamCall<>(operation, new DiscardingHandler<>(), client, mostBytes, true, elsewhere);
    another.hurry();
    return another;
  }

  @Override
  public void hurry() {
    hurried = true;
    Capture<E> copy = capture;
    if (copy != null) {
      copy.hurry();
    }
  }

  @Override
  public void abandon() {
    if (finishAbandoned) {
      hurry();
    } else {
      cancel();
    }
  }

  @Override
  public CompletionStage<@Nullable Void> delivered() {
    return made == null ? CompletableFuture.completedFuture(null) : told;
  }

  @Override
  public void cancel() {
    cancelled = true;
    Capture<E> copy = capture;
    CompletableFuture<Void> call = made;
    Throwable failure = calledOff;
    if (call != null && failure != null && !hurried && isToldBy(Teller.CLIENT)) {
      call.completeExceptionally(failure); // ends it as the caller would have without a cache
      return;
    }
    if (copy != null) {
      copy.cancel();
    }
    if (call != null && (copy == null || calledOff != null)) {
      call.cancel(true);
    }
  }

  // EventStreamResponseHandler: the SDK's calls, on their way to the caller.

  @Override
  public void responseReceived(R received) {
    response = received;
    if (!isGone()) {
      watched.responseReceived(tagged(received));
    }
  }

  private R tagged(R received) {
    CacheOutcome outcome = why;
    try {
      return outcome == null ? received : operation.tag(received, outcome);
    } catch (RuntimeException | Error untaggable) {
      origin.uncopied(untaggable);
      return received;
    }
  }

  /**
   * Releases the followers after the caller's handler threw. The SDK may never complete such a
   * call, so each follower makes its own.
   */
  private void brokenByCaller() {
    wasDelivered();
    origin.shareNoMore();
  }

  /**
   * Returns whether the copy of the stream is used. On a bypass it is not, except in observe mode.
   */
  private static boolean isLookedAt(CacheOutcome outcome) {
    CacheReason reason = outcome.reason().orElse(null);
    return outcome.status() != CacheOutcome.Status.BYPASS
        || reason == CacheReason.WOULD_HIT
        || reason == CacheReason.WOULD_MISS;
  }

  @Override
  public void onEventStream(SdkPublisher<E> events) {
    Capture<E> copy = new Capture<>(events, operation, mostBytes, this, elsewhere);
    CacheOutcome outcome = why;
    if (outcome == null || !isLookedAt(outcome)) {
      copy.markIncomplete(CacheReason.STREAM_TOO_LARGE); // nothing needs the copy
    }
    capture = copy; // a retry by the SDK starts a new copy
    delivered = null;
    if (isGone()) {
      takeForOthers(copy);
      return;
    }
    CallerCode.Callback subscriber = origin.callerCode().subscriber();
    watched.onEventStream(
        SdkPublisher.adapt(to -> copy.subscribe(new WatchedSubscriber<>(to, subscriber))));
    if (hurried) {
      copy.hurry();
    }
  }

  /**
   * Reads the stream for the followers only: the caller left before its stream began and receives
   * none of it.
   */
  private void takeForOthers(Capture<E> copy) {
    if (cancelled) {
      copy.cancel();
    }
    copy.hurry();
  }

  /** Returns whether the caller has left and must receive no further calls. */
  private boolean isGone() {
    return origin.left() && teller.get() != Teller.CLIENT;
  }

  @Override
  public void exceptionOccurred(Throwable failure) {
    unlessGone(() -> endAsTheClientSays(() -> watched.exceptionOccurred(failure)));
  }

  @Override
  public void complete() {
    unlessGone(() -> endAsTheClientSays(watched::complete));
  }

  /**
   * Reports the end of the stream unless the cache has. The client may report it more than once.
   */
  private void endAsTheClientSays(Runnable call) {
    if (ending.compareAndSet(null, Teller.CLIENT) || ending.get() == Teller.CLIENT) {
      call.run();
    }
  }

  /** Runs a call to the handler after delivery, unless the caller has left by then. */
  private void unlessGone(Runnable call) {
    afterDelivery(
        () -> {
          if (!isGone()) {
            call.run();
          }
        });
  }

  @Override
  public void copyFailed(Throwable why) {
    origin.uncopied(why);
  }

  @Override
  public void copyAbandoned() {
    origin.shareNoMore();
  }

  @Override
  public void subscriberLost() {
    wasDelivered();
  }

  @Override
  public void streamCompleted() {
    try {
      streamed.complete(streamed());
    } catch (Throwable broken) { // the caller must learn of the end, whatever breaks in the cache
      origin.uncopied(broken);
      origin.shareNoMore();
    }
  }

  @Override
  public void endDelivered() {
    told.complete(null);
  }

  // Capture.Listener: the actions of the caller's subscriber.

  @Override
  public void subscribed(BufferSubscription<?> subscription) {
    delivered = new CompletableFuture<>();
    reader = subscription;
    Throwable gone = calledOff;
    if (gone != null && teller.get() == Teller.CACHE) {
      subscription.fail(gone); // the caller left before it subscribed
    }
  }

  @Override
  public void invalidDemand(BufferSubscription<?> reader, long n) {
    String rule = "Request " + n + " events: Reactive Streams 3.9 allows no fewer than 1";
    threw(reader, new IllegalArgumentException(rule));
  }

  @Override
  public void cancelled() {
    origin.leave();
    wasDelivered();
    end(null);
  }

  @Override
  public void ended(@Nullable Throwable failure) {
    Throwable thrown = thrownByCaller; // read once: the handler may throw at the same time
    if (thrown != null) {
      failOfItself(thrown); // first, before a waiting action ends the call
    }
    wasDelivered();
    if (thrown == null && why == null && calledOff == null) { // a replay: ended here
      CompletableFuture<Void> unused = handedOn.thenRun(() -> endReplay(failure));
    }
  }

  /**
   * Ends a replay. The caller's handler may have thrown after its subscriber received everything.
   */
  private void endReplay(@Nullable Throwable failure) {
    if (over) {
      return; // a second subscriber has ended it
    }
    Throwable why = failure == null ? thrownByCaller : failure;
    if (why != null) {
      failOfItself(why);
      return;
    }
    if (!ending.compareAndSet(null, Teller.CACHE)) {
      return; // the caller has ended its future by now
    }
    try {
      caller.complete();
      end(null);
    } catch (Throwable thrown) { // callbacks in other JVM languages can throw any Throwable
      end(thrown);
    }
  }

  /**
   * Handles an exception of the subscriber during a replay or a buffered delivery, which the SDK
   * does not see. As in the SDK, the subscriber is told first, then the handler.
   */
  @Override
  public boolean threw(BufferSubscription<?> reader, Throwable thrown) {
    thrownByCaller = thrown;
    origin.leave();
    reader.fail(thrown);
    return false;
  }

  /**
   * Handles a caller that has cancelled its future or completed it exceptionally, as {@code
   * orTimeout} does. Other callers may share the stream. A caller that completes its future
   * normally still receives events, as with the SDK.
   *
   * <p>If leaving has ended the client's call, the client tells the caller, with an exception that
   * depends on its HTTP client. Otherwise the cache tells the handler first and then the
   * subscriber, as with every HTTP client.
   */
  private void callOff(Throwable failure) {
    calledOff = failure;
    origin.leave();
    if (isToldBy(Teller.CACHE)) {
      tell(failure);
      BufferSubscription<?> subscription = reader;
      if (subscription != null) {
        subscription.fail(failure);
      }
    }
  }

  /**
   * Returns whether the given party tells the caller that its future has ended. The first to ask
   * does.
   */
  private boolean isToldBy(Teller one) {
    return teller.compareAndSet(null, one) || teller.get() == one;
  }

  private void wasDelivered() {
    CompletableFuture<Void> waited = delivered;
    if (waited != null) {
      waited.complete(null);
    }
  }

  /**
   * Runs an action at once, or after delivery if the caller may lag behind a stream that followers
   * wait for.
   */
  private void afterDelivery(Runnable what) {
    CompletableFuture<Void> waited = delivered;
    CompletableFuture<Void> before = afterwards;
    if (!hurried || ((waited == null || waited.isDone()) && before.isDone())) {
      what.run();
    } else {
      CompletableFuture<Void> both =
          waited == null ? before : CompletableFuture.allOf(before, waited);
      afterwards = both.thenRun(what).exceptionally(thrown -> null);
    }
  }

  private void end(@Nullable Throwable failure) {
    over = true;
    if (failure == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(failure);
    }
  }

  private void fail(Throwable failure) {
    tell(failure);
    end(failure);
  }

  /**
   * Ends the call after the caller's handler or subscriber failed. As in the SDK, the failure is
   * wrapped in an {@link SdkClientException}.
   */
  private void failOfItself(Throwable thrown) {
    tell(thrown);
    end(SdkClientException.create("The stream could not be delivered", thrown));
  }

  private void tell(Throwable failure) {
    if (!ending.compareAndSet(null, Teller.CACHE)) {
      return; // the handler already knows how the stream ended
    }
    try {
      caller.exceptionOccurred(failure);
    } catch (Throwable ignored) {
      // ignored, as the SDK does: the original failure is the one to report
    }
  }
}
