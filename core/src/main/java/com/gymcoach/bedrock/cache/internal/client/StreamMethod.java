package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.call.Ending;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.engine.ClientMethod;
import com.gymcoach.bedrock.cache.internal.engine.Exchange;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.engine.PendingCall;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableStream;
import com.gymcoach.bedrock.cache.internal.stream.StreamCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;

/**
 * A call of an async client's method that streams its response to a handler.
 *
 * @param client calls the wrapped client with a handler
 */
public record StreamMethod<Q extends AwsRequest, R extends AwsResponse, E>(
    CacheableStream<Q, R, E> operation,
    BiFunction<Q, EventStreamResponseHandler<R, E>, CompletableFuture<Void>> client,
    Q request,
    EventStreamResponseHandler<R, E> handler,
    AsyncCaller caller)
    implements ClientMethod<Q, Streamed<R, E>, CompletableFuture<Void>> {

  @Override
  public CompletableFuture<Void> direct(@Nullable Q given) {
    return client.apply(given, handler);
  }

  @Override
  public CompletableFuture<Void> fromMemory(Streamed<R, E> stream) {
    StreamCall<R, E> call = call(via -> client.apply(request, via));
    call.play(stream);
    return call.future();
  }

  @Override
  public void whenEnded(
      @Nullable CompletableFuture<Void> given, Consumer<@Nullable Throwable> end) {
    Ending.tell(given, end);
  }

  @Override
  public PendingCall<Streamed<R, E>, CompletableFuture<Void>> prepare(
      Exchange<Q, Streamed<R, E>> exchange) {
    CallerContext context = caller.contexts().get();
    Supplier<Q> sent = exchange.outgoing();
    // A background call keeps the lambda below, which must not keep the caller's handler.
    BiFunction<Q, EventStreamResponseHandler<R, E>, CompletableFuture<Void>> wrapped = client;
    return new Pending<>(
        call(via -> context.call(() -> wrapped.apply(sent.get(), via))), caller.waiting());
  }

  private StreamCall<R, E> call(
      Function<EventStreamResponseHandler<R, E>, CompletableFuture<Void>> sending) {
    return new StreamCall<>(operation, handler, sending, caller.streams());
  }

  private record Pending<R extends AwsResponse, E>(StreamCall<R, E> call, WaitStrategy waiting)
      implements PendingCall<Streamed<R, E>, CompletableFuture<Void>> {

    @Override
    public OnceOnlyCall<Streamed<R, E>> origin() {
      return call.origin();
    }

    @Override
    public void take(CompletionStage<Result<Streamed<R, E>>> answer) {
      Ending.orElse(answer.thenAccept(call::finish), call.future());
    }

    @Override
    public CompletableFuture<Void> result() {
      return origin().orThrown(call.future());
    }

    @Override
    public boolean isMade() {
      return call.made() != null || origin().thrown() != null;
    }

    @Override
    public CompletableFuture<Void> rescue(Throwable broken) {
      return origin().givenOrThrown(call.made(), call.future());
    }
  }
}
