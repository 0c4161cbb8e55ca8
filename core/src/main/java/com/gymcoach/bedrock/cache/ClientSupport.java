package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.client.Blocking;
import com.gymcoach.bedrock.cache.internal.engine.CallerRequest;
import com.gymcoach.bedrock.cache.internal.engine.Engine;
import com.gymcoach.bedrock.cache.internal.engine.Exchange;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.RequestOverrideConfiguration;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

/**
 * What the sync and the async client have in common: whose calls they make, and in which cache.
 *
 * @param closed whether the wrapped client has been closed by one of the clients made for it
 * @param scopes who may share an answer, or null where only the request itself says so
 */
record ClientSupport(
    BedrockCache cache,
    DelegateInfo delegate,
    AtomicBoolean closed,
    @Nullable Function<? super BedrockRuntimeRequest, CacheScope> scopes) {

  /** Reads the configuration of a client that is about to be wrapped. */
  static ClientSupport of(
      BedrockCache cache,
      Supplier<BedrockRuntimeServiceClientConfiguration> client,
      Consumer<ClientOptions> configured) {
    ClientOptions options = new ClientOptions();
    configured.accept(options);
    DelegateInfo delegate = DelegateInfo.of(client, cache.clientRules(), options);
    return new ClientSupport(cache, delegate, new AtomicBoolean(), null);
  }

  /** Returns whether the wrapped client is still to be closed; true once. */
  boolean firstToClose() {
    return closed.compareAndSet(false, true);
  }

  /** Returns the same for others. */
  ClientSupport scopedBy(Function<? super BedrockRuntimeRequest, CacheScope> others) {
    return new ClientSupport(cache, delegate, closed, others);
  }

  Engine engine() {
    return cache.engine();
  }

  /** Takes a call into the engine; null where the cache takes no part. */
  <Q extends BedrockRuntimeRequest, R> @Nullable Exchange<Q, R> enter(
      CacheableOperation<Q, R> operation, @Nullable Q request) {
    CacheMode mode = cache.mode();
    return request == null || mode == CacheMode.OFF
        ? null
        : cache
            .engine()
            .enter(call(operation, request), mode == CacheMode.OBSERVE, cache.rolloutPercent());
  }

  /** Makes the answer to a request disappear; in every mode. */
  long invalidate(BedrockRuntimeRequest request) {
    if (request instanceof ConverseRequest converse) {
      return invalidate(CacheableOperations.CONVERSE, converse);
    } else if (request instanceof InvokeModelRequest invoke) {
      return invalidate(CacheableOperations.INVOKE_MODEL, invoke);
    } else if (request instanceof ConverseStreamRequest stream) {
      return invalidate(CacheableOperations.CONVERSE_STREAM, stream);
    } else if (request instanceof InvokeModelWithResponseStreamRequest stream) {
      return invalidate(CacheableOperations.INVOKE_MODEL_STREAM, stream);
    }
    throw new IllegalArgumentException("Answers to such requests are not cached");
  }

  private <Q extends BedrockRuntimeRequest> long invalidate(
      CacheableOperation<Q, ?> operation, Q request) {
    return engine().invalidation().invalidate(call(operation, request), Blocking.INSTANCE);
  }

  private <Q extends BedrockRuntimeRequest, R> CallerRequest<Q, R> call(
      CacheableOperation<Q, R> operation, Q request) {
    CacheScope scope = CacheScope.of(request).orElse(null);
    Throwable failure = null;
    if (scope == null && scopes != null) {
      try {
        scope = scopes.apply(request);
      } catch (Throwable thrown) { // a missing class, too, is not the caller's loss
        failure = thrown;
      }
    }
    if (scope == null && failure == null) {
      cache.noteScopeMissing();
    }
    return new CallerRequest<>(
        operation, request, scope, failure, delegate.identity(), timeout(request));
  }

  private @Nullable Duration timeout(BedrockRuntimeRequest request) {
    return request
        .overrideConfiguration()
        .flatMap(RequestOverrideConfiguration::apiCallTimeout)
        .orElse(delegate.apiCallTimeout());
  }
}
