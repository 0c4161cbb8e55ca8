package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.call.Blocking;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest.ResolvedScope;
import com.gymcoach.bedrock.cache.internal.engine.ClientMethod;
import com.gymcoach.bedrock.cache.internal.engine.RolloutState;
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
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

/**
 * The state and logic shared by the sync and the async client.
 *
 * @param closed whether one of the clients that wrap it has closed the wrapped client
 * @param scopes returns the scope of a request, or null if there is no such function
 * @param scope the scope of requests that carry none, or null
 */
record ClientSupport(
    BedrockCache cache,
    DelegateInfo delegate,
    AtomicBoolean closed,
    @Nullable Function<? super BedrockRuntimeRequest, CacheScope> scopes,
    @Nullable ResolvedScope scope) {
  private static final ResolvedScope NONE = new ResolvedScope(null, null);

  /** Creates the support for a client, and reads that client's configuration. */
  static ClientSupport of(
      BedrockCache cache,
      Supplier<BedrockRuntimeServiceClientConfiguration> client,
      Consumer<ClientOptions> configured) {
    ClientOptions options = new ClientOptions();
    configured.accept(options);
    DelegateInfo delegate = DelegateInfo.of(client, cache.clientRules(), options);
    return new ClientSupport(cache, delegate, new AtomicBoolean(), null, null);
  }

  /** Returns true on the first call only: the caller must then close the wrapped client. */
  boolean firstToClose() {
    return closed.compareAndSet(false, true);
  }

  /** Returns a copy with another scope function. */
  ClientSupport scopedBy(Function<? super BedrockRuntimeRequest, CacheScope> others) {
    return new ClientSupport(cache, delegate, closed, others, null);
  }

  /** Returns a copy whose requests have a scope, unless they carry another one. */
  ClientSupport in(CacheScope ofAll) {
    return new ClientSupport(cache, delegate, closed, null, new ResolvedScope(ofAll, null));
  }

  /** Answers a call through the cache, or directly if it is not cached, or the mode is off. */
  <Q extends BedrockRuntimeRequest, R, T> T answer(
      CacheableOperation<Q, R> operation, @Nullable Q request, ClientMethod<Q, R, T> method) {
    CallerRequest<Q, R> call;
    RolloutState rollout;
    try {
      rollout = cache.rollout();
      call =
          request == null || rollout.isOff() || !cache.caches(operation)
              ? null
              : call(operation, request);
    } catch (Throwable broken) { // such as a stack overflow: nothing has been sent yet
      return method.direct(request);
    }
    return call == null ? method.direct(request) : cache.engine().answer(call, rollout, method);
  }

  /** Returns how the cache would answer a request now. Never calls Bedrock. */
  CacheOutcome lookUp(BedrockRuntimeRequest request) {
    CacheableOperation<?, ?> operation = CacheableOperations.of(request);
    if (operation == null || !cache.caches(operation)) {
      throw new IllegalArgumentException(
          "Answers to such requests are not cached: name their operation in alsoCaches");
    }
    CacheControl control =
        CacheControl.of(request).explained()
            ? CacheControl.ONLY_IF_CACHED.withExplanation()
            : CacheControl.ONLY_IF_CACHED;
    return lookUp(operation, control.applyTo(request));
  }

  @SuppressWarnings("unchecked") // an operation is found by the class of its requests
  private <Q extends BedrockRuntimeRequest, R> CacheOutcome lookUp(
      CacheableOperation<?, ?> operation, BedrockRuntimeRequest request) {
    CallerRequest<Q, R> call = call((CacheableOperation<Q, R>) operation, (Q) request);
    return cache.engine().lookUp(call, cache.rollout());
  }

  /** Invalidates the answer to a request, in every mode. */
  long invalidate(BedrockRuntimeRequest request) {
    if (request instanceof ConverseRequest converse) {
      return invalidate(CacheableOperations.CONVERSE, converse);
    } else if (request instanceof InvokeModelRequest invoke) {
      return invalidate(CacheableOperations.INVOKE_MODEL, invoke);
    } else if (request instanceof ConverseStreamRequest stream) {
      return invalidate(CacheableOperations.CONVERSE_STREAM, stream);
    } else if (request instanceof InvokeModelWithResponseStreamRequest stream) {
      return invalidate(CacheableOperations.INVOKE_MODEL_STREAM, stream);
    } else if (request instanceof ApplyGuardrailRequest apply) {
      return invalidate(CacheableOperations.APPLY_GUARDRAIL, apply);
    } else if (request instanceof CountTokensRequest) {
      return CountTokensCalls.invalidate(this, request);
    }
    throw new IllegalArgumentException("Answers to such requests are not cached");
  }

  /** Invalidates the answer to a request of an operation. */
  <Q extends BedrockRuntimeRequest> long invalidate(CacheableOperation<Q, ?> operation, Q request) {
    return cache.engine().invalidation().invalidate(call(operation, request), Blocking.INSTANCE);
  }

  private <Q extends BedrockRuntimeRequest, R> CallerRequest<Q, R> call(
      CacheableOperation<Q, R> operation, Q request) {
    return new CallerRequest<>(
        operation, request, resolveScope(request), delegate.identity(), timeout(request));
  }

  private ResolvedScope resolveScope(BedrockRuntimeRequest request) {
    CacheScope carried = CacheScope.of(request).orElse(null);
    if (carried != null) {
      return new ResolvedScope(carried, null);
    }
    if (scope != null) {
      return scope;
    }
    CacheScope found;
    try {
      found = scopes == null ? null : scopes.apply(request);
    } catch (Throwable thrown) { // Throwable: a missing class must not fail the call either
      return new ResolvedScope(null, thrown);
    }
    if (found == null) {
      cache.noteScopeMissing();
      return NONE;
    }
    return new ResolvedScope(found, null);
  }

  private @Nullable Duration timeout(BedrockRuntimeRequest request) {
    return request
        .overrideConfiguration()
        .flatMap(RequestOverrideConfiguration::apiCallTimeout)
        .orElse(delegate.apiCallTimeout());
  }
}
