package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.client.AsyncCall;
import com.gymcoach.bedrock.cache.internal.client.CallerContext;
import com.gymcoach.bedrock.cache.internal.client.Ending;
import com.gymcoach.bedrock.cache.internal.client.StreamCall;
import com.gymcoach.bedrock.cache.internal.client.StreamHandlers;
import com.gymcoach.bedrock.cache.internal.engine.Exchange;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.engine.Result;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableStream;
import com.gymcoach.bedrock.cache.internal.sdk.SdkFeatures;
import com.gymcoach.bedrock.cache.internal.stream.Streamed;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailResponse;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensResponse;
import software.amazon.awssdk.services.bedrockruntime.model.GetAsyncInvokeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.GetAsyncInvokeResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithBidirectionalStreamInput;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithBidirectionalStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithBidirectionalStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.ListAsyncInvokesRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ListAsyncInvokesResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StartAsyncInvokeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.StartAsyncInvokeResponse;
import software.amazon.awssdk.services.bedrockruntime.paginators.ListAsyncInvokesPublisher;

/**
 * A {@link BedrockRuntimeAsyncClient} that answers repeated requests from a {@link BedrockCache}. A
 * drop-in replacement for the client that it wraps: Converse, InvokeModel and their streams are
 * cached, everything else is passed on. It shares answers with a {@link CachingBedrockClient} on
 * the same cache.
 *
 * <p>Nothing is cached until somebody says who may share an answer: {@link #forScope} or {@link
 * #scopedBy}. Whatever fails in the cache, the caller gets what the wrapped client would have
 * given. {@link CacheOutcome#of} tells where an answer came from; of a stream, ask the response
 * that {@code responseReceived} is given.
 *
 * <p>A single answer in memory is there before the method returns, what came from a store completes
 * on the store's thread, and what came from Bedrock on the wrapped client's. A stream that is a hit
 * is played on {@link BedrockCacheBuilder#executor}, and who waited for another's call goes on
 * there. Thread-safe.
 */
public class CachingBedrockAsyncClient implements BedrockRuntimeAsyncClient {
  private final BedrockRuntimeAsyncClient delegate;
  private final ClientSupport support;
  private final boolean view;

  CachingBedrockAsyncClient(
      BedrockRuntimeAsyncClient delegate, ClientSupport support, boolean view) {
    this.delegate = delegate;
    this.support = support;
    this.view = view;
  }

  /** Returns a client that has every operation of the SDK at hand. All instances come from here. */
  private static CachingBedrockAsyncClient of(
      BedrockRuntimeAsyncClient delegate, ClientSupport support, boolean view) {
    return SdkFeatures.GUARDRAIL_CHECKS
        ? new NewerBedrockAsyncClient(delegate, support, view)
        : new CachingBedrockAsyncClient(delegate, support, view);
  }

