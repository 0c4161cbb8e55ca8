package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/**
 * The HTTP client of real SDK clients, sync and async. It keeps each request as it was about to go
 * over the wire, and gives numbered answers to Converse, InvokeModel and ConverseStream.
 */
final class EchoHttp implements SdkHttpClient, SdkAsyncHttpClient {
  /** A request as it leaves the SDK. */
  record Sent(SdkHttpRequest http, String body) {}

  final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
  final AtomicInteger closes = new AtomicInteger();

  /** What Converse answers to the n-th request, from 1. */
  volatile IntFunction<String> converse = n -> converse("{\"text\":\"answer " + n + "\"}");

  /** What ConverseStream answers to the n-th request, from 1. */
  volatile IntFunction<List<byte[]>> stream = n -> Frames.answer("answer " + n);

  /** Returns an answer of Converse with this content. */
  static String converse(String blocks) {
    return "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":["
        + blocks
        + "]}},\"stopReason\":\"end_turn\",\"usage\":"
        + "{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3}}";
  }

  int calls() {
    return sent.size();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        byte[] body = {};
        if (request.contentStreamProvider().isPresent()) {
          ContentStreamProvider content = request.contentStreamProvider().get();
          try (InputStream in = content.newStream()) {
            body = in.readAllBytes();
          }
        }
        byte[] answer = answer(request.httpRequest(), new String(body, UTF_8));
        return HttpExecuteResponse.builder()
            .response(head(request.httpRequest()))
            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer)))
            .build();
      }

      @Override
      public void abort() {}
    };
  }

  @Override
  public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    return SdkPublisher.adapt(request.requestContentPublisher())
        .subscribe(buffer -> append(body, buffer))
        .thenCompose(
            nothing -> {
              byte[] answer = answer(request.request(), body.toString(UTF_8));
              request.responseHandler().onHeaders(head(request.request()));
              CannedHttp.Body answered = CannedHttp.Body.of(List.of(answer));
              request.responseHandler().onStream(answered);
              return answered.done;
            });
  }

  private static void append(ByteArrayOutputStream to, ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    to.writeBytes(bytes);
  }

  private byte[] answer(SdkHttpRequest request, String body) {
    sent.add(new Sent(request, body));
    int n = sent.size();
    if (isStream(request)) {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      stream.apply(n).forEach(frames::writeBytes);
      return frames.toByteArray();
    }
    String json =
        request.encodedPath().endsWith("/converse")
            ? converse.apply(n)
            : "{\"content\":[{\"type\":\"text\",\"text\":\"answer "
                + n
                + "\"}],\"stop_reason\":\"end_turn\",\"type\":\"message\"}";
    return json.getBytes(UTF_8);
  }

  private static boolean isStream(SdkHttpRequest request) {
    return request.encodedPath().endsWith("-stream");
  }

  private static SdkHttpFullResponse head(SdkHttpRequest request) {
    return SdkHttpFullResponse.builder()
        .statusCode(200)
        .statusText("OK")
        .putHeader(
            "Content-Type",
            isStream(request) ? "application/vnd.amazon.eventstream" : "application/json")
        .putHeader("x-amzn-RequestId", "id-1")
        .build();
  }

  @Override
  public String clientName() {
    return "echo";
  }

  @Override
  public void close() {
    closes.incrementAndGet();
  }
}
