package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.Ending;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;

/**
 * One caller's streaming call. Its stream is either live from Bedrock ({@link LiveStream}), while a
 * copy is taken, or replayed from a copy ({@link Replay}). Only the outcome tells the caller's
 * handler which.
 */
public final class StreamCall<R extends AwsResponse, E> implements BedrockCall<Streamed<R, E>> {
  private final CacheableStream<?, R, E> operation;
  private final Function<EventStreamResponseHandler<R, E>, CompletableFuture<Void>> client;
  private final StreamSettings settings;
  private final OnceOnlyCall<Streamed<R, E>> origin = new OnceOnlyCall<>(this);
  private final CompletableFuture<Void> future = new CompletableFuture<>();
  private final StreamCaller<R, E> caller;
  private final LiveStream<R, E> live;
  private volatile @Nullable CompletableFuture<Void> made;

  /**
   * Creates a stream call that has not begun.
   *
   * @param handler the handler of the caller
   * @param client calls Bedrock with a handler
   */
  public StreamCall(
      CacheableStream<?, R, E> operation,
      EventStreamResponseHandler<R, E> handler,
      Function<EventStreamResponseHandler<R, E>, CompletableFuture<Void>> client,
      StreamSettings settings) {
    this.operation = operation;
    this.client = client;
    this.settings = settings;
    this.caller = new StreamCaller<>(handler, origin, future);
    this.live = new LiveStream<>(operation, caller, origin, settings);
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
    if (call != null) {
      Ending.orElse(
          call.handle(
              (nothing, failure) -> {
                live.endCaller(failure);
                return null;
              }),
          future);
    } else if (live.hasBegun()) {
      caller.end(result.failure()); // thrown by the client
    } else if (!origin.left()) {
      replay(result);
    }
  }

  private void replay(Result<Streamed<R, E>> result) {
    Throwable failure = result.failure();
    Streamed<R, E> found = result.valueOrNull();
    if (found == null) {
      caller.fail(
          failure == null ? new IllegalStateException("The client gave no stream") : failure);
    } else {
      play(found);
    }
  }

  /** Replays a complete stream. */
  public void play(Streamed<R, E> copy) {
    new Replay<>(copy, caller, origin, settings.executor()).start();
  }

  // BedrockCall: the call to Bedrock.

  @Override
  public CompletionStage<Streamed<R, E>> begin(CacheOutcome outcome) {
    if (live.isCancelled()) {
      return CompletableFuture.failedFuture(new CancellationException("Nobody waits any more"));
    }
    live.begin(outcome);
    CompletableFuture<Void> call = client.apply(live);
    made = call;
    if (live.isCancelled()) {
      cancel();
    }
    Ending.orElse(
        call.handle(
            (nothing, failure) -> {
              live.clientEnded(failure);
              return null;
            }),
        live.copy());
    return live.copy();
  }

  @Override
  public BedrockCall<Streamed<R, E>> again() {
    StreamCall<R, E> another =
        new StreamCall<>(operation, new DiscardingHandler<>(), client, settings.finishing());
    another.hurry();
    return another;
  }

  @Override
  public void hurry() {
    live.hurry();
  }

  @Override
  public void abandon() {
    if (settings.finishAbandoned()) {
      hurry();
    } else {
      cancel();
    }
  }

  @Override
  public CompletionStage<@Nullable Void> delivered() {
    return made == null ? CompletableFuture.completedFuture(null) : live.whenEndDelivered();
  }

  @Override
  public void cancel() {
    live.markCancelled();
    CompletableFuture<Void> call = made;
    Throwable failure = caller.leftWith();
    if (call != null && failure != null && !live.isHurried() && caller.letClientReportLeaving()) {
      call.completeExceptionally(failure); // ends it as the caller would have without a cache
      return;
    }
    boolean hasCapture = live.cancelCapture();
    if (call != null && (!hasCapture || caller.leftWith() != null)) {
      call.cancel(true);
    }
  }
}
