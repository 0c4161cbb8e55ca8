package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.PriceList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

/** Calls through the async client, streams too. */
record AsyncCaller(CachingBedrockAsyncClient client) implements BedrockCaller {

  @Override
  public int attempts() {
    return BedrockCaller.attempts(client::serviceClientConfiguration);
  }

  @Override
  public boolean supports(RequestLine line) {
    return true;
  }

  @Override
  public CacheOutcome lookUp(RequestLine line) {
    return client.forScope(line.scope()).lookUp(line.request());
  }

  @Override
  public Answered ask(RequestLine line, PriceList prices) throws InterruptedException {
    CachingBedrockAsyncClient scoped = client.forScope(line.scope());
    BedrockRuntimeRequest request = line.request();
    if (request instanceof ConverseRequest converse) {
      return answered(request, await(scoped.converse(converse)), prices);
    } else if (request instanceof InvokeModelRequest invoke) {
      return answered(request, await(scoped.invokeModel(invoke)), prices);
    }
    return stream(line, scoped, prices);
  }

  private static Answered stream(
      RequestLine line, CachingBedrockAsyncClient scoped, PriceList prices)
      throws InterruptedException {
    BedrockRuntimeRequest request = line.request();
    StreamEnd end = new StreamEnd();
    try {
      await(
          request instanceof ConverseStreamRequest converse
              ? scoped.converseStream(converse, end.ofConverse())
              : scoped.invokeModelWithResponseStream(
                  (InvokeModelWithResponseStreamRequest) request, end.ofInvokeModel()));
    } catch (RuntimeException failed) {
      throw end.hasBegun() ? new BrokenStreamException(failed) : failed;
    }
    CacheOutcome later = scoped.lookUp(CacheControl.EXPLAIN.applyTo(request));
    return Answered.stream(end.outcome(), later, end.usd(request, prices));
  }

  private static Answered answered(
      BedrockRuntimeRequest request, BedrockRuntimeResponse response, PriceList prices) {
    return Answered.of(CacheOutcome.of(response), prices.usd(request, response));
  }

  private static <T> T await(CompletableFuture<T> call) throws InterruptedException {
    try {
      return call.get();
    } catch (InterruptedException e) {
      call.cancel(true);
      throw e;
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CompletionException(failed.getCause());
    }
  }
}
