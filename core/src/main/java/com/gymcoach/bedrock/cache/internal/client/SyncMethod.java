package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.engine.ClientMethod;
import com.gymcoach.bedrock.cache.internal.engine.Exchange;
import com.gymcoach.bedrock.cache.internal.engine.PendingCall;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * A call of a sync client's method.
 *
 * @param client calls the wrapped client
 * @param contexts captures the context of the caller's thread
 */
public record SyncMethod<Q extends AwsRequest, R>(
    Function<Q, R> client, Q request, Supplier<CallerContext> contexts)
    implements ClientMethod<Q, R, R> {

  @Override
  public R direct() {
    return client.apply(request);
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
    return new SyncCall<>(() -> client.apply(exchange.toSend()), contexts);
  }
}
