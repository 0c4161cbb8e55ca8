package com.gymcoach.bedrock.dynamodb;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** HTTP clients whose calls cannot be ended, and a Bedrock in this JVM. */
final class DeafHttp {
  private DeafHttp() {}

  /** Passes on to a client, and ignores {@code abort}. */
  record Sync(SdkHttpClient real, Runnable before) implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      ExecutableHttpRequest works = real.prepareRequest(request);
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() throws IOException {
          before.run();
          return works.call();
        }

        @Override
        public void abort() {}
      };
    }

    @Override
    public void close() {
      real.close();
    }
  }

  /** Passes on to a client, or returns a future that never completes. */
  record Async(SdkAsyncHttpClient real, BooleanSupplier hangs) implements SdkAsyncHttpClient {
    @Override
    public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
      return hangs.getAsBoolean() ? new CompletableFuture<>() : real.execute(request);
    }

    @Override
    public void close() {
      real.close();
    }
  }

  /** Bedrock in this JVM. */
  record AtOnce() implements BedrockRuntimeClient {
    @Override
    public ConverseResponse converse(ConverseRequest request) {
      return ConverseResponse.builder()
          .output(o -> o.message(m -> m.role("assistant").content(ContentBlock.fromText("yes"))))
          .stopReason(StopReason.END_TURN)
          .build();
    }

    @Override
    public String serviceName() {
      return "bedrock";
    }

    @Override
    public void close() {}
  }
}
