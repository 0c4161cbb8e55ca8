package com.gymcoach.bedrock.dynamodb;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/** Answers on the thread that asks, and notes which that is. */
final class HereHttp {
  final List<Thread> calledOn = new CopyOnWriteArrayList<>();
  volatile int status = 200;

  /** Runs before each answer, on the same thread. */
  volatile Runnable before = () -> {};

  /** Runs when a sync client's call is aborted, on the SDK's thread. */
  volatile Runnable aborted = () -> {};

  /** Whether the async client's calls are answered. */
  volatile boolean answers = true;

  private void called() {
    calledOn.add(Thread.currentThread());
    before.run();
  }

  private byte[] body() {
    return (status == 200 ? "{}" : CannedHttp.Reply.error("ExpiredTokenException").body())
        .getBytes(StandardCharsets.UTF_8);
  }

  private SdkHttpResponse head() {
    return SdkHttpResponse.builder()
        .statusCode(status)
        .putHeader("Content-Type", "application/x-amz-json-1.0")
        .build();
  }

  SdkAsyncHttpClient async() {
    return new Async();
  }

  SdkHttpClient sync() {
    return new Sync();
  }

  private final class Async implements SdkAsyncHttpClient {
    @Override
    public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
      called();
      if (answers) {
        ByteBuffer body = ByteBuffer.wrap(body());
        request.responseHandler().onHeaders(head());
        request
            .responseHandler()
            .onStream(SdkPublisher.adapt(subscriber -> Once.to(subscriber, body)));
      }
      return new CompletableFuture<>();
    }

    @Override
    public void close() {}
  }

  private final class Sync implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          called();
          return HttpExecuteResponse.builder()
              .response(head())
              .responseBody(AbortableInputStream.create(new ByteArrayInputStream(body())))
              .build();
        }

        @Override
        public void abort() {
          aborted.run();
        }
      };
    }

    @Override
    public void close() {}
  }
}
