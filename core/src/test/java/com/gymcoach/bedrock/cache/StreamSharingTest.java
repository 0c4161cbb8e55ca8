package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.StreamCalls.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CannedHttp.Body;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/** Callers who want the same stream at the same time. */
@Timeout(60)
class StreamSharingTest {
  private static final int CALLERS = 1_000;

  /** Its clock stands still, so that no flight is overdue however slow the machine. */
  private final BedrockCache cache =
      BedrockCache.builder().executor(StreamCalls.JOINED).timeSource(new FakeTime()).build();

  private final Body body = Body.open();
  private final CannedHttp http = new CannedHttp(n -> n == 0 ? body : Body.of(WHOLE));
  private final BedrockRuntimeAsyncClient sdk = http.client();
  private final CachingBedrockAsyncClient client = over(cache);

  private CachingBedrockAsyncClient over(BedrockCache through) {
    return StreamCalls.cached(sdk, through);
  }

  @AfterEach
  void close() {
    sdk.close();
    cache.close();
  }

  private CompletableFuture<Void> call(Listener listener) {
    return client.converseStream(StreamsTest.ask("one"), listener);
  }

  private void pushAll() {
    WHOLE.forEach(body::push);
    body.end();
  }

  @Test
  void f56_coldKeyWithAThousandCallers_costsOneCall() {
    Listener leader = Listener.eager();
    List<Listener> followers = new ArrayList<>();
    List<CompletableFuture<Void>> calls = new ArrayList<>(List.of(call(leader)));
    for (int i = 1; i < CALLERS; i++) {
      Listener follower = Listener.eager();
      followers.add(follower);
      calls.add(call(follower));
    }
    body.push(WHOLE.get(0));
    assertThat(leader.events).hasSize(1); // the one who called sees it come
    WHOLE.subList(1, WHOLE.size()).forEach(body::push);
    body.end();
    assertThat(calls).allSatisfy(one -> assertThat(one).isCompleted());
    assertThat(http.calls()).isEqualTo(1);
    assertThat(leader.outcome().status()).isEqualTo(Status.MISS);
    assertThat(followers)
        .allSatisfy(
            follower -> {
              assertThat(follower.outcome().status()).isEqualTo(Status.COALESCED);
              assertThat(follower.events).isEqualTo(leader.events);
              assertThat(follower.story()).isEqualTo(leader.story());
            });
  }

  @Test
  void f48_slowLeader_holdsUpNoFollower() {
    Listener slow = Listener.wanting(1);
    Listener follower = Listener.eager();
    CompletableFuture<Void> slowCall = call(slow);
    CompletableFuture<Void> followersCall = call(follower);
    pushAll();
    assertThat(followersCall).isCompleted();
    assertThat(follower.events).hasSize(WHOLE.size());
    assertThat(slow.events).hasSize(1);
    assertThat(slowCall).isNotDone();
    slow.request(Long.MAX_VALUE);
    assertThat(slow.story()).isEqualTo(follower.story());
    assertThat(slowCall).isCompleted();
  }

  @Test
  void f49_leaderNeverAsks_holdsUpNoFollower() {
    Listener idle = Listener.wanting(0);
    Listener follower = Listener.eager();
    CompletableFuture<Void> idleCall = call(idle);
    CompletableFuture<Void> followersCall = call(follower);
    pushAll();
    assertThat(followersCall).isCompleted();
    assertThat(follower.events).hasSize(WHOLE.size());
    assertThat(idle.events).isEmpty();
    assertThat(idleCall).isNotDone();
  }

  @Test
  void f58_leaderCancelsItsSubscription_followersGetAll() {
    Listener leader = Listener.eager();
    CompletableFuture<Void> leadersCall = call(leader);
    Listener follower = Listener.eager();
    CompletableFuture<Void> followersCall = call(follower);
    body.push(WHOLE.get(0));
    leader.cancel();
    assertThat(leadersCall).isCompleted();
    assertThat(body.cancelled).isFalse();
    WHOLE.subList(1, WHOLE.size()).forEach(body::push);
    body.end();
    assertThat(followersCall).isCompleted();
    assertThat(follower.events).hasSize(WHOLE.size());
    assertThat(leader.events).hasSize(1);
    assertThat(leader.heard).doesNotContain("complete", "end");
    assertThat(http.calls()).isEqualTo(1);
  }