  /**
   * Returns a client that asks the cache first and the given client otherwise, with default
   * options.
   *
   * @param delegate the client that calls Bedrock; {@link #close()} closes it
   * @param cache shared with as many clients as there are; not closed by any of them
   * @throws IllegalArgumentException if the client already is a caching one
   */
  public static CachingBedrockAsyncClient create(
      BedrockRuntimeAsyncClient delegate, BedrockCache cache) {
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
  public static CachingBedrockAsyncClient create(
      BedrockRuntimeAsyncClient delegate, BedrockCache cache, Consumer<ClientOptions> options) {
    Objects.requireNonNull(delegate, "delegate");
    Objects.requireNonNull(cache, "cache");
    Objects.requireNonNull(options, "options");
    if (delegate instanceof CachingBedrockAsyncClient) {
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
  public CachingBedrockAsyncClient forScope(CacheScope scope) {
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
  public CachingBedrockAsyncClient scopedBy(
      Function<? super BedrockRuntimeRequest, CacheScope> scopes) {
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
  public BedrockRuntimeAsyncClient delegate() {
    return delegate;
  }

  /** See {@link BedrockRuntimeAsyncClient#converse(ConverseRequest)}. Answers are cached. */
  @Override
  public CompletableFuture<ConverseResponse> converse(ConverseRequest request) {
    return cached(CacheableOperations.CONVERSE, request, delegate::converse);
  }

  /** See {@link BedrockRuntimeAsyncClient#invokeModel(InvokeModelRequest)}. Answers are cached. */
  @Override
  public CompletableFuture<InvokeModelResponse> invokeModel(InvokeModelRequest request) {
    return cached(CacheableOperations.INVOKE_MODEL, request, delegate::invokeModel);
  }

  /**
   * See {@link BedrockRuntimeAsyncClient#converseStream(ConverseStreamRequest,
   * ConverseStreamResponseHandler)}. Streams are cached once they have ended of themselves.
   */
  @Override
  public CompletableFuture<Void> converseStream(
      ConverseStreamRequest request, ConverseStreamResponseHandler handler) {
    return streamed(
        CacheableOperations.CONVERSE_STREAM,
        request,
        handler,
        (sent, via) -> delegate.converseStream(sent, StreamHandlers.converse(via)));
  }

  /**
   * See {@link BedrockRuntimeAsyncClient#invokeModelWithResponseStream(
   * InvokeModelWithResponseStreamRequest, InvokeModelWithResponseStreamResponseHandler)}. Streams
   * are cached once they have ended of themselves.
   */
  @Override
  public CompletableFuture<Void> invokeModelWithResponseStream(
      InvokeModelWithResponseStreamRequest request,
      InvokeModelWithResponseStreamResponseHandler handler) {
    return streamed(
        CacheableOperations.INVOKE_MODEL_STREAM,
        request,
        handler,
        (sent, via) ->
            delegate.invokeModelWithResponseStream(sent, StreamHandlers.invokeModel(via)));
  }

  @Override
  public CompletableFuture<Void> invokeModelWithBidirectionalStream(
      InvokeModelWithBidirectionalStreamRequest request,
      Publisher<InvokeModelWithBidirectionalStreamInput> input,
      InvokeModelWithBidirectionalStreamResponseHandler handler) {
    return delegate.invokeModelWithBidirectionalStream(request, input, handler);
  }

  @Override
  public CompletableFuture<ApplyGuardrailResponse> applyGuardrail(ApplyGuardrailRequest request) {
    return delegate.applyGuardrail(request);
  }

  @Override
  public CompletableFuture<CountTokensResponse> countTokens(CountTokensRequest request) {
    return delegate.countTokens(request);
  }

  @Override
  public CompletableFuture<GetAsyncInvokeResponse> getAsyncInvoke(GetAsyncInvokeRequest request) {
    return delegate.getAsyncInvoke(request);
  }

  @Override
  public CompletableFuture<ListAsyncInvokesResponse> listAsyncInvokes(
      ListAsyncInvokesRequest request) {
    return delegate.listAsyncInvokes(request);
  }

  @Override
  public ListAsyncInvokesPublisher listAsyncInvokesPaginator(ListAsyncInvokesRequest request) {
    return delegate.listAsyncInvokesPaginator(request);
  }

  @Override
  public CompletableFuture<StartAsyncInvokeResponse> startAsyncInvoke(
      StartAsyncInvokeRequest request) {
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

  private <Q extends BedrockRuntimeRequest, R extends AwsResponse> CompletableFuture<R> cached(
      CacheableOperation<Q, R> operation, Q request, Function<Q, CompletableFuture<R>> client) {
    Exchange<Q, R> exchange = support.enter(operation, request);
    if (exchange == null) {
      return client.apply(request);
    }
    R inMemory = support.engine().fromMemory(exchange);
    if (inMemory != null) {
      return CompletableFuture.completedFuture(inMemory);
    }
    CompletableFuture<R> future = new CompletableFuture<>();
    CallerContext context = support.cache().callerContext();
    AsyncCall<R> call = new AsyncCall<>(() -> context.call(() -> client.apply(exchange.toSend())));
    OnceOnlyCall<R> origin = new OnceOnlyCall<>(call);
    try {
      CompletableFuture<Result<R>> answer =
          support
              .engine()
              .execute(exchange, origin, support.cache().nonBlocking())
              .toCompletableFuture();
      Ending.orElse(answer.thenAccept(result -> end(future, result)), future);
      CompletableFuture<?> unused =
          future.whenComplete(
              (response, failure) -> {
                if (!answer.isDone()) { // the caller has ended it: by cancel, orTimeout, complete
                  origin.leave();
                }
              });
    } catch (Throwable broken) { // the stack is at its end, say: what comes next needs less of it
      origin.shareNoMore();
      if (origin.thrown() == null) {
        CompletableFuture<R> made = call.made();
        return made == null ? client.apply(request) : made;
      }
      future.completeExceptionally(origin.thrown());
    }
    return asTheClientWould(future, origin);
  }

  private <Q extends BedrockRuntimeRequest, R extends AwsResponse, E>
      CompletableFuture<Void> streamed(
          CacheableStream<Q, R, E> operation,
          Q request,
          EventStreamResponseHandler<R, E> handler,
          BiFunction<Q, EventStreamResponseHandler<R, E>, CompletableFuture<Void>> client) {
    Exchange<Q, Streamed<R, E>> exchange =
        handler == null ? null : support.enter(operation, request);
    if (exchange == null) {
      return client.apply(request, handler);
    }
    CallerContext context = support.cache().callerContext();
    StreamCall<R, E> streamCall =
        support
            .cache()
            .streamCall(
                operation,
                handler,
                via -> context.call(() -> client.apply(exchange.toSend(), via)));
    Streamed<R, E> inMemory = support.engine().fromMemory(exchange);
    if (inMemory != null) {
      streamCall.play(inMemory);
      return streamCall.future();
    }
    try {
      Ending.orElse(
          support
              .engine()
              .execute(exchange, streamCall.origin(), support.cache().nonBlocking())
              .thenAccept(streamCall::finish),
          streamCall.future());
    } catch (Throwable broken) { // the stack is at its end, say: what comes next needs less of it
      streamCall.origin().shareNoMore();
      if (streamCall.origin().thrown() == null) {
        CompletableFuture<Void> made = streamCall.made();
        return made == null ? client.apply(request, handler) : made;
      }
      streamCall.future().completeExceptionally(streamCall.origin().thrown());
    }
    return asTheClientWould(streamCall.future(), streamCall.origin());
  }

  private static <R> void end(CompletableFuture<R> future, Result<R> result) {
    if (result.failure() == null) {
      future.complete(result.valueOrNull());
    } else {
      future.completeExceptionally(result.failure());
    }
  }

  /** What the client threw at once is thrown at once. */
  private static <T> CompletableFuture<T> asTheClientWould(
      CompletableFuture<T> future, OnceOnlyCall<?> origin) {
    Throwable thrown = origin.thrown();
    if (thrown != null && future.isCompletedExceptionally()) {
      throw CachingBedrockClient.<RuntimeException>asIs(thrown);
    }
    return future;
  }
}
