package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.testkit.EventFrames;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/** An HTTP client that answers at once with a stream of 200 events, ten in each piece. */
final class CannedStream implements SdkAsyncHttpClient {
  static final int EVENTS = 200;

  private static final int A_PIECE = 10;
  private static final SdkHttpResponse OK =
      SdkHttpResponse.builder()
          .statusCode(200)
          .putHeader("Content-Type", EventFrames.CONTENT_TYPE)
          .putHeader("x-amzn-RequestId", "id")
          .build();

  private final List<byte[]> pieces = pieces();

  /** Returns the SDK's own client over this, on the thread that calls it. */
  BedrockRuntimeAsyncClient client() {
    return BedrockRuntimeAsyncClient.builder()
        .httpClient(this)
        .region(Region.US_EAST_1)
        .endpointOverride(URI.create("http://localhost"))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
        .asyncConfiguration(
            c ->
                c.advancedOption(
                    SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
        .build();
  }

  /** Returns the stream in one piece. */
  static byte[] body() {
    EventFrames frames = new EventFrames();
    frames.event("messageStart", "{\"role\":\"assistant\"}");
    for (int i = 4; i < EVENTS; i++) {
      frames.event(
          "contentBlockDelta",
          "{\"contentBlockIndex\":0,\"delta\":{\"text\":\" sentence " + i + "\"}}");
    }
    frames.event("contentBlockStop", "{\"contentBlockIndex\":0}");
    frames.event("messageStop", "{\"stopReason\":\"end_turn\"}");
    frames.event(
        "metadata", "{\"usage\":{\"inputTokens\":9,\"outputTokens\":400,\"totalTokens\":409}}");
    return frames.toBytes();
  }

  private static List<byte[]> pieces() {
    List<byte[]> each = EventFrames.split(body());
    List<byte[]> pieces = new ArrayList<>();
    for (int i = 0; i < each.size(); i += A_PIECE) {
      ByteArrayOutputStream piece = new ByteArrayOutputStream();
      each.subList(i, Math.min(each.size(), i + A_PIECE)).forEach(piece::writeBytes);
      pieces.add(piece.toByteArray());
    }
    return pieces;
  }

  @Override
  public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    request.responseHandler().onHeaders(OK);
    request
        .responseHandler()
        .onStream(
            SdkPublisher.fromIterable(pieces)
                .map(ByteBuffer::wrap)
                .doAfterOnComplete(() -> done.complete(null)));
    return done;
  }

  @Override
  public void close() {}
}
