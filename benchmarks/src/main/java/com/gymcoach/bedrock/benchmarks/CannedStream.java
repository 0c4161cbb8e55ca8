package com.gymcoach.bedrock.benchmarks;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** An HTTP client that answers at once with a stream of 200 events, ten in each piece. */
final class CannedStream implements SdkAsyncHttpClient {
  static final int EVENTS = 200;

  private static final int A_PIECE = 10;
  private static final SdkHttpResponse OK =
      SdkHttpResponse.builder()
          .statusCode(200)
          .putHeader("Content-Type", "application/vnd.amazon.eventstream")
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

  private static List<byte[]> pieces() {
    List<byte[]> frames = new ArrayList<>();
    frames.add(frame("messageStart", "{\"role\":\"assistant\"}"));
    for (int i = 4; i < EVENTS; i++) {
      frames.add(
          frame(
              "contentBlockDelta",
              "{\"contentBlockIndex\":0,\"delta\":{\"text\":\" sentence " + i + "\"}}"));
    }
    frames.add(frame("contentBlockStop", "{\"contentBlockIndex\":0}"));
    frames.add(frame("messageStop", "{\"stopReason\":\"end_turn\"}"));
    frames.add(
        frame(
            "metadata",
            "{\"usage\":{\"inputTokens\":9,\"outputTokens\":400,\"totalTokens\":409}}"));
    List<byte[]> pieces = new ArrayList<>();
    for (int i = 0; i < frames.size(); i += A_PIECE) {
      ByteBuffer piece = ByteBuffer.allocate(16_384);
      frames.subList(i, Math.min(frames.size(), i + A_PIECE)).forEach(piece::put);
      byte[] bytes = new byte[piece.position()];
      piece.flip().get(bytes);
      pieces.add(bytes);
    }
    return pieces;
  }

  private static byte[] frame(String type, String json) {
    ByteBuffer buffer =
        new Message(
                Map.of(
                    ":event-type", HeaderValue.fromString(type),
                    ":content-type", HeaderValue.fromString("application/json"),
                    ":message-type", HeaderValue.fromString("event")),
                json.getBytes(StandardCharsets.UTF_8))
            .toByteBuffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
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
