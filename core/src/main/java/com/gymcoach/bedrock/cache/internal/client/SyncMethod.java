package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.engine.ClientMethod;
import com.gymcoach.bedrock.cache.internal.engine.Exchange;
import com.gymcoach.bedrock.cache.internal.engine.Outgoing;
import com.gymcoach.bedrock.cache.internal.engine.PendingCall;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * A sync client's method.
 *
 * @param method calls it on the wrapped client; a constant, so that a call creates no object for it
 * @param contexts captures the context of the caller's thread
 */
public record SyncMethod<Q extends AwsRequest, R>(
    BedrockRuntimeClient client,
    BiFunction<BedrockRuntimeClient, Q, R> method,
    Supplier<CallerContext> contexts)
    implements ClientMethod<Q, R, R> {

  @Override
  public R direct(@Nullable Q request) {
    return method.apply(client, request);
  }

  @Override
  public R fromMemory(R response) {
    return response;
  }

  @Override
  public void whenEnded(@Nullable R given, Consumer<@Nullable Throwable> end) {
    end.accept(null);
  }

  @Override
  public PendingCall<R, R> prepare(Exchange<Q, R> exchange) {
    Outgoing<Q, R> sent = exchange.outgoing();
    return new SyncCall<>(() -> sent.send(request -> method.apply(client, request)), contexts);
  }
}
