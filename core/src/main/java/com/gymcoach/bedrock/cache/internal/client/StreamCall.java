package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.engine.BedrockCall;
import com.gymcoach.bedrock.cache.internal.engine.CallerCode;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.engine.Result;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableStream;
import com.gymcoach.bedrock.cache.internal.stream.BufferSubscription;
import com.gymcoach.bedrock.cache.internal.stream.Capture;
import com.gymcoach.bedrock.cache.internal.stream.OneSubscriber;
import com.gymcoach.bedrock.cache.internal.stream.Streamed;
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
 * One caller's stream, however it is got: as Bedrock sends it, while a copy is taken; or played
 * from a copy. The caller's handler cannot tell which, but for the outcome.
 *
 * <p>Of a live stream all calls of the handler are the SDK's own, in its order and on its threads.
 * They are put off only while others wait for the same stream and the caller is slower than it.
 */
public final class StreamCall<R extends AwsResponse, E>
    implements BedrockCall<Streamed<R, E>>, EventStreamResponseHandler<R, E>, Capture.Listener {
  /** Who tells the caller's handler and subscriber that its future was cancelled or failed. */
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

  /** What Bedrock sent, there as soon as its stream has ended, whatever the caller then does. */
  private final CompletableFuture<Streamed<R, E>> streamed = new CompletableFuture<>();

  /** Completes when the caller has been told that the stream has ended. */
  private final CompletableFuture<@Nullable Void> told = new CompletableFuture<>();

  private volatile @Nullable CacheOutcome why; // once Bedrock is called
  private volatile @Nullable CompletableFuture<Void> made;
  private volatile @Nullable R response;
  private volatile @Nullable Capture<E> capture;
  private volatile boolean hurried;
  private volatile boolean cancelled;
  private volatile boolean over;
  private volatile @Nullable Throwable calledOff;
  private final AtomicReference<@Nullable Teller> teller = new AtomicReference<>();

  /** Who has told the caller's handler that the stream has ended: the other has nothing to add. */
  private final AtomicReference<@Nullable Teller> ending = new AtomicReference<>();

  private volatile @Nullable Throwable thrownByCaller;
  private volatile @Nullable BufferSubscription<?> reader;

  /** Completes when the caller's handler has taken the stream that is played to it. */
  private final CompletableFuture<@Nullable Void> handedOn = new CompletableFuture<>();

  /** Completes when the caller's subscriber has everything; null while there is no subscriber. */
  private volatile @Nullable CompletableFuture<Void> delivered;

  /** What is to be done after that, in order. */
  private volatile CompletableFuture<Void> afterwards = CompletableFuture.completedFuture(null);

  /**
   * Returns a delivery that has not begun.
   *
   * @param caller whom the stream is for
   * @param client calls Bedrock with a handler
   * @param mostBytes how much of the stream may be copied
   * @param finishAbandoned whether a stream is taken to its end when nobody wants it any more
   * @param elsewhere where a stream is played: never on the thread of who asks for it
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

  /** Returns the call to Bedrock that this is, if it comes to that. */
  public OnceOnlyCall<Streamed<R, E>> origin() {
    return origin;
  }

  /** Returns the caller's own future. */
  public CompletableFuture<Void> future() {
    return future;
  }

  /** Returns what the client returned, or null where it was not called, or threw. */
  public @Nullable CompletableFuture<Void> made() {
    return made;
  }

  /** Ends the delivery: the live one ends as the client's own future does, others are made now. */
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
      return; // nobody is there
    } else if (found == null) {
      fail(failure == null ? new IllegalStateException("The client gave no stream") : failure);
    } else {
      play(found);
    }
  }

  /**
   * Plays a stream that is there; not on this thread, on which the caller may be about to take what
   * its handler hands on.
   */
  public void play(Streamed<R, E> streamed) {
    elsewhere.execute(() -> playHere(streamed));
  }

  private void playHere(Streamed<R, E> streamed) {
    if (origin.left()) {
      return; // nobody is there
    }
    try {
      caller.responseReceived(streamed.response());
      caller.onEventStream(
          SdkPublisher.adapt(
              new OneSubscriber<>(s -> streamed.play(s, this, elsewhere), this::breakReplay)));
    } catch (Throwable thrown) { // in other languages callbacks throw what they like
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

  /** A second subscriber is a failure of the call with the SDK, whatever the first has had. */
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

  // The call to Bedrock.

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
        streamed.completeExceptionally(failure); // not a stage after it, which would wrap it
      }
    } finally {
      told.complete(null);
    }
    return null;
  }

  @SuppressWarnings("NullAway") // no response, no stream: the engine takes it for no answer
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
      call.completeExceptionally(failure); // as the caller would have ended it without a cache
      return;
    }
    if (copy != null) {
      copy.cancel();
    }
    if (call != null && (copy == null || calledOff != null)) {
      call.cancel(true);
    }
  }

  // What the SDK says, on its way to the caller.

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

  /** The SDK may never end a call whose handler threw: those who wait ask for themselves. */
  private void brokenByCaller() {
    wasDelivered();
    origin.shareNoMore();
  }

  /** Past the cache nobody looks at a stream, unless the cache only watches. */
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
      copy.markIncomplete(CacheReason.STREAM_TOO_LARGE); // than nothing
    }
    capture = copy; // an attempt of the SDK's after another begins anew
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

  /** The caller left before its stream began: it hears nothing of it. */
  private void takeForOthers(Capture<E> copy) {
    if (cancelled) {
      copy.cancel();
    }
    copy.hurry();
  }

  /** Returns whether the caller has left, and has been told all that it is to hear. */
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

  /** The client may say so more than once. */
  private void endAsTheClientSays(Runnable call) {
    if (ending.compareAndSet(null, Teller.CLIENT) || ending.get() == Teller.CLIENT) {
      call.run();
    }
  }

  /** What comes late may find that the caller has gone meanwhile. */
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
  public void givenUp() {
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
    } catch (Throwable broken) { // the caller is told of the end whatever breaks in the cache
      origin.uncopied(broken);
      origin.shareNoMore();
    }
  }

  @Override
  public void subscriberTold() {
    told.complete(null);
  }

  // What the caller's subscriber does.

  @Override
  public void subscribed(BufferSubscription<?> subscription) {
    delivered = new CompletableFuture<>();
    reader = subscription;
    Throwable gone = calledOff;
    if (gone != null && teller.get() == Teller.CACHE) {
      subscription.fail(gone); // meanwhile
    }
  }

  @Override
  public void misused(BufferSubscription<?> reader, long n) {
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
    Throwable thrown = thrownByCaller; // once: the handler may be throwing just now
    if (thrown != null) {
      failOfItself(thrown); // before what waits for the delivery ends the call otherwise
    }
    wasDelivered();
    if (thrown == null && why == null && calledOff == null) { // played: nobody else says so
      CompletableFuture<Void> unused = handedOn.thenRun(() -> endReplay(failure));
    }
  }

  /** The caller's handler may have thrown after its subscriber had everything. */
  private void endReplay(@Nullable Throwable failure) {
    if (over) {
      return; // by a second subscriber
    }
    Throwable why = failure == null ? thrownByCaller : failure;
    if (why != null) {
      failOfItself(why);
      return;
    }
    if (!ending.compareAndSet(null, Teller.CACHE)) {
      return; // the caller has ended its future meanwhile
    }
    try {
      caller.complete();
      end(null);
    } catch (Throwable thrown) { // in other languages callbacks throw what they like
      end(thrown);
    }
  }

  /**
   * Played, or at its own pace: nobody but us tells the caller what its subscriber did, first its
   * subscriber and then its handler, as the SDK does.
   */
  @Override
  public boolean threw(BufferSubscription<?> reader, Throwable thrown) {
    thrownByCaller = thrown;
    origin.leave();
    reader.fail(thrown);
    return false;
  }

  /**
   * The caller has cancelled its future, or ended it with a failure, as {@code orTimeout} does; the
   * stream may be another's as well. Who merely completes it goes on listening, so says the SDK.
   *
   * <p>If leaving has ended the client's own call, the client tells the caller, in words of its own
   * that depend on its HTTP client. Otherwise the handler hears it first and then the subscriber,
   * as with every HTTP client.
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

  /** Returns whether that one tells the caller that its future has ended: the first to ask does. */
  private boolean isToldBy(Teller one) {
    return teller.compareAndSet(null, one) || teller.get() == one;
  }

  private void wasDelivered() {
    CompletableFuture<Void> waited = delivered;
    if (waited != null) {
      waited.complete(null);
    }
  }

  /** At once, unless the caller may be behind the stream because others wait for it. */
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

  /** The caller's own handler or subscriber failed: the SDK makes such a failure one of its own. */
  private void failOfItself(Throwable thrown) {
    tell(thrown);
    end(SdkClientException.create("The stream could not be delivered", thrown));
  }

  private void tell(Throwable failure) {
    if (!ending.compareAndSet(null, Teller.CACHE)) {
      return; // it has heard how the stream ended
    }
    try {
      caller.exceptionOccurred(failure);
    } catch (Throwable ignored) {
      // as the SDK does: the failure itself is what counts
    }
  }
}
