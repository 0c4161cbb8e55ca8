package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.StreamCalls.WHOLE;
import static com.gymcoach.bedrock.cache.StreamCalls.start;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CannedHttp.Body;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever gives up by {@code orTimeout} has gone like one who cancels: so says the SDK. */
@Timeout(60)
class AbandonedCallTest {
  private final BedrockCache cache = BedrockCache.builder().executor(StreamCalls.JOINED).build();
  private final Body bareBody = Body.open();
  private final Body body = Body.open();
  private final CachingBedrockAsyncClient client =
      StreamCalls.cached(new CannedHttp(n -> body).client(), cache);
  private final Listener bare = Listener.wanting(1);
  private final Listener listener = Listener.wanting(1);
  private final CompletableFuture<Void> bareCall =
      start(new CannedHttp(n -> bareBody).client(), bare);

  @AfterEach
  void close() {
    cache.close();
  }

  /** What {@code orTimeout} does when it is up. */
  private static void timeIsUp(CompletableFuture<?> call) {
    call.completeExceptionally(new TimeoutException());
  }

  private static void pushAll(Body to) {
    WHOLE.forEach(to::push);
    to.end();
  }

  @Test
  void f58_callerEndsItsFutureOfAStreamWithAFailure_callIsCalledOffAsTheBareClientDoes() {
    CompletableFuture<Void> call = start(client, listener);
    for (Body each : List.of(bareBody, body)) {
      each.push(WHOLE.get(0));
    }
    timeIsUp(bareCall);
    timeIsUp(call);
    assertThat(bareBody.done).isDone();
    assertThat(body.done).isDone();
    assertThat(bare.heard).last().asString().startsWith("exception");
    assertThat(listener.story()).isEqualTo(bare.story());
  }

  /** It continues to listen. */
  @Test
  void f58_callerCompletesItsFutureOfAStream_streamGoesOnAsTheBareClientsDoes() {
    CompletableFuture<Void> call = start(client, listener);
    for (CompletableFuture<Void> each : List.of(bareCall, call)) {
      each.complete(null);
    }
    bare.request(Long.MAX_VALUE);
    listener.request(Long.MAX_VALUE);
    pushAll(bareBody);
    pushAll(body);
    assertThat(listener.story()).isEqualTo(bare.story());
    assertThat(listener.heard).endsWith("end", "complete");
  }

  @Test
  void f58_leaderEndsItsFutureWithAFailure_followersGetAll() {
    CompletableFuture<Void> leadersCall = start(client, listener);
    Listener follower = Listener.eager();
    CompletableFuture<Void> followersCall = start(client, follower);
    timeIsUp(leadersCall);
    pushAll(body);
    assertThat(followersCall).isCompleted();
    assertThat(follower.events).hasSize(WHOLE.size());
    assertThat(listener.heard).endsWith("exception TimeoutException", "error TimeoutException");
  }

  /** Its stream begins later, for those who still wait. */
  @Test
  void f58_leaderEndsItsFutureBeforeTheStreamBegins_hearsOfNothingElse() {
    List<Runnable> headers = new ArrayList<>();
    CannedHttp http = new CannedHttp(n -> Body.of(WHOLE), (begin, n) -> headers.add(begin));
    CachingBedrockAsyncClient through = StreamCalls.cached(http.client(), cache);
    CompletableFuture<Void> leadersCall = start(through, listener);
    Listener follower = Listener.eager();
    CompletableFuture<Void> followersCall = start(through, follower);
    timeIsUp(leadersCall);
    headers.forEach(Runnable::run);
    assertThat(followersCall).isCompleted();
    assertThat(follower.events).hasSize(WHOLE.size());
    assertThat(listener.heard).containsExactly("exception TimeoutException");
    assertThat(http.calls()).isEqualTo(1);
  }

  @Test
  void f53_f58_callerEndsItsFutureBeforeAReplayBegins_hearsOfNothingElse() {
    List<Runnable> behind = new ArrayList<>();
    try (BedrockCache later = BedrockCache.builder().executor(behind::add).build()) {
      CachingBedrockAsyncClient through =
          StreamCalls.cached(CannedHttp.always(WHOLE).client(), later);
      start(through, Listener.eager()).join();
      CompletableFuture<Void> hit = start(through, listener);
      timeIsUp(hit);
      behind.forEach(Runnable::run);
      assertThat(listener.heard).containsExactly("exception TimeoutException");
    }
  }

  @Test
  void f58_callerEndsItsFuture_callIsCalledOff() {
    for (Consumer<CompletableFuture<?>> how :
        List.<Consumer<CompletableFuture<?>>>of(
            AbandonedCallTest::timeIsUp, call -> call.cancel(true), call -> call.complete(null))) {
      CompletableFuture<Object> made = new CompletableFuture<>();
      how.accept(
          StreamCalls.cached(new ScriptedAsyncClient(() -> made), cache)
              .converse(FakeBedrock.ask("a")));
      assertThat(made).isCancelled();
    }
  }

  /** Its own time limit comes later, and must not be taken for a second caller who leaves. */
  @Test
  void f58_followerCancelsAndItsTimeLimitPasses_leadersCallGoesOn() throws Exception {
    CompletableFuture<Object> made = new CompletableFuture<>();
    CountDownLatch timedOut = new CountDownLatch(1);
    try (BedrockCache own =
        BedrockCache.builder()
            .executor(
                task -> {
                  task.run();
                  timedOut.countDown();
                })
            .timeSource(new FakeTime())
            .build()) {
      CachingBedrockAsyncClient through =
          StreamCalls.cached(new ScriptedAsyncClient(() -> made), own);
      CompletableFuture<?> leader = through.converse(FakeBedrock.ask("a"));
      CompletableFuture<?> follower =
          through.converse(
              FakeBedrock.ask("a").toBuilder()
                  .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofMillis(50)))
                  .build());
      follower.cancel(true);
      assertThat(timedOut.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(made).isNotDone();
      assertThat(leader).isNotDone();
    }
  }
}
