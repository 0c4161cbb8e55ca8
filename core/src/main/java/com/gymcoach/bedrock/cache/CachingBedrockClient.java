package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.client.Blocking;
import com.gymcoach.bedrock.cache.internal.client.SyncCall;
import com.gymcoach.bedrock.cache.internal.engine.Engine;
import com.gymcoach.bedrock.cache.internal.engine.Exchange;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.engine.Result;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.SdkFeatures;
import java.util.Objects;
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
 * A {@link BedrockRuntimeClient} that answers repeated requests from a {@link BedrockCache}. A
 * drop-in replacement for the client that it wraps: Converse and InvokeModel are cached, everything
 * else is passed on.
 *
 * <p>Nothing is cached until somebody says who may share an answer: {@link #forScope} or {@link
 * #scopedBy}. Whatever fails in the cache, the caller gets what the wrapped client would have
 * given. {@link CacheOutcome#of} tells where an answer came from. Thread-safe.
 */
public class CachingBedrockClient implements BedrockRuntimeClient {
  private final BedrockRuntimeClient delegate;
  private final ClientSupport support;
  private final boolean view;

  CachingBedrockClient(BedrockRuntimeClient delegate, ClientSupport support, boolean view) {
    this.delegate = delegate;
    this.support = support;
    this.view = view;
  }

  /** Returns a client that has every operation of the SDK at hand. All instances come from here. */
  private static CachingBedrockClient of(
      BedrockRuntimeClient delegate, ClientSupport support, boolean view) {
    return SdkFeatures.GUARDRAIL_CHECKS
        ? new NewerBedrockClient(delegate, support, view)
        : new CachingBedrockClient(delegate, support, view);
  }

  /**
   * Returns a client that asks the cache first and the given client otherwise, with default
   * options.
   *
   * @param delegate the client that calls Bedrock; {@link #close()} closes it
   * @param cache shared with as many clients as there are; not closed by any of them
   * @throws IllegalArgumentException if the client already is a caching one
   */
  public static CachingBedrockClient create(BedrockRuntimeClient delegate, BedrockCache cache) {
    return create(delegate, cache, options -> {});
  }

  /**
   * Returns a client that asks the cache first and the given client otherwise. Reads the client's
   * configuration once. Clients share answers only if their regions, endpoints and headers are
   * equal. A client whose configuration holds classes that the cache does not know, such as an
   * interceptor of the service, shares with no other and keeps nothing in the store; a warning then
   * says how to name or trust it.
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
          "The client is wrapped already: give the one that calls Bedrock, or use forScope");
    }
    ClientSupport support = ClientSupport.of(cache, delegate::serviceClientConfiguration, options);
    return of(delegate, support, false);
  }

  /**
   * Returns a view of this client whose answers belong to a scope. This client is not changed. A
   * view is cheap: make one for each request, and drop it. Closing a view does nothing.
   */
  public CachingBedrockClient forScope(CacheScope scope) {
    Objects.requireNonNull(scope, "scope");
    return of(delegate, support.scopedBy(request -> scope), true);
  }

  /**
   * Returns a client like this one that asks a function for each request's scope, for frameworks
   * that build the requests themselves. Where the function throws or returns null the call goes
   * past the cache. A scope that the request itself carries wins. This client is not changed. Make
   * one for the life of the service: closing it closes the wrapped client, unless this client is a
   * view of {@link #forScope}.
   */
  public CachingBedrockClient scopedBy(Function<? super BedrockRuntimeRequest, CacheScope> scopes) {
    Objects.requireNonNull(scopes, "scopes");
    return of(delegate, support.scopedBy(scopes), view);
  }

  /**
   * Makes the answer to a request disappear, as {@link BedrockCache#invalidate} does those of a
   * scope. With it goes what the same user has at the same endpoint, for what reaches other
   * processes is no finer; of shared answers a 16th goes. Waits as that one does.
   *
   * @param request one of an operation that is cached
   * @return how many distinct entries went
   * @throws IllegalArgumentException if nobody says whose the answer is, such requests are not
   *     cached, or the key generator gives no key for this one and the scope is shared
   * @throws software.amazon.awssdk.core.exception.SdkClientException if the store did not
   *     acknowledge it
   */
  public long invalidate(BedrockRuntimeRequest request) {
    return support.invalidate(request);
  }

  /** Returns the client that calls Bedrock, for what this class does not know yet. */
  public BedrockRuntimeClient delegate() {
    return delegate;
  }

  /** See {@link BedrockRuntimeClient#converse(ConverseRequest)}. Answers are cached. */
  @Override
  public ConverseResponse converse(ConverseRequest request) {
    return cached(CacheableOperations.CONVERSE, request, delegate::converse);
  }

  /** See {@link BedrockRuntimeClient#invokeModel(InvokeModelRequest)}. Answers are cached. */
  @Override
  public InvokeModelResponse invokeModel(InvokeModelRequest request) {
    return cached(CacheableOperations.INVOKE_MODEL, request, delegate::invokeModel);
  }

  @Override
  public ApplyGuardrailResponse applyGuardrail(ApplyGuardrailRequest request) {
    return delegate.applyGuardrail(request);
  }

  @Override
  public CountTokensResponse countTokens(CountTokensRequest request) {
    return delegate.countTokens(request);
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

  @SuppressWarnings("NullAway") // a client that returns null does so through the cache as well
  private <Q extends BedrockRuntimeRequest, R extends AwsResponse> R cached(
      CacheableOperation<Q, R> operation, Q request, Function<Q, R> client) {
    Exchange<Q, R> exchange = support.enter(operation, request);
    if (exchange == null) {
      return client.apply(request);
    }
    Engine engine = support.engine();
    R inMemory = engine.fromMemory(exchange);
    if (inMemory != null) {
      return inMemory;
    }
    SyncCall<R> call =
        new SyncCall<>(() -> client.apply(exchange.toSend()), support.cache()::callerContext);
    OnceOnlyCall<R> origin = new OnceOnlyCall<>(call);
    Throwable failure;
    try {
      Result<R> result =
          engine.execute(exchange, origin, Blocking.INSTANCE).toCompletableFuture().join();
      if (result.failure() == null) {
        return result.valueOrNull();
      }
      failure = result.failure();
    } catch (Throwable broken) { // the stack is at its end, say: what comes next needs less of it
      origin.shareNoMore();
      if (!call.made()) {
        return client.apply(request);
      }
      failure = origin.thrown() == null ? broken : origin.thrown();
    }
    if (call.response() != null) {
      return call.response();
    }
    throw CachingBedrockClient.<RuntimeException>asIs(failure);
  }

  /** The caller is owed the very exception that the client threw, whatever its type. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // a sneaky throw is just that
  static <E extends Throwable> E asIs(Throwable failure) throws E {
    throw (E) failure;
  }
}
