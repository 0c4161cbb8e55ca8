package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.Explanation.Cause;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensResponse;
import software.amazon.awssdk.services.bedrockruntime.model.GetAsyncInvokeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Explanations of other operations than Converse, and what explaining must not do to a call. */
class ExplainedOperationsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder().timeSource(time).explains(50);
  }

  private static ConverseStreamRequest explained(String text) {
    return CacheControl.EXPLAIN.applyTo(StreamsTest.ask(text));
  }

  private static CacheOutcome stream(CachingBedrockAsyncClient client, String text) {
    Listener listener = Listener.eager();
    client.forScope(ALICE).converseStream(explained(text), listener).join();
    return CacheOutcome.of(Objects.requireNonNull(listener.response()));
  }

  @Test
  void stream_isExplainedWithItsFirstResponse() {
    BedrockCache cache = builder().executor(Runnable::run).build();
    CannedHttp http = CannedHttp.always(Frames.answer("Squat ", "deep", "."));
    CachingBedrockAsyncClient client = CachingBedrockAsyncClient.create(http.client(), cache);
    assertThat(stream(client, "How deep?").explanation().orElseThrow().cause())
        .isEqualTo(Cause.NOT_SEEN);
    assertThat(stream(client, "How deep?").explanation()).isEmpty(); // a hit
    Explanation why = cache.explain(explained("How wide?"), ALICE);
    assertThat(stream(client, "How wide?").explanation()).contains(why);
    assertThat(why.paths()).containsExactly("messages[0].content[0].text");
    assertThat(why.call().operation()).isEqualTo("ConverseStream");
  }

  @Test
  void stream_whoseRequestWasKeptAsAWhole_differsInTheOperation() {
    BedrockCache cache = builder().build();
    EchoHttp http = new EchoHttp();
    CachingBedrockAsyncClient client =
        CachingBedrockAsyncClient.create(SdkClients.async(http, Configurations.PLAIN), cache);
    assertThat(client.forScope(ALICE).converse(ask("one")).join()).isNotNull();
    assertThat(stream(client, "one").explanation().orElseThrow().paths())
        .containsExactly("operation");
  }

  private static InvokeModelRequest invoke(String content) {
    return InvokeModelRequest.builder()
        .modelId(MODEL)
        .body(
            SdkBytes.fromUtf8String(
                "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":9,\"messages\":"
                    + "[{\"role\":\"user\",\"content\":\"%s\"}]}".formatted(content)))
        .build();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void invokeModel_isExplainedByThePathInItsBody(boolean async) {
    BedrockCache cache = builder().build();
    EchoHttp http = new EchoHttp();
    InvokeModelRequest other = CacheControl.EXPLAIN.applyTo(invoke("two"));
    CacheOutcome outcome;
    if (async) {
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(SdkClients.async(http, Configurations.PLAIN), cache)
              .forScope(ALICE);
      assertThat(client.invokeModel(invoke("one")).join()).isNotNull();
      outcome = CacheOutcome.of(client.invokeModel(other).join());
    } else {
      CachingBedrockClient client =
          CachingBedrockClient.create(SdkClients.sync(http, Configurations.PLAIN), cache)
              .forScope(ALICE);
      client.invokeModel(invoke("one"));
      outcome = CacheOutcome.of(client.invokeModel(other));
    }
    assertThat(outcome.explanation().orElseThrow().paths())
        .containsExactly("body.messages[0].content");
    assertThat(cache.explain(invoke("one"), ALICE).cause()).isEqualTo(Cause.CACHED);
  }

  /** Counts tokens, all of them alike. */
  private static final class Counting implements BedrockRuntimeClient {
    @Override
    public CountTokensResponse countTokens(CountTokensRequest request) {
      return CountTokensResponse.builder().inputTokens(17).build();
    }

    @Override
    public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
      return new FakeBedrock().serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private static CountTokensRequest count(String content) {
    return CountTokensRequest.builder()
        .modelId(MODEL)
        .input(i -> i.invokeModel(t -> t.body(invoke(content).body())))
        .build();
  }

  @Test
  void optionalOperation_isExplainedIfItIsCached() {
    BedrockCache cache = builder().alsoCaches(OptionalOperation.COUNT_TOKENS).build();
    CachingBedrockClient client =
        CachingBedrockClient.create(new Counting(), cache).forScope(ALICE);
    client.countTokens(count("one"));
    CacheOutcome outcome =
        CacheOutcome.of(client.countTokens(CacheControl.EXPLAIN.applyTo(count("two"))));
    assertThat(outcome.explanation().orElseThrow().paths())
        .containsExactly("input.invokeModel.body.messages[0].content");
  }

  @Test
  void explain_ofEachCachedOperation_isPossible() {
    BedrockCache cache =
        builder()
            .alsoCaches(
                OptionalOperation.COUNT_TOKENS,
                OptionalOperation.APPLY_GUARDRAIL,
                OptionalOperation.INVOKE_GUARDRAIL_CHECKS)
            .build();
    assertThat(
            List.of(
                cache.explain(ask("one"), ALICE),
                cache.explain(StreamsTest.ask("one"), ALICE),
                cache.explain(invoke("one"), ALICE),
                cache.explain(
                    InvokeModelWithResponseStreamRequest.builder()
                        .modelId(MODEL)
                        .body(invoke("one").body())
                        .build(),
                    ALICE),
                cache.explain(count("one"), ALICE),
                cache.explain(
                    ApplyGuardrailRequest.builder()
                        .guardrailIdentifier("g")
                        .guardrailVersion("1")
                        .build(),
                    ALICE),
                cache.explain(InvokeGuardrailChecksRequest.builder().build(), ALICE)))
        .extracting(why -> why.call().operation() + " " + why.cause())
        .containsExactly(
            "Converse NOT_SEEN",
            "ConverseStream NOT_SEEN",
            "InvokeModel NOT_SEEN",
            "InvokeModelWithResponseStream NOT_SEEN",
            "CountTokens NOT_SEEN",
            "ApplyGuardrail NOT_SEEN",
            "InvokeGuardrailChecks NOT_SEEN");
  }

  @Test
  void explain_ofAnOperationThatIsNotCached_isRefused() {
    BedrockCache cache = builder().build();
    assertThatThrownBy(() -> cache.explain(count("one"), ALICE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alsoCaches");
    assertThatThrownBy(() -> cache.explain(GetAsyncInvokeRequest.builder().build(), ALICE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void keyGenerator_thatThrowsWhenAskedAgain_changesNoCall(CallingStyle way) {
    AtomicInteger asked = new AtomicInteger();
    KeyGenerator moody =
        (call, request) -> {
          if (asked.getAndIncrement() % 2 == 1) {
            throw new StackOverflowError("moody");
          }
          return new byte[] {1};
        };
    BedrockCache cache = builder().keyGenerator(moody).build();
    CacheOutcome outcome =
        CacheOutcome.of(
            way.over(bedrock, cache)
                .forScope(ALICE)
                .converse(CacheControl.EXPLAIN.applyTo(ask("one"))));
    assertThat(outcome.kept()).isTrue();
    assertThat(bedrock.calls).hasValue(1);
    assertThat(cache.stats().faults()).isEmpty();
  }

  @Test
  void follower_hasNoExplanation() {
    BedrockCache cache = builder().build();
    CompletableFuture<ConverseResponse> answer = new CompletableFuture<>();
    CachingBedrockAsyncClient client =
        CachingBedrockAsyncClient.create(new Answering(answer), cache).forScope(ALICE);
    CompletableFuture<ConverseResponse> leader =
        client.converse(CacheControl.EXPLAIN.applyTo(ask("one")));
    CompletableFuture<ConverseResponse> follower =
        client.converse(CacheControl.EXPLAIN.applyTo(ask("one")));
    answer.complete(FakeBedrock.reply("answer", StopReason.END_TURN));
    assertThat(CacheOutcome.of(leader.join()).explanation()).isPresent();
    CacheOutcome followed = CacheOutcome.of(follower.join());
    assertThat(followed.status()).isEqualTo(CacheOutcome.Status.COALESCED);
    assertThat(followed.explanation()).isEmpty();
    assertThat(cache.explanations(ALICE)).hasSize(1);
  }

  /** Answers when it is told. */
  private record Answering(CompletableFuture<ConverseResponse> answer)
      implements BedrockRuntimeAsyncClient {
    @Override
    public CompletableFuture<ConverseResponse> converse(ConverseRequest request) {
      return answer;
    }

    @Override
    public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
      return new FakeBedrock().serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  /** Without a memo, each hit is a look-up, which a table that evicts counts as a use. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void explain_isNoUseOfAnAnswer(boolean used) {
    BedrockCache cache = builder().hotMaxBytes(60_000).keyMemoMaxBytes(0).explains(2_000).build();
    Caller client = CallingStyle.SYNC.over(bedrock, cache).forScope(ALICE);
    client.converse(ask("one"));
    for (int i = 0; i < 40; i++) {
      client.converse(ask("filling " + i)); // from here on Caffeine has them
    }
    client.converse(ask("one"));
    for (int i = 0; i < 100; i++) {
      if (used) {
        client.converse(ask("one"));
      } else {
        cache.explain(ask("one"), ALICE);
      }
    }
    for (int i = 0; i < 400; i++) {
      for (int often = 0; often < 4; often++) {
        client.converse(ask("scan " + i));
      }
    }
    assertThat(cache.explain(ask("one"), ALICE).cause())
        .isEqualTo(used ? Cause.CACHED : Cause.EVICTED);
  }

  @Test
  void calls_ofManyThreads_areExplainedWithinTheLimit() {
    BedrockCache cache = builder().hotMaxBytes(200_000).build();
    Caller client = CallingStyle.SYNC.over(bedrock, cache);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      CacheScope scope = CacheScope.user("user " + t % 3).endpoint("chat");
      int own = t;
      all.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 300; i++) {
                  CacheOutcome outcome =
                      CacheOutcome.of(
                          client
                              .forScope(scope)
                              .converse(CacheControl.EXPLAIN.applyTo(ask(own + " " + i % 97))));
                  assertThat(outcome.cached() || outcome.explanation().isPresent()).isTrue();
                  if (i % 50 == 0) {
                    cache.invalidate(scope);
                  }
                  cache.explain(ask(own + " " + i), scope);
                }
              },
              threads));
    }
    all.forEach(CompletableFuture::join);
    threads.shutdown();
    assertThat(cache.explanations(CacheScope.user("user 0")).size()).isLessThanOrEqualTo(50);
    assertThat(cache.stats().faults()).isEmpty();
  }

  @Test
  void explanation_ofAStoredAnswerThatExpired_isTheStoresTtl() {
    FakeStore store = new FakeStore();
    BedrockCache writer = builder().store(store).build();
    CallingStyle.SYNC.over(bedrock, writer).forScope(ALICE).converse(ask("one"));
    BedrockCache reader = builder().store(store).build();
    Caller client = CallingStyle.SYNC.over(bedrock, reader).forScope(ALICE);
    time.advance(Duration.ofMinutes(1));
    assertThat(CacheOutcome.of(client.converse(ask("one"))).source()).isEqualTo(CacheSource.WARM);
    time.advance(Duration.ofHours(1));
    Explanation why =
        CacheOutcome.of(client.converse(CacheControl.EXPLAIN.applyTo(ask("one"))))
            .explanation()
            .orElseThrow();
    assertThat(why.cause()).isEqualTo(Cause.EXPIRED);
    assertThat(why.since()).isBefore(time.now());
  }
}
