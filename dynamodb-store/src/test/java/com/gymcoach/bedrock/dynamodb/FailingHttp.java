package com.gymcoach.bedrock.dynamodb;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/** HTTP clients that fail before anything is sent. */
final class FailingHttp {
  private FailingHttp() {}

  /** Passes on to a client that works, or fails as it is told. */
  static final class Sync implements SdkHttpClient {
    private final SdkHttpClient works = Apache5HttpClient.create();
    volatile @Nullable Throwable failure;

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      Throwable thrown = failure;
      if (thrown != null) {
        FailingHttp.<RuntimeException>sneak(thrown);
      }
      return works.prepareRequest(request);
    }

    @Override
    public void close() {
      works.close();
    }
  }

  /** The same, of an async client; one that was told nothing to fail with never completes. */
  static final class Async implements SdkAsyncHttpClient {
    private final SdkAsyncHttpClient works = SdkHttp.netty().build();
    volatile boolean fails;
    volatile @Nullable Throwable failure;

    @Override
    public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
      Throwable thrown = failure;
      if (thrown != null) {
        FailingHttp.<RuntimeException>sneak(thrown);
      }
      return fails ? new CompletableFuture<>() : works.execute(request);
    }

    @Override
    public void close() {
      works.close();
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable failure) throws E {
    throw (E) failure;
  }
}
