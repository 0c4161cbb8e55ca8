package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.EventFrames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/**
 * Answers of several megabytes through real clients of Bedrock and DynamoDB: kept in the table in
 * parts, and found there by another process.
 */
class LargeAnswersTest extends WarmTierFixture {
  private static final CacheScope IMAGES = CacheScope.user("alice").endpoint("images");
  private static final InvokeModelRequest IMAGE =
      InvokeModelRequest.builder()
          .modelId("amazon.nova-canvas-v1:0")
          .contentType("application/json")
          .body(SdkBytes.fromUtf8String("{\"taskType\":\"TEXT_IMAGE\"}"))
          .build();

  /** The bytes of an image whose answer has 3.5 MB: Base64 is a third longer. */
  private static final int IMAGE_BYTES = 2_625_000;

  private final BedrockRuntimeClient sync =
      Dynamo.configured(BedrockRuntimeClient.builder(), bedrock.endpoint())
          .httpClient(Apache5HttpClient.create())
          .build();
  private final BedrockRuntimeAsyncClient async =
      Dynamo.configured(BedrockRuntimeAsyncClient.builder(), bedrock.endpoint())
          .httpClientBuilder(SdkHttp.netty())
          .build();

  LargeAnswersTest() {
    super(Way.SYNC);
    open.add(sync);
    open.add(async);
  }

  static Stream<Arguments> clients() {
    return Stream.of(Way.values())
        .flatMap(way -> Stream.of(Kind.values()).map(kind -> Arguments.of(way, kind)));
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(42).nextBytes(bytes);
    return bytes;
  }

  private static Reply image(int bytes) {
    return Reply.json(
        "{\"images\":[\""
            + Base64.getEncoder().encodeToString(bytes(bytes))
            + "\"],\"error\":null}");
  }

  /** A cache of a process: it has nothing in memory. */
  private BedrockCache process(Kind kind) {
    return cache(throughProxy(kind).maxEnvelopeBytes(EntryParts.MAX_BYTES));
  }

  private InvokeModelResponse ask(Way way, BedrockCache cache) {
    return way == Way.SYNC
        ? CachingBedrockClient.create(sync, cache).forScope(IMAGES).invokeModel(IMAGE)
        : CachingBedrockAsyncClient.create(async, cache).forScope(IMAGES).invokeModel(IMAGE).join();
  }

  private static void assertIs(Reply reply, InvokeModelResponse response, CacheSource source) {
    assertThat(Arrays.equals(response.body().asByteArrayUnsafe(), reply.body())).isTrue();
    assertThat(CacheOutcome.of(response).source()).isEqualTo(source);
  }

  @ParameterizedTest
  @MethodSource("clients")
  void invokeModel_ofAnImage_isFoundByAnotherProcessByteForByte(Way way, Kind kind) {
    Reply reply = image(IMAGE_BYTES);
    assertThat(reply.body()).hasSizeBetween(3_400_000, 3_600_000);
    bedrock.answerWith(request -> reply);
    BedrockCache first = process(kind);
    assertIs(reply, ask(way, first), CacheSource.BEDROCK);
    BedrockCache second = process(kind);
    assertIs(reply, ask(way, second), CacheSource.WARM);
    assertIs(reply, ask(way, second), CacheSource.HOT);
    assertThat(bedrock.requests()).isEqualTo(1);
    assertThat(faults(first)).isEmpty();
    assertThat(faults(second)).isEmpty();
    assertThat(items()).hasSizeGreaterThan(5);
  }

  /** 3.9 MB even after compression, which takes a quarter off Base64. */
  @ParameterizedTest
  @EnumSource(Way.class)
  void invokeModel_ofAnImageThatAlmostFillsTheLimit_isFound(Way way) {
    Reply reply = image(3_900_000);
    bedrock.answerWith(request -> reply);
    assertIs(reply, ask(way, process(Kind.SYNC)), CacheSource.BEDROCK);
    assertThat(items()).hasSize(1 + 11);
    assertIs(reply, ask(way, process(Kind.ASYNC)), CacheSource.WARM);
  }

  @ParameterizedTest
  @MethodSource("clients")
  void invokeModel_ofMoreThanTheLimit_isKeptInMemoryOnlyAndCounted(Way way, Kind kind) {
    Reply reply = image(4_300_000);
    bedrock.answerWith(request -> reply);
    BedrockCache cache = process(kind);
    assertIs(reply, ask(way, cache), CacheSource.BEDROCK);
    assertIs(reply, ask(way, cache), CacheSource.HOT);
    assertThat(items()).isEmpty();
    assertThat(faults(cache)).isEqualTo(Map.of(CacheFault.ENTRY_TOO_LARGE, 1L));
  }