  @Test
  void f58_leaderCancelsItsFuture_followersGetAll() {
    Listener leader = Listener.eager();
    CompletableFuture<Void> leadersCall = call(leader);
    Listener follower = Listener.eager();
    CompletableFuture<Void> followersCall = call(follower);
    leadersCall.cancel(true);
    pushAll();
    assertThat(followersCall).isCompleted();
    assertThat(follower.events).hasSize(WHOLE.size());
    assertThat(leader.heard)
        .endsWith("exception CancellationException", "error CancellationException");
    assertThat(http.calls()).isEqualTo(1);
  }

  @Test
  void f58_followerCancels_othersGetAll() {
    Listener leader = Listener.eager();
    CompletableFuture<Void> leadersCall = call(leader);
    CompletableFuture<Void> followersCall = call(Listener.eager());
    followersCall.cancel(true);
    pushAll();
    assertThat(leadersCall).isCompleted();
    assertThat(leader.events).hasSize(WHOLE.size());
  }

  @Test
  void f47_allHaveCancelled_upstreamIsCancelledAndTheNextIsServed() {
    Listener leader = Listener.eager();
    CompletableFuture<Void> leadersCall = call(leader);
    CompletableFuture<Void> followersCall = call(Listener.eager());
    body.push(WHOLE.get(0));
    leader.cancel();
    assertThat(body.cancelled).isFalse();
    followersCall.cancel(true);
    assertThat(body.cancelled).isTrue();
    assertThat(leadersCall).isCompleted();
    Listener next = Listener.eager();
    assertThat(call(next)).isCompleted();
    assertThat(next.events).hasSize(WHOLE.size());
    assertThat(next.outcome().status()).isEqualTo(Status.MISS);
  }

  @Test
  void f51_leadersSubscriberThrows_followersGetAll() {
    Listener leader =
        Listener.eager()
            .doing(
                event -> {
                  throw new IllegalStateException("the leader's own");
                });
    CompletableFuture<Void> leadersCall = call(leader);
    Listener follower = Listener.eager();
    CompletableFuture<Void> followersCall = call(follower);
    pushAll();
    assertThat(leadersCall).isCompletedExceptionally();
    assertThat(leader.heard).contains("error IllegalStateException");
    assertThat(followersCall).isCompleted();
    assertThat(follower.events).hasSize(WHOLE.size());
    assertThat(http.calls()).isEqualTo(1);
  }

