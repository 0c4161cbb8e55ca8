package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CannedHttp.Body;
import com.gymcoach.bedrock.cache.VerifiedHits.Counts;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Verified hits of streams, and of async calls that do not end. */
@Timeout(60)
class VerifiedStreamsTest {
  private static final HitVerification ALL = HitVerification.ofPercent(100).withBackground(true);

  private final FakeTime time = new FakeTime();
  private final Queue<Runnable> behind = new ArrayDeque<>();

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder().timeSource(time).executor(behind::add).verifyHits(ALL);
  }

  private void runBehind() {
    for (Runnable task = behind.poll(); task != null; task = behind.poll()) {
      task.run();
    }
  }

  private static Counts verified(BedrockCache cache) {
    return cache.stats().verifiedHits().total();
  }

  @ParameterizedTest
  @EnumSource(BytesCall.class)
  void hit_ofEachOperation_isAskedInItsOwnFormAndEqual(BytesCall call) throws Exception {
    BytesCall.Bedrock bedrock =
        BytesCall.Bedrock.of(n -> call.body().get(0), n -> Body.of(call.body()));
    BedrockCache cache = builder().build();
    for (int i = 0; i < 3; i++) {
      // The caller overwrites the arrays of what it is given, which must not be compared.
      CompletableFuture<Void> done = call.over(bedrock, cache, new BytesCall.ArrayTaker());
      runBehind();
      done.get(30, TimeUnit.SECONDS);
    }
    assertThat(verified(cache).equal()).isEqualTo(2);
    assertThat(verified(cache).compared()).isEqualTo(2);
    assertThat(verified(cache).failed()).isZero();
  }

  private CachingBedrockAsyncClient client(CannedHttp http, BedrockCache cache) {
    return StreamCalls.cached(http.clientThatTriesOnce(), cache);
  }

  private void play(CachingBedrockAsyncClient client) {
    CompletableFuture<Void> done = StreamCalls.start(client, Listener.eager());
    runBehind();
    assertThat(done).isCompleted();
  }

  @Test
  void stream_cutElsewhere_isEqualAndAnotherIsDifferent() {
    List<List<byte[]>> answers =
        List.of(
            Frames.answer("Rest a ", "day"),
            Frames.answer("Re", "st", " a day"),
            Frames.answer("Rest a ", "week"));
    CannedHttp http = new CannedHttp(n -> Body.of(answers.get(n)));
    BedrockCache cache = builder().build();
    CachingBedrockAsyncClient client = client(http, cache);
    play(client);
    play(client);
    assertThat(verified(cache).equal()).isEqualTo(1);
    play(client);
    assertThat(verified(cache).different()).isEqualTo(1);
    assertThat(http.calls()).isEqualTo(3);
  }

  @Test
  void stream_cutShort_failsTheVerificationAndIsKeptByNobody() {
    List<byte[]> whole = Frames.answer("Rest a ", "day");
    CannedHttp http =
        new CannedHttp(
            n ->
                n == 1
                    ? Body.of(List.of(Frames.exception("throttlingException", "no")))
                    : Body.of(whole));
    BedrockCache cache = builder().build();
    CachingBedrockAsyncClient client = client(http, cache);
    play(client);
    play(client);
    play(client);
    assertThat(verified(cache).failed()).isEqualTo(1);
    assertThat(verified(cache).equal()).isEqualTo(1);
    assertThat(cache.stats().total().writes()).isEqualTo(1);
  }

  @Test
  void stream_thatIsLargerThanIsCopied_cannotBeCompared() {
    List<byte[]> small = Frames.answer("Rest a day");
    List<byte[]> large = Frames.answer("x".repeat(5_000));
    CannedHttp http = new CannedHttp(n -> Body.of(n == 0 ? small : large));
    BedrockCache cache = builder().maxStreamBytes(4_000).build();
    CachingBedrockAsyncClient client = client(http, cache);
    play(client);
    play(client);
    assertThat(verified(cache).failed()).isEqualTo(1);
  }

  /** A handler may hold a connection to a user, which has ended long before the check. */
  @Test
  void waitingCheck_doesNotKeepTheCallersHandler() {
    CannedHttp http = CannedHttp.always(Frames.answer("Rest"));
    BedrockCache cache = builder().verifyHits(ALL.withBackground(false)).build();
    CachingBedrockAsyncClient client = client(http, cache);
    play(client);
    WeakReference<Listener> handler = playAndForget(client);
    for (int i = 0; i < 100 && handler.get() != null; i++) {
      System.gc();
    }
    assertThat(handler.get()).isNull();
    assertThat(verified(cache).skipped()).isZero();
    assertThat(http.calls()).isEqualTo(1);
  }

  private WeakReference<Listener> playAndForget(CachingBedrockAsyncClient client) {
    Listener listener = Listener.eager();
    CompletableFuture<Void> done = StreamCalls.start(client, listener);
    runBehind();
    assertThat(done).isCompleted();
    return new WeakReference<>(listener);
  }

  /** Two calls that never end would take both lines for ever. */
  @Test
  void call_thatNeverEnds_isGivenUpAfterFiveMinutes() {
    FakeBedrock bedrock = new FakeBedrock();
    List<CompletableFuture<?>> made = new ArrayList<>();
    boolean[] hangs = {false};
    ScriptedAsyncClient client =
        new ScriptedAsyncClient(
            () -> {
              CompletableFuture<Object> answer = new CompletableFuture<>();
              made.add(answer);
              if (!hangs[0]) {
                answer.complete(bedrock.converse(FakeBedrock.ask("one")));
              }
              return answer;
            });
    bedrock.answer = request -> FakeBedrock.reply("answer", StopReason.END_TURN);
    BedrockCache cache = builder().build();
    Runnable hit =
        () -> {
          CachingBedrockAsyncClient.create(client, cache)
              .forScope(StreamCalls.ALICE)
              .converse(FakeBedrock.ask("one"))
              .join();
          runBehind();
        };
    hit.run();
    hangs[0] = true;
    hit.run();
    hit.run();
    hit.run();
    assertThat(made).hasSize(3);
    hangs[0] = false;
    time.advance(Duration.ofMinutes(5));
    hit.run();
    assertThat(verified(cache).failed()).isEqualTo(2);
    assertThat(verified(cache).equal()).isEqualTo(2);
    made.get(1).completeExceptionally(FakeBedrock.throttled()); // too late to count
    runBehind();
    assertThat(verified(cache).failed()).isEqualTo(2);
    hit.run();
    assertThat(verified(cache).equal()).isEqualTo(3);
  }

  /** An executor may run its tasks on the submitting thread: always, or when it is busy. */
  @Test
  void caller_whoseExecutorRunsTasksItself_doesNotWaitForBedrock() throws Exception {
    FakeBedrock bedrock = new FakeBedrock();
    BedrockCache cache = builder().executor(Runnable::run).build();
    for (CallingStyle way : CallingStyle.values()) {
      CountDownLatch callerHasItsAnswer = new CountDownLatch(1);
      bedrock.answer = request -> FakeBedrock.reply("answer", StopReason.END_TURN);
      Caller caller = way.over(bedrock, cache).forScope(CacheScope.user(way.name()));
      caller.converse(FakeBedrock.ask("one"));
      bedrock.answer =
          request -> {
            try {
              assertThat(callerHasItsAnswer.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return FakeBedrock.reply("answer", StopReason.END_TURN);
          };
      caller.converse(FakeBedrock.ask("one"));
      callerHasItsAnswer.countDown();
      cache.flush(Duration.ofSeconds(30));
    }
    assertThat(verified(cache).compared()).isEqualTo(2);
  }
}
