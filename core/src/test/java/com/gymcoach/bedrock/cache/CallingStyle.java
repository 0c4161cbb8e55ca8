package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.call.Result;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** With which client a test is run: they must not drift apart. */
enum CallingStyle {
  SYNC {
    @Override
    Caller over(FakeBedrock bedrock, BedrockCache cache) {
      return new Sync(CachingBedrockClient.create(bedrock, cache));
    }
  },
  ASYNC {
    @Override
    Caller over(FakeBedrock bedrock, BedrockCache cache) {
      return new Async(CachingBedrockAsyncClient.create(new FakeAsyncBedrock(bedrock), cache));
    }
  };

  /** Returns a client with a cache before Bedrock. */
  abstract Caller over(FakeBedrock bedrock, BedrockCache cache);

  private record Sync(CachingBedrockClient client) implements Caller {
    @Override
    public Caller forScope(CacheScope scope) {
      return new Sync(client.forScope(scope));
    }

    @Override
    public Caller scopedBy(Function<? super BedrockRuntimeRequest, CacheScope> scopes) {
      return new Sync(client.scopedBy(scopes));
    }

    @Override
    public long invalidate(ConverseRequest request) {
      return client.invalidate(request);
    }

    @Override
    public void close() {
      client.close();
    }

    @Override
    public ConverseResponse converse(ConverseRequest request) {
      return client.converse(request);
    }
  }

  private record Async(CachingBedrockAsyncClient client) implements Caller {
    @Override
    public Caller forScope(CacheScope scope) {
      return new Async(client.forScope(scope));
    }

    @Override
    public Caller scopedBy(Function<? super BedrockRuntimeRequest, CacheScope> scopes) {
      return new Async(client.scopedBy(scopes));
    }

    @Override
    public long invalidate(ConverseRequest request) {
      return client.invalidate(request);
    }

    @Override
    public void close() {
      client.close();
    }

    @Override
    public ConverseResponse converse(ConverseRequest request) {
      try {
        return client.converse(request).join();
      } catch (CompletionException failed) {
        throw Result.<RuntimeException>unchanged(
            failed.getCause() == null ? failed : failed.getCause());
      }
    }
  }
}