  @Test
  void f57_serviceFails_followersGetTheSameFailure() {
    List<CompletableFuture<Void>> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add(call(Listener.eager()));
    }
    body.push(Frames.exception("validationException", "no"));
    List<Throwable> causes =
        calls.stream().map(one -> catchThrowable(one::join)).map(Throwable::getCause).toList();
    assertThat(causes).doesNotContainNull().allSatisfy(c -> assertThat(c).isSameAs(causes.get(0)));
    assertThat(http.calls()).isEqualTo(1);
  }

  /** Only the leader gets half an answer; followers never do. */
  @Test
  void f42_streamIsCutShort_followersAskForThemselves() {
    Listener leader = Listener.eager();
    CompletableFuture<Void> leadersCall = call(leader);
    List<Listener> followers = List.of(Listener.eager(), Listener.eager(), Listener.eager());
    List<CompletableFuture<Void>> calls = followers.stream().map(this::call).toList();
    WHOLE.subList(0, 3).forEach(body::push);
    body.end();
    assertThat(leadersCall).isCompleted();
    assertThat(leader.events).hasSize(3);
    assertThat(calls).allSatisfy(one -> assertThat(one).isCompleted());
    assertThat(followers).allSatisfy(one -> assertThat(one.events).hasSize(WHOLE.size()));
    assertThat(http.calls()).isLessThanOrEqualTo(1 + followers.size());
  }

  @Test
  void f52_streamIsTooLargeToCopy_followersAskForThemselvesAndTheLeaderGetsAll() {
    try (BedrockCache small = tooSmall()) {
      CachingBedrockAsyncClient through = over(small);
      Listener leader = Listener.wanting(2);
      CompletableFuture<Void> leadersCall = through.converseStream(StreamsTest.ask("one"), leader);
      Listener follower = Listener.eager();
      CompletableFuture<Void> followersCall =
          through.converseStream(StreamsTest.ask("one"), follower);
      pushAll();
      assertThat(leadersCall).isNotDone();
      assertThat(followersCall).isCompleted(); // without waiting for a slow leader
      leader.request(Long.MAX_VALUE);
      assertThat(leadersCall).isCompleted();
      assertThat(leader.events).isEqualTo(follower.events).hasSize(WHOLE.size());
      assertThat(http.calls()).isEqualTo(2);
    }
  }

  /** More events than are asked for ahead, of which the leader wants none. */
  @Test
  void f49_f52_leaderNeverAsksAndTheStreamIsTooLargeToCopy_holdsUpNoFollower() {
    byte[][] longer = new byte[100][];
    Arrays.fill(longer, Frames.delta(0, "word"));
    try (BedrockCache small = tooSmall()) {
      CachingBedrockAsyncClient through = over(small);
      CompletableFuture<Void> leadersCall = StreamCalls.start(through, Listener.wanting(0));
      Listener follower = Listener.eager();
      CompletableFuture<Void> followersCall = StreamCalls.start(through, follower);
      body.push(WHOLE.get(0));
      Arrays.stream(longer).forEach(body::push);
      assertThat(leadersCall).isNotDone();
      assertThat(followersCall).isCompleted();
      assertThat(follower.events).hasSize(WHOLE.size());
    }
  }

  /** No caller waits for it, and none must get it. */
  @Test
  void f47_f52_leaderHasGoneAndTheStreamIsTooLargeToCopy_upstreamIsCancelled() {
    try (BedrockCache small = tooSmall()) {
      CachingBedrockAsyncClient through = over(small);
      Listener leader = Listener.eager();
      CompletableFuture<Void> leadersCall = StreamCalls.start(through, leader);
      CompletableFuture<Void> followersCall = StreamCalls.start(through, Listener.eager());
      leader.cancel();
      WHOLE.forEach(body::push);
      assertThat(body.cancelled).isTrue();
      assertThat(List.of(leadersCall, followersCall))
          .allSatisfy(one -> assertThat(one).isCompleted());
    }
  }

  private static BedrockCache tooSmall() {
    return BedrockCache.builder().executor(StreamCalls.JOINED).maxStreamBytes(300).build();
  }

  @Test
  void f59_followersTimeoutIsShorter_onlyItTimesOut() throws Exception {
    Listener leader = Listener.eager();
    CompletableFuture<Void> leadersCall = call(leader);
    Listener hasty = Listener.eager();
    CompletableFuture<Void> hastyCall =
        client.converseStream(
            StreamsTest.ask("one").toBuilder()
                .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofMillis(50)))
                .build(),
            hasty);
    assertThat(hastyCall)
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableThat()
        .withCauseInstanceOf(ApiCallTimeoutException.class);
    assertThat(hasty.story()).containsExactly("exception ApiCallTimeoutException");
    assertThat(leadersCall).isNotDone();
    pushAll();
    assertThat(leadersCall).isCompleted();
    assertThat(leader.events).hasSize(WHOLE.size());
  }

  @Test
  void f61_callFromWithinTheCall_goesPast() {
    BedrockCache own = BedrockCache.builder().build();
    CachingBedrockAsyncClient[] caching = new CachingBedrockAsyncClient[1];
    Listener inner = Listener.eager();
    CannedHttp recursing =
        new CannedHttp(
            n -> {
              if (n == 0) {
                caching[0].converseStream(StreamsTest.ask("one"), inner).join();
              }
              return Body.of(WHOLE);
            });
    caching[0] = StreamCalls.cached(recursing.client(), own);
    Listener outer = Listener.eager();
    caching[0].converseStream(StreamsTest.ask("one"), outer).join();
    assertThat(inner.outcome().reason()).contains(CacheReason.REENTRANT);
    assertThat(outer.events).isEqualTo(inner.events);
    own.close();
  }

  /** A asks for B, and B for A: the second A calls Bedrock instead of waiting for the first. */
  @Test
  void f62_mutualRecursion_comesToAnEnd() {
    CachingBedrockAsyncClient[] caching = new CachingBedrockAsyncClient[1];
    List<String> questions = Arrays.asList("A", "B", "A");
    CannedHttp recursing =
        new CannedHttp(
            n -> {
              if (n + 1 < questions.size()) {
                caching[0]
                    .converseStream(StreamsTest.ask(questions.get(n + 1)), Listener.eager())
                    .join();
              }
              return Body.of(WHOLE);
            });
    caching[0] = StreamCalls.cached(recursing.client(), cache);
    Listener outer = Listener.eager();
    caching[0].converseStream(StreamsTest.ask("A"), outer).join();
    assertThat(outer.events).hasSize(WHOLE.size());
    assertThat(recursing.calls()).isEqualTo(3);
  }

  @Test
  void f60_leaderDies_thatIsTheLeadersAlone() {
    Error death = new OutOfMemoryError("the leader's own");
    CompletableFuture<Void> first = new CompletableFuture<>();
    int[] turn = {0};
    CachingBedrockAsyncClient dying =
        CachingBedrockAsyncClient.create(
                new ScriptedAsyncClient(
                    () -> turn[0]++ == 0 ? first : CompletableFuture.completedFuture(null)),
                cache)
            .forScope(StreamCalls.ALICE);
    CompletableFuture<?> leader = dying.converse(FakeBedrock.ask("one"));
    CompletableFuture<?> follower = dying.converse(FakeBedrock.ask("one"));
    first.completeExceptionally(new CompletionException(death));
    assertThat(catchThrowable(leader::join)).hasCause(death);
    assertThat(follower).isCompleted();
    assertThat(turn[0]).isEqualTo(2);
  }

  @Test
  void f51_leadersHandlerThrows_followersGetAnAnswer() {
    CachingBedrockAsyncClient[] caching = {client};
    Listener follower = Listener.eager();
    List<CompletableFuture<Void>> followers = new ArrayList<>();
    CompletableFuture<Void> leadersCall =
        caching[0].converseStream(
            StreamsTest.ask("one"),
            ConverseStreamResponseHandler.builder()
                .onResponse(
                    response -> {
                      CompletableFuture.runAsync(() -> followers.add(call(follower))).join();
                      throw new IllegalStateException("the leader's own");
                    })
                .subscriber(event -> {})
                .build());
    pushAll();
    assertThat(leadersCall).isDone();
    assertThat(followers.get(0)).isCompleted();
    assertThat(follower.events).hasSize(WHOLE.size());
  }

  @Test
  void f58_followerCancels_hearsNothingMore() {
    CompletableFuture<Void> leadersCall = call(Listener.eager());
    Listener follower = Listener.eager();
    call(follower).cancel(true);
    pushAll();
    assertThat(leadersCall).isCompleted();
    assertThat(follower.story()).containsExactly("exception CancellationException");
  }

  @Test
  void f53_futureOfAReplayIsCancelled_replayEnds() {
    CompletableFuture<Void> first = call(Listener.eager());
    pushAll();
    assertThat(first).isCompleted();
    Listener hit = Listener.wanting(2);
    CompletableFuture<Void> hitsCall = call(hit);
    hitsCall.cancel(true);
    hit.request(Long.MAX_VALUE);
    assertThat(hit.events).hasSize(2);
    assertThat(hit.heard)
        .endsWith("exception CancellationException", "error CancellationException");
  }
}
