package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CannedHttp.Body;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.PayloadPart;

/** Streams through the real SDK client, over an HTTP client that plays Bedrock. */
@Timeout(60)
class StreamsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("chat");

  private final FakeStore store = new FakeStore();
  private final CannedHttp http = CannedHttp.always(Frames.answer("Squat ", "deep", "."));
  private final BedrockCache cache = BedrockCache.builder().store(store).build();

  static ConverseStreamRequest ask(String text) {
    Message message = Message.builder().role("user").content(ContentBlock.fromText(text)).build();
    return ConverseStreamRequest.builder()
        .modelId("amazon.nova-micro-v1:0")
        .messages(message)
        .build();
  }

  @AfterEach
  void close() {
    cache.close();
  }

  private Listener call(BedrockCache through, CacheScope scope) {
    Listener listener = Listener.eager();
    CachingBedrockAsyncClient.create(http.client(), through)
        .forScope(scope)
        .converseStream(ask("How deep?"), listener)
        .join();
    return listener;
  }

  private Listener bare() {
    Listener listener = Listener.eager();
    http.client().converseStream(ask("How deep?"), listener).join();
    return listener;
  }

  @Test
  void converseStream_missHotHitAndWarmHit_areWhatTheBareClientGives() {
    Listener bare = bare();
    Listener miss = call(cache, ALICE);
    Listener hot = call(cache, ALICE);
    Listener warm;
    try (BedrockCache other = BedrockCache.builder().store(store).build()) {
      warm = call(other, ALICE);
    }
    assertThat(http.calls()).isEqualTo(2);
    assertThat(miss.outcome().status()).isEqualTo(Status.MISS);
    assertThat(hot.outcome().source()).isEqualTo(CacheSource.HOT);
    assertThat(warm.outcome().source()).isEqualTo(CacheSource.WARM);
    for (Listener each : List.of(miss, hot, warm)) {
      assertThat(each.events).isEqualTo(bare.events);
      assertThat(each.story()).isEqualTo(bare.story());
      assertThat(each.response().sdkHttpResponse().statusText()).contains("OK");
      assertThat(each.response().responseMetadata().requestId()).isEqualTo("id-2");
    }
    assertThat(bare.story()).startsWith("response", "stream").endsWith("end", "complete");
  }

  @Test
  void converseStream_whenAnotherUserAsks_goesToBedrock() {
    call(cache, ALICE);
    assertThat(call(cache, BOB).outcome().status()).isEqualTo(Status.MISS);
    assertThat(http.calls()).isEqualTo(2);
  }

  @Test
  void converseStream_whenInvalidated_goesToBedrock() {
    call(cache, ALICE);
    assertThat(cache.invalidate(ALICE)).isEqualTo(1);
    assertThat(call(cache, ALICE).outcome().status()).isEqualTo(Status.MISS);
  }

  @Test
  void converseStream_whenInvalidatedOnItsWay_isServedToNobodyLater() {
    Listener first = Listener.eager().doing(event -> cache.invalidate(ALICE));
    CachingBedrockAsyncClient.create(http.client(), cache)
        .forScope(ALICE)
        .converseStream(ask("How deep?"), first)
        .join();
    assertThat(first.heard).endsWith("end", "complete");
    assertThat(call(cache, ALICE).outcome().status()).isEqualTo(Status.MISS);
    assertThat(store.writes).hasValue(1);
  }

  @Test
  void converseStream_whenNoScope_passesThroughAndSaysSo() {
    Listener listener = Listener.eager();
    CachingBedrockAsyncClient.create(http.client(), cache)
        .converseStream(ask("How deep?"), listener)
        .join();
    assertThat(listener.outcome()).hasToString("BYPASS, SCOPE_MISSING");
    assertThat(listener.story()).isEqualTo(bare().story());
    assertThat(store.reads).hasValue(0);
  }

  @Test
  void converseStream_byConverse_isAnotherAnswer() {
    call(cache, ALICE);
    assertThat(cache.stats().hotEntries()).isEqualTo(1);
    CachingBedrockAsyncClient client = CachingBedrockAsyncClient.create(http.client(), cache);
    client.forScope(ALICE).converse(FakeBedrock.ask("How deep?")).cancel(true);
    assertThat(http.calls()).isGreaterThan(1);
  }

  @Test
  void onlyIfCached_whenAbsent_failsWithoutCallingBedrock() {
    Listener listener = Listener.eager();
    CompletableFuture<Void> call =
        CachingBedrockAsyncClient.create(http.client(), cache)
            .forScope(ALICE)
            .converseStream(CacheControl.ONLY_IF_CACHED.applyTo(ask("How deep?")), listener);
    assertThat(call)
        .isCompletedExceptionally()
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(CacheMissException.class);
    assertThat(listener.story()).containsExactly("exception CacheMissException");
    assertThat(http.calls()).isZero();
  }

  @Test
  void allFormsOfHandlers_hearTheSameFromTheCacheAsFromBedrock() {
    for (boolean cached : new boolean[] {false, true}) {
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(http.client(), cache).forScope(ALICE);
      StringBuilder visited = new StringBuilder();
      StringBuilder consumed = new StringBuilder();
      StringBuilder transformed = new StringBuilder();
      client
          .converseStream(
              ask("visitor"),
              ConverseStreamResponseHandler.builder()
                  .onResponse(response -> visited.append(CacheOutcome.of(response).cached()))
                  .subscriber(
                      ConverseStreamResponseHandler.Visitor.builder()
                          .onContentBlockDelta(delta -> visited.append(delta.delta().text()))
                          .onMetadata(m -> visited.append(m.usage().outputTokens()))
                          .build())
                  .onComplete(() -> visited.append('!'))
                  .build())
          .join();
      client
          .converseStream(
              ask("consumer"),
              ConverseStreamResponseHandler.builder()
                  .subscriber((ConverseStreamOutput event) -> consumed.append(event.sdkEventType()))
                  .build())
          .join();
      client
          .converseStream(
              ask("transformer"),
              ConverseStreamResponseHandler.builder()
                  .publisherTransformer(p -> p.filter(e -> true).limit(2))
                  .subscriber(event -> transformed.append(event.sdkEventType()))
                  .build())
          .join();
      assertThat(visited).hasToString(cached + "Squat deep.34!");
      assertThat(consumed)
          .hasToString(
              "messageStart"
                  + "contentBlockDelta".repeat(3)
                  + "contentBlockStopmessageStopmetadata");
      assertThat(transformed).hasToString("messageStartcontentBlockDelta");
    }
    // The transformer cancels after two events, which is no whole answer.
    assertThat(http.calls()).isEqualTo(4);
  }

  @Test
  void invokeModelStream_missAndHit_replayTheChunksByteForByte() {
    List<byte[]> frames =
        List.of(
            Frames.chunk("{\"generation\": \"Squat \",\"stop_reason\":null}"),
            Frames.chunk(
                "{\"generation\":\"deep.\",\"stop_reason\":\"stop\","
                    + "\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":9}}"));
    CannedHttp llama = CannedHttp.always(frames);
    CachingBedrockAsyncClient client =
        CachingBedrockAsyncClient.create(llama.client(), cache).forScope(ALICE);
    StringBuilder chunks = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      chunks.setLength(0);
      client
          .invokeModelWithResponseStream(
              r ->
                  r.modelId("meta.llama3-8b-instruct-v1:0")
                      .body(SdkBytes.fromUtf8String("{\"prompt\":\"How deep?\"}")),
              InvokeModelWithResponseStreamResponseHandler.builder()
                  .subscriber(e -> chunks.append(((PayloadPart) e).bytes().asUtf8String()))
                  .build())
          .join();
      assertThat(chunks.toString()).startsWith("{\"generation\": \"Squat \"").contains("deep.");
    }
    assertThat(llama.calls()).isEqualTo(1);
  }

  @Test
  void close_whileStreaming_callerGetsAll() {
    Body body = Body.open();
    CannedHttp slow = new CannedHttp(n -> body);
    Listener listener = Listener.eager();
    CompletableFuture<Void> call =
        CachingBedrockAsyncClient.create(slow.client(), cache)
            .forScope(ALICE)
            .converseStream(ask("How deep?"), listener);
    List<byte[]> frames = Frames.answer("one", "two");
    body.push(frames.get(0));
    cache.close();
    frames.subList(1, frames.size()).forEach(body::push);
    body.end();
    call.join();
    assertThat(listener.events).hasSize(frames.size());
  }
}
