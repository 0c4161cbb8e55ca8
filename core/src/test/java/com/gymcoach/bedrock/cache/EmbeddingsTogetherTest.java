package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** Batches that are cached text by text: several at once, and many one after another. */
@Timeout(60)
class EmbeddingsTogetherTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("search");
  private static final CacheScope ALL = CacheScope.shared().endpoint("search");

  private final FakeCohere cohere = new FakeCohere();
  private final BedrockCache cache = cache();
  private final List<CompletableFuture<InvokeModelResponse>> pending = new ArrayList<>();

  private static BedrockCache cache() {
    return builder().build();
  }

  private static BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .executor(StreamCalls.JOINED)
        .cachePolicy(
            new CachePolicy() {
              @Override
              public boolean cacheEmbeddingsByText(CallContext call) {
                return true;
              }
            });
  }

  private CompletableFuture<InvokeModelResponse> begin(CacheScope scope, String... texts) {
    return CachingBedrockAsyncClient.create(cohere.async(), cache)
        .forScope(scope)
        .invokeModel(FakeCohere.ask(texts));
  }

  /** Leaves later calls without an answer. */
  private void hold() {
    cohere.later =
        request -> {
          CompletableFuture<InvokeModelResponse> answer = new CompletableFuture<>();
          pending.add(answer);
          return answer;
        };
  }

  private void answer(int call) {
    InvokeModelRequest request =
        cohere.requests.get(cohere.requests.size() - pending.size() + call);
    pending.get(call).complete(cohere.embedded(request));
  }

  private static String vectors(String... texts) {
    return "{\"embeddings\":["
        + String.join(",", List.of(texts).stream().map(FakeCohere::vector).toList())
        + "]";
  }

  private static String body(CompletableFuture<InvokeModelResponse> response) {
    return response.join().body().asUtf8String();
  }

  @Test
  void batches_whenTheyAreTheSame_shareOneCall() {
    begin(ALICE, "a").join();
    hold();
    CompletableFuture<InvokeModelResponse> leader = begin(ALICE, "a", "bb");
    CompletableFuture<InvokeModelResponse> follower = begin(ALICE, "a", "bb");
    assertThat(cohere.asked).containsExactly(List.of("a"), List.of("bb"));
    answer(0);
    assertThat(body(leader)).startsWith(vectors("a", "bb"));
    assertThat(body(follower)).isEqualTo(body(leader));
    assertThat(CacheOutcome.of(follower.join()).status()).isEqualTo(Status.COALESCED);
    assertThat(tokens(leader)).isEqualTo("2");
    assertThat(tokens(follower)).isEqualTo("0");
  }

  private static String tokens(CompletableFuture<InvokeModelResponse> response) {
    return response
        .join()
        .sdkHttpResponse()
        .firstMatchingHeader("x-amzn-bedrock-input-token-count")
        .orElseThrow();
  }

  @Test
  void batches_whenTheyOverlap_eachGetsItsOwnVectors() {
    hold();
    CompletableFuture<InvokeModelResponse> one = begin(ALICE, "a", "bb");
    CompletableFuture<InvokeModelResponse> other = begin(ALICE, "bb", "ccc");
    answer(1);
    answer(0);
    assertThat(body(one)).startsWith(vectors("a", "bb"));
    assertThat(body(other)).startsWith(vectors("bb", "ccc"));
  }

  @Test
  void batch_whenOneOfItsTextsWasInvalidatedSince_doesNotJoinTheCallFromBefore() {
    String[] texts = IntStream.range(0, 20).mapToObj(i -> "text " + i).toArray(String[]::new);
    for (String text : texts) { // whichever shard it is in
      hold();
      pending.clear();
      CompletableFuture<InvokeModelResponse> before = begin(ALL, "a", text);
      CachingBedrockClient.create(cohere, cache).forScope(ALL).invalidate(FakeCohere.ask(text));
      CompletableFuture<InvokeModelResponse> after = begin(ALL, "a", text);
      assertThat(pending).as(text).hasSize(2);
      answer(0);
      answer(1);
      assertThat(CacheOutcome.of(before.join()).status()).isEqualTo(Status.MISS);
      assertThat(CacheOutcome.of(after.join()).status()).isEqualTo(Status.MISS);
      cache.invalidate(ALL);
    }
  }

  @Test
  void batch_whenItsLeaderCancels_followerStillGetsItsAnswer() {
    begin(ALICE, "a").join();
    hold();
    CompletableFuture<InvokeModelResponse> leader = begin(ALICE, "a", "bb");
    CompletableFuture<InvokeModelResponse> follower = begin(ALICE, "a", "bb");
    leader.cancel(true);
    assertThat(pending.get(0)).isNotDone(); // the follower still waits for it
    answer(0);
    assertThat(body(follower)).startsWith(vectors("a", "bb"));
  }

  @Test
  void batch_whenItsOnlyCallerCancels_cancelsTheCallForItsNewTexts() {
    begin(ALICE, "a").join();
    hold();
    CompletableFuture<InvokeModelResponse> only = begin(ALICE, "a", "bb");
    assertThat(only.cancel(true)).isTrue();
    assertThat(pending.get(0)).isCancelled();
  }

  @Test
  void batch_whenTheCallFails_followersGetTheSameException() {
    begin(ALICE, "a").join();
    hold();
    CompletableFuture<InvokeModelResponse> leader = begin(ALICE, "a", "bb");
    CompletableFuture<InvokeModelResponse> follower = begin(ALICE, "a", "bb");
    RuntimeException failure = FakeBedrock.throttled();
    pending.get(0).completeExceptionally(failure);
    assertThat(catchThrowable(leader::join)).hasCause(failure);
    assertThat(catchThrowable(follower::join)).hasCause(failure);
    assertThat(cohere.asked).hasSize(2);
  }

  @Test
  void batch_whenItsLeadersAnswerCannotBeJoined_bothGetTheAnswerToAllTexts() {
    begin(ALICE, "a").join();
    hold();
    CompletableFuture<InvokeModelResponse> leader = begin(ALICE, "a", "bb");
    CompletableFuture<InvokeModelResponse> follower = begin(ALICE, "a", "bb");
    pending.get(0).complete(FakeCohere.reply("{\"embeddings\":[],\"id\":\"1\"}", 1));
    answer(1);
    assertThat(body(leader)).startsWith(vectors("a", "bb"));
    assertThat(body(follower)).startsWith(vectors("a", "bb"));
    assertThat(pending).hasSize(2);
  }

  @Test
  void batch_whenItsCallerCancelsWhileItIsSentWhole_cancelsThatCall() {
    begin(ALICE, "a").join();
    hold();
    CompletableFuture<InvokeModelResponse> caller = begin(ALICE, "a", "bb");
    pending.get(0).complete(FakeCohere.reply("{\"embeddings\":[],\"id\":\"1\"}", 1));
    assertThat(pending.get(1)).isNotDone();
    caller.cancel(true);
    assertThat(pending.get(1)).isCancelled();
  }

  /** A store whose reads end when they are told to. */
  private static final class OpenReads extends ForwardingStore {
    private final List<CompletableFuture<@Nullable Void>> open = new ArrayList<>();
    private boolean holds;

    OpenReads() {
      super(new FakeStore());
    }

    @Override
    public CompletionStage<StoreRead> read(StoreQuery query) {
      if (!holds) {
        return store.read(query);
      }
      CompletableFuture<@Nullable Void> gate = new CompletableFuture<>();
      open.add(gate);
      return gate.thenCompose(opened -> store.read(query));
    }

    @Override
    public Duration readBudget() {
      return Duration.ofMinutes(1);
    }
  }

  /** Its answer in memory is lost after the store was read for the other text. */
  @Test
  void batch_whenMemoryLosesATextDuringTheRead_readsAgainWithoutBlockingAThread() {
    OpenReads store = new OpenReads();
    try (BedrockCache stored = builder().store(store).build()) {
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(cohere.async(), stored).forScope(ALICE);
      client.invokeModel(FakeCohere.ask("a")).join();
      store.holds = true;
      CompletableFuture<InvokeModelResponse> call = client.invokeModel(FakeCohere.ask("a", "bb"));
      stored.invalidate(ALICE);
      store.open.get(0).complete(null);
      assertThat(store.open).hasSize(2);
      assertThat(call).isNotDone();
      store.open.get(1).complete(null);
      assertThat(body(call)).startsWith(vectors("a", "bb"));
      assertThat(cohere.asked).containsExactly(List.of("a"), List.of("a", "bb"));
    }
  }

  @Test
  void batch_withMaxAge_doesNotJoinACallThatUsesOlderTexts() {
    FakeTime time = new FakeTime();
    try (BedrockCache aging = builder().timeSource(time).build()) {
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(cohere.async(), aging).forScope(ALICE);
      client.invokeModel(FakeCohere.ask("a")).join();
      time.advance(Duration.ofMinutes(50));
      hold();
      CompletableFuture<InvokeModelResponse> leader = client.invokeModel(FakeCohere.ask("a", "bb"));
      CacheControl young = CacheControl.maxAge(Duration.ofMinutes(5));
      CompletableFuture<InvokeModelResponse> other =
          client.invokeModel(young.applyTo(FakeCohere.ask("a", "bb")));
      assertThat(cohere.asked).containsExactly(List.of("a"), List.of("bb"), List.of("a", "bb"));
      answer(0);
      answer(1);
      assertThat(body(leader)).startsWith(vectors("a", "bb"));
      assertThat(body(other)).startsWith(vectors("a", "bb"));
    }
  }

  /** The answer to a text lives for a minute, of which ten seconds are left. */
  @ParameterizedTest
  @CsvSource({"9, COALESCED, 2", "11, MISS, 3"})
  void batch_whenACallUnderWayUsesAnAnswerThatExpires_joinsItWhileTheAnswerIsFresh(
      int seconds, Status status, int calls) {
    FakeTime time = new FakeTime();
    BedrockCacheBuilder settings =
        builder().timeSource(time).ttlPolicy(TtlPolicy.fixed(Duration.ofSeconds(60)).withJitter(0));
    try (BedrockCache aging = settings.build()) {
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(cohere.async(), aging).forScope(ALICE);
      client.invokeModel(FakeCohere.ask("a")).join();
      time.advance(Duration.ofSeconds(50));
      hold();
      CompletableFuture<InvokeModelResponse> leader = client.invokeModel(FakeCohere.ask("a", "bb"));
      time.advance(Duration.ofSeconds(seconds));
      CompletableFuture<InvokeModelResponse> other = client.invokeModel(FakeCohere.ask("a", "bb"));
      assertThat(cohere.asked).hasSize(calls);
      for (int call = 0; call < pending.size(); call++) {
        answer(call);
      }
      assertThat(CacheOutcome.of(leader.join()).status()).isEqualTo(Status.MISS);
      assertThat(CacheOutcome.of(other.join()).status()).isEqualTo(status);
      assertThat(body(other)).startsWith(vectors("a", "bb"));
    }
  }

  /** Within the invalidation delay, memory alone would still be served. */
  @Test
  void batch_whenTheStoreIsReadForOneText_obeysItsMarkersForATextInMemory() {
    FakeStore store = new FakeStore();
    try (BedrockCache here = builder().store(store).build();
        BedrockCache there = builder().store(store).build()) {
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(cohere.async(), here).forScope(ALICE);
      client.invokeModel(FakeCohere.ask("a")).join();
      there.invalidate(ALICE);
      client.invokeModel(FakeCohere.ask("a", "bb")).join();
      assertThat(cohere.asked).containsExactly(List.of("a"), List.of("a", "bb"));
    }
  }

  @Test
  void batch_whenInvalidatedWhileTheStoreIsRead_keepsNothingUnderTheOldMarkers() {
    GatedStore store = new GatedStore();
    try (BedrockCache stored = builder().store(store).build()) {
      CompletableFuture<Void> gate = store.holdNext();
      CompletableFuture<InvokeModelResponse> call =
          CachingBedrockAsyncClient.create(cohere.async(), stored)
              .forScope(ALICE)
              .invokeModel(FakeCohere.ask("a"));
      stored.invalidate(ALICE);
      gate.complete(null);
      assertThat(CacheOutcome.of(call.join()).reason()).contains(CacheReason.INVALIDATED_MEANWHILE);
      assertThat(store.store.entries).isEmpty();
      assertThat(stored.stats().hotEntries()).isZero();
    }
  }

  /** Texts that differ little, with what JSON must escape, and more users than one. */
  private static final List<String> TEXTS =
      List.of(
          "squat", "Squat", "squat ", "", "\"", "\\", "ä", "\u0000\n", "[]", "a,b", "😀", "\u2028");

  @Property(tries = 200)
  void batches_whateverTheirSequence_giveEachTextItsVectorAndAskForItOnce(
      @ForAll @Size(max = 12) List<@Size(min = 1, max = 20) List<@IntRange(max = 11) Integer>> all,
      @ForAll boolean async) {
    FakeCohere own = new FakeCohere();
    EmbeddingCaller way = async ? EmbeddingCaller.ASYNC : EmbeddingCaller.SYNC;
    Map<CacheScope, Set<String>> seen = new HashMap<>();
    try (BedrockCache each = cache()) {
      for (int i = 0; i < all.size(); i++) {
        CacheScope scope = List.of(ALICE, ALL, CacheScope.user("bob")).get(i % 3);
        List<String> texts = all.get(i).stream().map(TEXTS::get).toList();
        List<String> fresh = new ArrayList<>();
        Set<String> known = seen.computeIfAbsent(scope, absent -> new HashSet<>());
        for (String text : texts) {
          if (known.add(text)) {
            fresh.add(text);
          }
        }
        int calls = own.asked.size();
        InvokeModelResponse response = way.call(own, each, scope, FakeCohere.ask(texts));
        assertThat(response.body().asUtf8String())
            .startsWith(vectors(texts.toArray(String[]::new)));
        assertThat(own.asked.subList(calls, own.asked.size()))
            .isEqualTo(fresh.isEmpty() ? List.of() : List.of(fresh));
      }
    }
  }
}
