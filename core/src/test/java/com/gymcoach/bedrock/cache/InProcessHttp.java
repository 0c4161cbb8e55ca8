package com.gymcoach.bedrock.cache;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * An HTTP client without a network, for the real sync client above it. As with Apache's client, the
 * content stream of a response holds the request that it answers.
 */
final class InProcessHttp implements SdkHttpClient {
  private final IntFunction<byte[]> bodies;
  private final AtomicInteger calls = new AtomicInteger();

  /** Answers the n-th call, from 0, with the n-th body. */
  InProcessHttp(IntFunction<byte[]> bodies) {
    this.bodies = bodies;
  }

  int calls() {
    return calls.get();
  }

  BedrockRuntimeClient client() {
    return BedrockRuntimeClient.builder()
        .httpClient(this)
        .region(Region.US_EAST_1)
        .endpointOverride(URI.create("http://localhost"))
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .build();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() {
        byte[] body = bodies.apply(calls.getAndIncrement());
        return HttpExecuteResponse.builder()
            .response(
                SdkHttpResponse.builder()
                    .statusCode(200)
                    .statusText("OK")
                    .putHeader("Content-Type", "application/json")
                    .putHeader("Date", "Sun, 29 Nov 2026 12:00:00 GMT")
                    .putHeader("x-amzn-RequestId", "id-" + calls.get())
                    .putHeader("X-Amzn-Bedrock-Output-Token-Count", "34")
                    .putHeader("X-Amzn-Bedrock-Input-Token-Count", "12")
                    .build())
            .responseBody(AbortableInputStream.create(new Content(body, request)))
            .build();
      }

      @Override
      public void abort() {}
    };
  }

  @Override
  public void close() {}

  private static final class Content extends ByteArrayInputStream {
    private final HttpExecuteRequest request;

    Content(byte[] body, HttpExecuteRequest request) {
      super(body);
      this.request = request;
    }

    @Override
    public String toString() {
      return "Answer to " + request.httpRequest().getUri();
    }
  }
}
