package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.events.BufferSubscription;
import com.gymcoach.bedrock.cache.internal.events.HandlerThread;
import com.gymcoach.bedrock.cache.internal.events.OneSubscriber;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.async.SdkPublisher;

/** Replays the copy of a stream to a caller, in the order in which the SDK calls a handler. */
final class Replay<R extends AwsResponse, E> implements BufferSubscription.Listener {
  private final Streamed<R, E> copy;
  private final StreamCaller<R, E> caller;
  private final OnceOnlyCall<?> origin;
  private final Executor executor;
  private final HandlerThread handlerThread;

  /** Completes when the caller's handler has received the stream and returned. */
  private final CompletableFuture<@Nullable Void> handlerReturned = new CompletableFuture<>();

  Replay(
      Streamed<R, E> copy, StreamCaller<R, E> caller, OnceOnlyCall<?> origin, Executor executor) {
    this.copy = copy;
    this.caller = caller;
    this.origin = origin;
    this.executor = executor;
    this.handlerThread = new HandlerThread(executor);
  }

  /**
   * Starts the replay. Uses another thread, because on this one the caller may be about to
   * subscribe to the publisher that its handler passes on. If the handler itself subscribes and
   * requests, the same thread delivers the events once the handler has returned.
   */
  void start() {
    executor.execute(() -> handlerThread.run(this::callHandler));
  }

  private void callHandler() {
    if (origin.left()) {
      return; // the caller has left
    }
    try {
      caller.handler().responseReceived(copy.response());
      caller
          .handler()
          .onEventStream(
              SdkPublisher.adapt(
                  new OneSubscriber<>(
                      subscriber -> copy.play(subscriber, this, handlerThread),
                      this::secondRefused)));
    } catch (Throwable thrown) { // callbacks in other JVM languages can throw any Throwable
      caller.handlerThrew(thrown);
    }
    handlerReturned.complete(null);
  }

  /**
   * Fails the call because of a second subscriber, as the SDK does, whatever the first has
   * received.
   */
  private void secondRefused(Throwable refusal) {
    if (caller.isWaiting()) {
      caller.failWithOwn(refusal);
      caller.failSubscription(refusal);
    }
  }

  @Override
  public void subscribed(BufferSubscription<?> subscription) {
    caller.subscribed(subscription);
  }

  @Override
  public void deliveryAwaited() {
    handlerThread.release();
  }

  @Override
  public void invalidDemand(BufferSubscription<?> subscription, long n) {
    caller.requestedTooFew(subscription, n);
  }

  @Override
  public void cancelled() {
    origin.leave();
    caller.end(null);
  }

  @Override
  public boolean threw(BufferSubscription<?> subscription, Throwable thrown) {
    caller.subscriberThrew(subscription, thrown);
    return false;
  }

  @Override
  public void ended(@Nullable Throwable failure) {
    Throwable thrown = caller.thrown(); // read once: the handler may throw at the same time
    if (thrown != null) {
      caller.failWithOwn(thrown);
    } else {
      CompletableFuture<Void> unused = handlerReturned.thenRun(() -> end(failure));
    }
  }

  /**
   * Ends the call. The caller's handler may have thrown after its subscriber received everything.
   */
  private void end(@Nullable Throwable failure) {
    if (!caller.isWaiting()) {
      return; // the caller has left, or a second subscriber has ended the call
    }
    Throwable why = failure == null ? caller.thrown() : failure;
    if (why == null) {
      caller.complete();
    } else {
      caller.failWithOwn(why);
    }
  }
}