  /** It is sealed before it is split: nothing of it can be read, and it is opened as one. */
  @Test
  void invokeModel_ofASealedImage_isFoundByAnotherProcess() {
    Reply reply = image(IMAGE_BYTES);
    bedrock.answerWith(request -> reply);
    byte[] key = new byte[32];
    for (CacheSource source : List.of(CacheSource.BEDROCK, CacheSource.WARM)) {
      BedrockCache cache =
          closing(
              BedrockCache.builder()
                  .store(
                      Dynamo.store(table)
                          .client(dynamo())
                          .maxEnvelopeBytes(EntryParts.MAX_BYTES)
                          .build())
                  .sealer(EntrySealer.aes256Gcm(1, key))
                  .build());
      assertIs(reply, ask(Way.SYNC, cache), source);
      assertThat(faults(cache)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void invalidate_ofALargeEntry_reportsOneAndLeavesNothing(Way way, Kind kind) {
    Reply reply = image(IMAGE_BYTES);
    bedrock.answerWith(request -> reply);
    BedrockCache first = process(kind);
    assertIs(reply, ask(way, first), CacheSource.BEDROCK);
    assertThat(process(kind).invalidate(IMAGES)).isEqualTo(1);
    assertThat(items().keySet()).allMatch(key -> key.endsWith(" M"));
    assertIs(reply, ask(way, process(kind)), CacheSource.BEDROCK);
    assertThat(bedrock.requests()).isEqualTo(2);
  }

  /** A stream of 3.5 MB: 450 deltas that cannot be compressed much. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void converseStream_ofSeveralMegabytes_isFoundByAnotherProcessEventForEvent(Kind kind)
      throws Exception {
    byte[] text = bytes(2_800_000);
    EventFrames frames = new EventFrames().event("messageStart", "{\"role\":\"assistant\"}");
    for (int i = 0; i < 350; i++) {
      String delta =
          Base64.getEncoder().encodeToString(Arrays.copyOfRange(text, 8_000 * i, 8_000 * (i + 1)));
      frames.event(
          "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"" + delta + "\"}}");
    }
    frames
        .event("contentBlockStop", "{\"contentBlockIndex\":0}")
        .event("messageStop", "{\"stopReason\":\"end_turn\"}")
        .event(
            "metadata",
            "{\"metrics\":{\"latencyMs\":9},"
                + "\"usage\":{\"inputTokens\":3,\"outputTokens\":4,\"totalTokens\":7}}");
    bedrock.answerWith(request -> Reply.stream(frames.toBytes()));
    Got sent = stream(async);
    Got first = stream(cached(streaming(kind)));
    Got second = stream(cached(streaming(kind)));
    assertThat(bedrock.requests()).isEqualTo(2);
    assertThat(sent.events).hasSize(354);
    assertThat(first.events.equals(sent.events)).isTrue();
    assertThat(second.events.equals(sent.events)).isTrue();
    assertThat(first.source()).isEqualTo(CacheSource.BEDROCK);
    assertThat(second.source()).isEqualTo(CacheSource.WARM);
    assertThat(items()).hasSizeGreaterThan(5);
  }

  private BedrockCache streaming(Kind kind) {
    return closing(
        BedrockCache.builder()
            .store(
                throughProxy(kind)
                    .readBudget(Dynamo.PATIENT)
                    .writeBudget(Dynamo.PATIENT)
                    .maxEnvelopeBytes(EntryParts.MAX_BYTES)
                    .build())
            .timeSource(time)
            .maxStreamBytes(32 << 20)
            .build());
  }

  private BedrockRuntimeAsyncClient cached(BedrockCache cache) {
    return CachingBedrockAsyncClient.create(async, cache).forScope(ALICE);
  }

  /** The response and events that reached a stream's caller. */
  private static final class Got {
    private final List<Object> events = new ArrayList<>();
    private @Nullable AwsResponse response;

    CacheSource source() {
      return Objects.requireNonNull(CacheOutcome.of(Objects.requireNonNull(response)).source());
    }
  }

  private static Got stream(BedrockRuntimeAsyncClient client) throws Exception {
    Got got = new Got();
    Message message =
        Message.builder().role("user").content(ContentBlock.fromText("Write a book")).build();
    client
        .converseStream(
            r -> r.modelId("anthropic.claude-3-haiku-20240307-v1:0").messages(message),
            ConverseStreamResponseHandler.builder()
                .onResponse(response -> got.response = response)
                .subscriber(got.events::add)
                .build())
        .get(60, TimeUnit.SECONDS);
    return got;
  }
}
