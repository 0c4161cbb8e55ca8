package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.client.SyncMethod;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.SdkFeatures;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailResponse;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensResponse;
import software.amazon.awssdk.services.bedrockruntime.model.GetAsyncInvokeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.GetAsyncInvokeResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ListAsyncInvokesRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ListAsyncInvokesResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StartAsyncInvokeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.StartAsyncInvokeResponse;
import software.amazon.awssdk.services.bedrockruntime.paginators.ListAsyncInvokesIterable;

/**
 * A {@link BedrockRuntimeClient} that answers repeated requests from a {@link BedrockCache}. It is
 * a drop-in replacement for the client that it wraps: Converse and InvokeModel are cached, and
 * every other operation is passed on, except for those that {@link BedrockCacheBuilder#alsoCaches}
 * names.
 *
 * <p>Nothing is cached until a scope says who may share an answer: use {@link #forScope} or {@link
 * #scopedBy}. If anything fails in the cache, the caller still gets what the wrapped client returns
 * or throws. {@link CacheOutcome#of} tells where an answer came from.
 *
 * <pre>{@code
 * CachingBedrockClient bedrock = CachingBedrockClient.create(bedrockRuntime, cache);
 *
 * ConverseResponse response =
 *     bedrock.forScope(CacheScope.user(userId).endpoint("chat")).converse(request);
 * CacheOutcome outcome = CacheOutcome.of(response); // such as HIT from HOT, 12 s old
 * }</pre>
 *
 * <p>Thread-safe.
 */
public class CachingBedrockClient implements BedrockRuntimeClient {
  private final BedrockRuntimeClient delegate;
  final ClientSupport support;
  private final boolean view;

  CachingBedrockClient(BedrockRuntimeClient delegate, ClientSupport support, boolean view) {
    this.delegate = delegate;
    this.support = support;
    this.view = view;
  }

  /**
   * Returns a client that implements every operation of the SDK on the class path. All instances
   * are created here.
   */
  private static CachingBedrockClient of(
      BedrockRuntimeClient delegate, ClientSupport support, boolean view) {
    return SdkFeatures.GUARDRAIL_CHECKS
        ? new NewerBedrockClient(delegate, support, view)
        : new CachingBedrockClient(delegate, support, view);
  }

  /**
   * Returns a client that looks in the cache first and calls the given client otherwise, with
   * default options.
   *
   * @param delegate the client that calls Bedrock; {@link #close()} closes it
   * @param cache shared with as many clients as there are; not closed by any of them
   * @throws IllegalArgumentException if the client already is a caching one
   */
  public static CachingBedrockClient create(BedrockRuntimeClient delegate, BedrockCache cache) {
    return create(delegate, cache, options -> {});
  }

  /**
   * Returns a client that looks in the cache first and calls the given client otherwise. Reads the
   * client's configuration once. Clients share answers only if their regions, endpoints and headers
   * are equal. If a client's configuration contains classes that the cache does not know, such as
   * the service's own interceptor, the client shares answers with no other client and stores none.
   * A warning then says how to name the client or trust the class.
   *
   * @param delegate the client that calls Bedrock; {@link #close()} closes it
   * @param cache shared with as many clients as there are; not closed by any of them
   * @param options sets options, such as {@code options -> options.identity("guarded-v3")}
   * @throws IllegalArgumentException if the client already is a caching one, or an option cannot be
   *     used
   */
  public static CachingBedrockClient create(
      BedrockRuntimeClient delegate, BedrockCache cache, Consumer<ClientOptions> options) {
    Objects.requireNonNull(delegate, "delegate");
    Objects.requireNonNull(cache, "cache");
    Objects.requireNonNull(options, "options");
    if (delegate instanceof CachingBedrockClient) {
      throw new IllegalArgumentException(
          "The client is already wrapped: pass the one that calls Bedrock, or use forScope");
    }
    ClientSupport support = ClientSupport.of(cache, delegate::serviceClientConfiguration, options);
    return of(delegate, support, false);
  }

  /**
   * Returns a view of this client whose answers belong to a scope. This client is not changed. A
   * view is cheap: create one for each request and discard it. Closing a view does nothing.
   */
  public CachingBedrockClient forScope(CacheScope scope) {
    Objects.requireNonNull(scope, "scope");
    return of(delegate, support.in(scope), true);
  }

  /**
   * Returns a client like this one that gets each request's scope from a function, for frameworks
   * that build the requests themselves. If the function throws or returns null, the call bypasses
   * the cache. A scope set on the request itself takes precedence. This client is not changed.
   * Create one for the life of the service: closing it closes the wrapped client, unless this
   * client is a view made by {@link #forScope}.
   */
  public CachingBedrockClient scopedBy(Function<? super BedrockRuntimeRequest, CacheScope> scopes) {
    Objects.requireNonNull(scopes, "scopes");
    return of(delegate, support.scopedBy(scopes), view);
  }

