package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.call.Ending;
import com.gymcoach.bedrock.cache.internal.engine.ClientMethod;
import com.gymcoach.bedrock.cache.internal.engine.Exchange;
import com.gymcoach.bedrock.cache.internal.engine.Outgoing;
import com.gymcoach.bedrock.cache.internal.engine.PendingCall;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/**
 * An async client's method that returns a future of its response.
 *
 * @param method calls it on the wrapped client; a constant, so that a call creates no object for it
 */
public record AsyncMethod<Q extends AwsRequest, R>(
    BedrockRuntimeAsyncClient client,
    BiFunction<BedrockRuntimeAsyncClient, Q, CompletableFuture<R>> method,
    AsyncCaller caller)
    implements ClientMethod<Q, R, CompletableFuture<R>> {

  @Override
  public CompletableFuture<R> direct(@Nullable Q request) {
    return method.apply(client, request);
  }

  @Override
  public CompletableFuture<R> fromMemory(R response) {
    return CompletableFuture.completedFuture(response);
  }

  @Override
  public void whenEnded(@Nullable CompletableFuture<R> given, Consumer<@Nullable Throwable> end) {
    Ending.tell(given, end);
  }

  @Override
  public PendingCall<R, CompletableFuture<R>> prepare(Exchange<Q, R> exchange) {
    CallerContext context = caller.contexts().get();
    Outgoing<Q, R> sent = exchange.outgoing();
    return new AsyncCall<>(
        () -> sent.sendLater(request -> context.call(() -> method.apply(client, request))),
        caller.waiting());
  }
}
