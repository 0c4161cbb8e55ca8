package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

/** A client of the SDK's over each of its HTTP clients, and what a caller asks of it. */
@SuppressWarnings("deprecation") // Apache 4 is deprecated by the SDK, and services use it
enum RealClient {
  APACHE4 {
    @Override
    Caller over(URI endpoint, AwsCredentials credentials) {
      return sync(ApacheHttpClient.create(), endpoint, credentials);
    }
  },
  APACHE5 {
    @Override
    Caller over(URI endpoint, AwsCredentials credentials) {
      return sync(Apache5HttpClient.create(), endpoint, credentials);
    }
  },
  URL_CONNECTION {
    @Override
    Caller over(URI endpoint, AwsCredentials credentials) {
      return sync(UrlConnectionHttpClient.create(), endpoint, credentials);
    }
  },
  CRT_SYNC {
    @Override
    Caller over(URI endpoint, AwsCredentials credentials) {
      return sync(AwsCrtHttpClient.create(), endpoint, credentials);
    }
  },
  CRT_ASYNC {
    @Override
    Caller over(URI endpoint, AwsCredentials credentials) {
      return async(AwsCrtAsyncHttpClient.create(), endpoint, credentials);
    }
  },
  NETTY {
    @Override
    Caller over(URI endpoint, AwsCredentials credentials) {
      return async(
          NettyNioAsyncHttpClient.builder().eventLoopGroup(Loops.SHARED).build(),
          endpoint,
          credentials);
    }
  };

  /** Netty's threads: to close them takes 2 s. */
  private static final class Loops {
    static final SdkEventLoopGroup SHARED = SdkEventLoopGroup.builder().numberOfThreads(2).build();

    private Loops() {}
  }

  /** Returns a client; closing it closes the HTTP client that it was made with. */
  abstract Caller over(URI endpoint, AwsCredentials credentials);

  private static Caller sync(SdkHttpClient http, URI endpoint, AwsCredentials credentials) {
    return new Sync(
        http,
        BedrockRuntimeClient.builder()
            .httpClient(http)
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(credentials))
            .build());
  }

  private static Caller async(SdkAsyncHttpClient http, URI endpoint, AwsCredentials credentials) {
    return new Async(
        http,
        BedrockRuntimeAsyncClient.builder()
            .httpClient(http)
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(credentials))
            .build());
  }

  /** Calls Bedrock through a cache, or bare, and waits for what comes. */
  interface Caller extends AutoCloseable {
    /** Makes the call of the request's operation; null for a stream's answer. */
    @Nullable SdkResponse call(@Nullable BedrockCache cache, CacheScope scope, Object request);

    @Override
    void close();
  }

  private record Sync(SdkHttpClient http, BedrockRuntimeClient bare) implements Caller {
    @Override
    public SdkResponse call(@Nullable BedrockCache cache, CacheScope scope, Object request) {
      BedrockRuntimeClient client =
          cache == null ? bare : CachingBedrockClient.create(bare, cache).forScope(scope);
      return request instanceof ConverseRequest converse
          ? client.converse(converse)
          : client.invokeModel((InvokeModelRequest) request);
    }

    @Override
    public void close() {
      bare.close();
      http.close();
    }
  }

  private record Async(SdkAsyncHttpClient http, BedrockRuntimeAsyncClient bare) implements Caller {
    @Override
    public @Nullable SdkResponse call(
        @Nullable BedrockCache cache, CacheScope scope, Object request) {
      BedrockRuntimeAsyncClient client =
          cache == null ? bare : CachingBedrockAsyncClient.create(bare, cache).forScope(scope);
      if (request instanceof ConverseRequest converse) {
        return client.converse(converse).join();
      } else if (request instanceof InvokeModelRequest invoke) {
        return client.invokeModel(invoke).join();
      } else if (request instanceof ConverseStreamRequest stream) {
        client
            .converseStream(
                stream, ConverseStreamResponseHandler.builder().subscriber(event -> {}).build())
            .join();
      } else {
        client
            .invokeModelWithResponseStream(
                (InvokeModelWithResponseStreamRequest) request,
                InvokeModelWithResponseStreamResponseHandler.builder()
                    .subscriber(event -> {})
                    .build())
            .join();
      }
      return null;
    }

    @Override
    public void close() {
      bare.close();
      http.close();
    }
  }
}
