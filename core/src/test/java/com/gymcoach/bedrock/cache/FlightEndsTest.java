package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.call.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** A caller who follows another's call is answered, whatever becomes of that call. */
@Timeout(120)
class FlightEndsTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static ConverseResponse askAgain(AtomicReference<@Nullable Caller> client) {
    return Objects.requireNonNull(client.get()).converse(ask("one"));
  }

  /** The clock says so, and the check that looks at it comes within a second. */
  @Test
  void leaderNeverEnds_followerAsksForItselfWhenNewcomersWouldNotJoin() throws Exception {
    FakeTime time = new FakeTime();
    AtomicInteger calls = new AtomicInteger();
    try (BedrockCache cache = BedrockCache.builder().timeSource(time).build()) {
      CachingBedrockAsyncClient client =
          StreamCalls.cached(
              new ScriptedAsyncClient(
                  () ->
                      calls.incrementAndGet() == 1
                          ? new CompletableFuture<>()
                          : CompletableFuture.completedFuture(
                              FakeBedrock.reply("second", StopReason.END_TURN))),
              cache);
      CompletableFuture<ConverseResponse> leader = client.converse(ask("one"));
      List<CompletableFuture<ConverseResponse>> followers = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        followers.add(client.converse(ask("one")));
      }
      assertThat(calls).hasValue(1);
      time.advance(Duration.ofMinutes(5));
      for (CompletableFuture<ConverseResponse> follower : followers) {
        assertThat(follower.get(60, TimeUnit.SECONDS)).isNotNull();
      }
      assertThat(leader).isNotDone();
      assertThat(calls).hasValue(2);
    }
  }

  /** The question is asked again from within the policy that decides on its answer. */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void mayKeepAsksTheSameQuestion_isAnsweredAtOnce(CallingStyle way) throws Exception {
    AtomicReference<@Nullable Caller> client = new AtomicReference<>();
    AtomicReference<@Nullable CacheOutcome> inner = new AtomicReference<>();
    CachePolicy curious =
        new CachePolicy() {
          @Override
          public boolean mayKeep(CallContext call, SdkResponse response) {
            if (inner.compareAndSet(null, Outcome.coalesced())) {
              inner.set(CacheOutcome.of(askAgain(client)));
            }
            return true;
          }
        };
    FakeBedrock bedrock = new FakeBedrock();
    try (BedrockCache cache = BedrockCache.builder().cachePolicy(curious).build()) {
      client.set(way.over(bedrock, cache).forScope(StreamCalls.ALICE));
      CompletableFuture<ConverseResponse> call =
          CompletableFuture.supplyAsync(() -> askAgain(client), threads);
      assertThat(call.get(60, TimeUnit.SECONDS)).isNotNull();
    }
    assertThat(Objects.requireNonNull(inner.get()).reason()).contains(CacheReason.REENTRANT);
    assertThat(bedrock.calls).hasValue(2);
  }

  /** The same from another thread, for which the policy waits: this cannot be detected. */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void mayKeepWaitsForAnotherThreadThatAsksTheSameQuestion_bothAreAnswered(CallingStyle way)
      throws Exception {
    AtomicReference<@Nullable Caller> client = new AtomicReference<>();
    AtomicInteger turn = new AtomicInteger();
    CachePolicy curious =
        new CachePolicy() {
          @Override
          public boolean mayKeep(CallContext call, SdkResponse response) {
            if (turn.getAndIncrement() == 0) {
              CompletableFuture.supplyAsync(() -> askAgain(client), threads).join();
            }
            return true;
          }
        };
    FakeBedrock bedrock = new FakeBedrock();
    try (BedrockCache cache = BedrockCache.builder().cachePolicy(curious).build()) {
      client.set(way.over(bedrock, cache).forScope(StreamCalls.ALICE));
      CompletableFuture<ConverseResponse> call =
          CompletableFuture.supplyAsync(() -> askAgain(client), threads);
      assertThat(call.get(60, TimeUnit.SECONDS)).isNotNull();
    }
    assertThat(bedrock.calls).hasValue(2);
  }

  /**
   * The one thread on which async calls complete uses the sync client, and waits for a call that
   * only it could complete. It is let go when newcomers would not join.
   */
  @Test
  void syncCallOnTheThreadThatWouldCompleteTheAsyncLeader_endsWhenNewcomersWouldNotJoin()
      throws Exception {
    FakeTime time = new FakeTime();
    FakeBedrock bedrock = new FakeBedrock();
    ExecutorService completions = Executors.newSingleThreadExecutor();
    try (BedrockCache cache = BedrockCache.builder().timeSource(time).build()) {
      CompletableFuture<ConverseResponse> sent = new CompletableFuture<>();
      CachingBedrockAsyncClient async =
          StreamCalls.cached(
              new ScriptedAsyncClient(() -> sent.thenApplyAsync(answer -> answer, completions)),
              cache);
      CachingBedrockClient sync =
          CachingBedrockClient.create(bedrock, cache).forScope(StreamCalls.ALICE);
      CompletableFuture<ConverseResponse> leader = async.converse(ask("one"));
      CompletableFuture<Thread> waiting = new CompletableFuture<>();
      CompletableFuture<ConverseResponse> follower =
          CompletableFuture.supplyAsync(
              () -> {
                waiting.complete(Thread.currentThread());
                return sync.converse(ask("one"));
              },
              completions);
      Thread thread = waiting.get(60, TimeUnit.SECONDS);
      while (thread.getState() == Thread.State.RUNNABLE) {
        Thread.onSpinWait();
      }
      sent.complete(FakeBedrock.reply("first", StopReason.END_TURN));
      time.advance(Duration.ofMinutes(5));
      assertThat(follower.get(60, TimeUnit.SECONDS)).isNotNull();
      assertThat(leader.get(60, TimeUnit.SECONDS)).isNotNull();
      assertThat(bedrock.calls).hasValue(1);
    } finally {
      completions.shutdownNow();
    }
  }
}
