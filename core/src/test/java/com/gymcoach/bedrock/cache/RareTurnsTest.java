package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Turns that a call takes rarely, each of which a defect of one line would spoil unseen. */
@Timeout(60)
class RareTurnsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final ConverseRequest QUESTION = ask("one");

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();

  private static CacheOutcome outcome(CompletableFuture<ConverseResponse> call) {
    return CacheOutcome.of(call.join());
  }

  /** Both are given what the leader reads; for one of them it is too old. */
  @Test
  void follower_whenWhatItsLeaderFoundIsTooOldForIt_asksForItself() {
    GatedStore store = new GatedStore();
    try (BedrockCache writer = BedrockCache.builder().store(store).timeSource(time).build();
        BedrockCache reader = BedrockCache.builder().store(store).timeSource(time).build()) {
      client(writer).converse(QUESTION).join();
      time.advance(Duration.ofMinutes(10));
      CompletableFuture<Void> gate = store.holdNext();
      CompletableFuture<ConverseResponse> leader = client(reader).converse(QUESTION);
      CompletableFuture<ConverseResponse> follower =
          client(reader).converse(CacheControl.maxAge(Duration.ofMinutes(1)).applyTo(QUESTION));
      gate.complete(null);
      assertThat(outcome(leader).source()).isEqualTo(CacheSource.WARM);
      assertThat(outcome(follower).status()).isEqualTo(Status.MISS);
      assertThat(bedrock.calls).hasValue(2);
    }
  }

  /** The answer that the leader is about to get is older than the invalidation. */
  @Test
  void newcomer_whenAnotherProcessHasInvalidatedSinceTheCallUnderWayBegan_doesNotJoinIt() {
    FakeStore store = new FakeStore();
    List<CompletableFuture<Object>> calls = new ArrayList<>();
    try (BedrockCache cache = BedrockCache.builder().store(store).timeSource(time).build();
        BedrockCache elsewhere = BedrockCache.builder().store(store).timeSource(time).build()) {
      CachingBedrockAsyncClient client = slowClient(calls, cache);
      CompletableFuture<ConverseResponse> leader = client.converse(QUESTION);
      elsewhere.invalidate(ALICE);
      time.advance(Duration.ofMinutes(1));
      CompletableFuture<ConverseResponse> newcomer = client.converse(QUESTION);
      assertThat(calls).hasSize(2);
      calls.get(0).complete(FakeBedrock.reply("old", StopReason.END_TURN));
      assertThat(leader).isCompleted();
      assertThat(newcomer).isNotDone();
      calls.get(1).complete(FakeBedrock.reply("new", StopReason.END_TURN));
      assertThat(outcome(newcomer).status()).isEqualTo(Status.MISS);
    }
  }

  /** As long ago, but nothing has happened since. */
  @Test
  void newcomer_whenNothingIsInvalidatedSinceTheCallUnderWayBegan_joinsIt() {
    FakeStore store = new FakeStore();
    List<CompletableFuture<Object>> calls = new ArrayList<>();
    try (BedrockCache cache = BedrockCache.builder().store(store).timeSource(time).build()) {
      CachingBedrockAsyncClient client = slowClient(calls, cache);
      CompletableFuture<ConverseResponse> leader = client.converse(QUESTION);
      time.advance(Duration.ofMinutes(1));
      CompletableFuture<ConverseResponse> newcomer = client.converse(QUESTION);
      assertThat(calls).hasSize(1);
      calls.get(0).complete(FakeBedrock.reply("one", StopReason.END_TURN));
      assertThat(leader).isCompleted();
      assertThat(outcome(newcomer).status()).isEqualTo(Status.COALESCED);
    }
  }

  /** A follower has the answer before it is in the store, and invalidates it at once. */
  @Test
  void write_whenTheAnswerHasBeenInvalidatedSinceItWasGiven_isNotMade() {
    FakeStore store = new FakeStore();
    List<CompletableFuture<Object>> calls = new ArrayList<>();
    try (BedrockCache cache =
        BedrockCache.builder().store(store).timeSource(time).executor(Runnable::run).build()) {
      CachingBedrockAsyncClient client = slowClient(calls, cache);
      CompletableFuture<ConverseResponse> leader = client.converse(QUESTION);
      CompletableFuture<Long> invalidated =
          client.converse(QUESTION).thenApply(answer -> cache.invalidate(ALICE));
      calls.get(0).complete(FakeBedrock.reply("one", StopReason.END_TURN));
      assertThat(invalidated).isCompletedWithValue(1L);
      assertThat(CacheOutcome.of(leader.join()).stored()).isFalse();
      assertThat(store.entries).isEmpty();
    }
  }

  private static CachingBedrockAsyncClient slowClient(
      List<CompletableFuture<Object>> calls, BedrockCache cache) {
    return CachingBedrockAsyncClient.create(
            new ScriptedAsyncClient(
                () -> {
                  CompletableFuture<Object> call = new CompletableFuture<>();
                  calls.add(call);
                  return call;
                }),
            cache)
        .forScope(ALICE);
  }

  private CachingBedrockAsyncClient client(BedrockCache cache) {
    return CachingBedrockAsyncClient.create(new FakeAsyncBedrock(bedrock), cache).forScope(ALICE);
  }

  /** A store that breaks at an unexpected moment: after Bedrock has answered. */
  private static final class BrokenAfterwards extends ForwardingStore {
    BrokenAfterwards(FakeStore store) {
      super(store);
    }

    @Override
    public Duration writeBudget() {
      throw new IllegalStateException();
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void failureInside_afterBedrockHasAnswered_costsNoSecondCall(CallingStyle way) {
    try (BedrockCache cache =
        BedrockCache.builder().store(new BrokenAfterwards(new FakeStore())).build()) {
      ConverseResponse response = way.over(bedrock, cache).forScope(ALICE).converse(QUESTION);
      assertThat(response.output().message().content().get(0).text()).isEqualTo("answer 1");
      assertThat(bedrock.calls).hasValue(1);
      assertThat(cache.stats().faults()).containsKey(CacheFault.ENGINE_FAILED);
    }
  }

  /** Markers learnt through one question hold for the same user's others. */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void staleAnswer_whenItsScopeWasInvalidatedElsewhere_isNotServed(CallingStyle way) {
    TtlPolicy ttl =
        TtlPolicy.fixed(Duration.ofMinutes(1)).withStaleWhileRevalidate(Duration.ofHours(1));
    FakeStore store = new FakeStore();
    Duration hour = Duration.ofHours(1);
    try (BedrockCache cache =
            BedrockCache.builder()
                .store(store)
                .timeSource(time)
                .ttlPolicy(ttl)
                .invalidationDelay(hour)
                .maxUnverified(hour)
                .build();
        BedrockCache elsewhere = BedrockCache.builder().store(store).timeSource(time).build()) {
      Caller client = way.over(bedrock, cache).forScope(ALICE);
      client.converse(QUESTION);
      elsewhere.invalidate(ALICE);
      client.converse(ask("two"));
      time.advance(Duration.ofMinutes(2));
      CacheOutcome outcome = CacheOutcome.of(client.converse(QUESTION));
      assertThat(outcome.stale()).isFalse();
      assertThat(outcome.status()).isEqualTo(Status.MISS);
    }
  }
}
