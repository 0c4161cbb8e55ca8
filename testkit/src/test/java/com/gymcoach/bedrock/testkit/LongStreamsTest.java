package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/**
 * A stream of 20,000 short deltas fits the default of {@code maxStreamBytes}: over a socket, in
 * memory and in a store.
 */
@Timeout(120)
class LongStreamsTest {
  private static final int DELTAS = 20_000;
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final String CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0";

  /** Bedrock pads each event, so that its length does not tell that of the text. */
  private static final String PADDING = ",\"p\":\"abcdefghijklm\"}";

  private final BedrockStandIn bedrock = BedrockStandIn.start();
  private final InMemoryCacheStore store = new InMemoryCacheStore();
  private final SdkAsyncHttpClient http = NettyNioAsyncHttpClient.create();
  private final BedrockRuntimeAsyncClient sdk =
      BedrockRuntimeAsyncClient.builder()
          .httpClient(http)
          .endpointOverride(bedrock.endpoint())
          .region(Region.US_EAST_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
          .build();

  /** Makes a call, and returns its events and its outcome. */
  private interface Call {
    Received over(BedrockRuntimeAsyncClient client);
  }

  private record Received(List<Object> events, CacheOutcome outcome) {}

  @AfterEach
  void stop() {
    sdk.close();
    http.close();
    bedrock.close();
  }

  @Test
  void converseStream_whenThereAreManyShortDeltas_isKeptInMemoryAndInTheStore() {
    EventFrames frames = new EventFrames().event("messageStart", "{\"role\":\"assistant\"}");
    for (int i = 0; i < DELTAS; i++) {
      frames.event(
          "contentBlockDelta",
          "{\"contentBlockIndex\":0,\"delta\":{\"text\":\" rep" + i + "\"}" + PADDING);
    }
    frames
        .event("contentBlockStop", "{\"contentBlockIndex\":0}")
        .event("messageStop", "{\"stopReason\":\"end_turn\"}")
        .event(
            "metadata",
            "{\"metrics\":{\"latencyMs\":7},\"usage\":"
                + "{\"inputTokens\":12,\"outputTokens\":20000,\"totalTokens\":20012}}");
    assertKept(frames.toBytes(), DELTAS + 4, LongStreamsTest::converse);
  }

  @Test
  void invokeModelStream_whenThereAreManyShortDeltas_isKeptInMemoryAndInTheStore() {
    EventFrames frames = new EventFrames();
    chunk(frames, "{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":12}}}");
    chunk(
        frames,
        "{\"type\":\"content_block_start\",\"index\":0,"
            + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}");
    for (int i = 0; i < DELTAS; i++) {
      chunk(
          frames,
          "{\"type\":\"content_block_delta\",\"index\":0,"
              + "\"delta\":{\"type\":\"text_delta\",\"text\":\" rep"
              + i
              + "\"}}");
    }
    chunk(frames, "{\"type\":\"content_block_stop\",\"index\":0}");
    chunk(
        frames,
        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
            + "\"usage\":{\"output_tokens\":20000}}");
    chunk(
        frames,
        "{\"type\":\"message_stop\",\"amazon-bedrock-invocationMetrics\":"
            + "{\"inputTokenCount\":12,\"outputTokenCount\":20000}}");
    assertKept(frames.toBytes(), DELTAS + 5, LongStreamsTest::invokeModel);
  }

  private static void chunk(EventFrames frames, String json) {
    frames.event("chunk", "{\"bytes\":\"" + base64(json) + "\"" + PADDING);
  }

  private static String base64(String json) {
    return Base64.getEncoder().encodeToString(json.getBytes(UTF_8));
  }

  /** Asserts that the stream is replayed from memory, and from the store by another cache. */
  private void assertKept(byte[] body, int events, Call call) {
    assertThat(body.length).isGreaterThan(3_000_000);
    bedrock.answerWith(request -> BedrockStandIn.Reply.stream(body));
    try (BedrockCache cache = BedrockCache.builder().store(store).build();
        BedrockCache other = BedrockCache.builder().store(store).build()) {
      CachingBedrockAsyncClient cached = CachingBedrockAsyncClient.create(sdk, cache);
      Received sent = call.over(cached.forScope(ALICE));
      assertThat(sent.events()).hasSize(events);
      assertThat(cache.stats().total().reasons()).isEmpty();
      assertThat(cache.stats().faults()).isEmpty();

      Received hot = call.over(cached.forScope(ALICE));
      assertThat(hot.outcome().source()).isEqualTo(CacheSource.HOT);
      assertThat(hot.events()).isEqualTo(sent.events());

      Received warm = call.over(CachingBedrockAsyncClient.create(sdk, other).forScope(ALICE));
      assertThat(warm.outcome().source()).isEqualTo(CacheSource.WARM);
      assertThat(warm.events()).isEqualTo(sent.events());
      assertThat(other.stats().hotEntries()).isEqualTo(1);
    }
    assertThat(bedrock.requests()).isEqualTo(1);
  }

  private static Received converse(BedrockRuntimeAsyncClient client) {
    Message message = Message.builder().role("user").content(ContentBlock.fromText("Go")).build();
    List<Object> events = new ArrayList<>();
    AtomicReference<@Nullable CacheOutcome> outcome = new AtomicReference<>();
    client
        .converseStream(
            ConverseStreamRequest.builder().modelId(CLAUDE).messages(message).build(),
            ConverseStreamResponseHandler.builder()
                .onResponse(response -> outcome.set(CacheOutcome.of(response)))
                .subscriber(events::add)
                .build())
        .join();
    return new Received(events, Objects.requireNonNull(outcome.get()));
  }

  private static Received invokeModel(BedrockRuntimeAsyncClient client) {
    List<Object> events = new ArrayList<>();
    AtomicReference<@Nullable CacheOutcome> outcome = new AtomicReference<>();
    client
        .invokeModelWithResponseStream(
            InvokeModelWithResponseStreamRequest.builder()
                .modelId(CLAUDE)
                .body(SdkBytes.fromUtf8String("{\"prompt\":\"Go\"}"))
                .build(),
            InvokeModelWithResponseStreamResponseHandler.builder()
                .onResponse(response -> outcome.set(CacheOutcome.of(response)))
                .subscriber(events::add)
                .build())
        .join();
    return new Received(events, Objects.requireNonNull(outcome.get()));
  }
}
