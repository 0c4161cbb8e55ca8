package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.call.Ending;
import com.gymcoach.bedrock.cache.internal.engine.ClientMethod;
import com.gymcoach.bedrock.cache.internal.engine.Exchange;
import com.gymcoach.bedrock.cache.internal.engine.PendingCall;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * A call of an async client's method that returns a future of its response.
 *
 * @param client calls the wrapped client
 */
public record AsyncMethod<Q extends AwsRequest, R>(
    Function<Q, CompletableFuture<R>> client, Q request, AsyncCaller caller)
    implements ClientMethod<Q, R, CompletableFuture<R>> {

  @Override
  public CompletableFuture<R> direct() {
    return client.apply(request);
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
    return new AsyncCall<>(
        () -> context.call(() -> client.apply(exchange.toSend())), caller.waiting());
  }
}