  /**
   * Invalidates the answer to a request, as {@link BedrockCache#invalidate} does for a scope. Also
   * invalidates the user's other answers at that endpoint (for the shared scope: one or two shards
   * of 16), because invalidations reach other processes per endpoint. Waits for the store up to 5
   * s, as that method does.
   *
   * @param request a request of a cached operation
   * @return the number of distinct entries deleted
   * @throws IllegalArgumentException if the request has no scope, its operation is not cached, or
   *     the scope is shared and the key generator returns no key for the request
   * @throws software.amazon.awssdk.core.exception.SdkClientException if the store did not
   *     acknowledge the invalidation
   */
  public long invalidate(BedrockRuntimeRequest request) {
    return support.invalidate(request);
  }

  /**
   * Returns how the cache would answer a request now: a hit with its source and the rest of its
   * TTL, a miss, or a bypass with its reason. A miss has the reason {@link
   * CacheReason#STORE_UNREAD} if the store did not say. Never calls Bedrock, in any mode, and
   * refreshes nothing. Waits for the store as a call does. Counts in the statistics as a call with
   * {@link CacheControl#ONLY_IF_CACHED} does, and like it counts an answer whose TTL has passed as
   * absent.
   *
   * @param request a request of a cached operation; its own {@link CacheControl} is ignored, except
   *     that it may ask for an {@linkplain CacheControl#EXPLAIN explanation}
   * @throws IllegalArgumentException if the operation is not cached
   */
  public CacheOutcome lookUp(BedrockRuntimeRequest request) {
    return support.lookUp(request);
  }

  /** Returns the wrapped client, for operations that this class does not support yet. */
  public BedrockRuntimeClient delegate() {
    return delegate;
  }

  /** See {@link BedrockRuntimeClient#converse(ConverseRequest)}. Answers are cached. */
  @Override
  public ConverseResponse converse(ConverseRequest request) {
    return cached(CacheableOperations.CONVERSE, request, BedrockRuntimeClient::converse);
  }

  /** See {@link BedrockRuntimeClient#invokeModel(InvokeModelRequest)}. Answers are cached. */
  @Override
  public InvokeModelResponse invokeModel(InvokeModelRequest request) {
    return cached(CacheableOperations.INVOKE_MODEL, request, BedrockRuntimeClient::invokeModel);
  }

  /**
   * See {@link BedrockRuntimeClient#applyGuardrail(ApplyGuardrailRequest)}. Answers are cached if
   * {@link OptionalOperation#APPLY_GUARDRAIL} is asked for.
   */
  @Override
  public ApplyGuardrailResponse applyGuardrail(ApplyGuardrailRequest request) {
    return cached(
        CacheableOperations.APPLY_GUARDRAIL, request, BedrockRuntimeClient::applyGuardrail);
  }

  /**
   * See {@link BedrockRuntimeClient#countTokens(CountTokensRequest)}. Answers are cached if {@link
   * OptionalOperation#COUNT_TOKENS} is asked for.
   */
  @Override
  public CountTokensResponse countTokens(CountTokensRequest request) {
    return CountTokensCalls.call(this, request);
  }

  @Override
  public GetAsyncInvokeResponse getAsyncInvoke(GetAsyncInvokeRequest request) {
    return delegate.getAsyncInvoke(request);
  }

  @Override
  public ListAsyncInvokesResponse listAsyncInvokes(ListAsyncInvokesRequest request) {
    return delegate.listAsyncInvokes(request);
  }

  @Override
  public ListAsyncInvokesIterable listAsyncInvokesPaginator(ListAsyncInvokesRequest request) {
    return delegate.listAsyncInvokesPaginator(request);
  }

  @Override
  public StartAsyncInvokeResponse startAsyncInvoke(StartAsyncInvokeRequest request) {
    return delegate.startAsyncInvoke(request);
  }

  @Override
  public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
    return delegate.serviceClientConfiguration();
  }

  @Override
  public String serviceName() {
    return delegate.serviceName();
  }

  /**
   * Closes the wrapped client, not the cache, the first time it is called on this client or on one
   * made from it by {@link #scopedBy}. On a view made by {@link #forScope} it does nothing.
   */
  @Override
  public void close() {
    if (!view && support.firstToClose()) {
      delegate.close();
    }
  }

  final <Q extends BedrockRuntimeRequest, R extends AwsResponse> R cached(
      CacheableOperation<Q, R> operation,
      Q request,
      BiFunction<BedrockRuntimeClient, Q, R> method) {
    return support.answer(
        operation, request, new SyncMethod<>(delegate, method, support.cache().contexts()));
  }
}
