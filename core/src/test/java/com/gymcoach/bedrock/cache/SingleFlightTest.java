package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

@Timeout(60)
@ParameterizedClass
@EnumSource(CallingStyle.class)
class SingleFlightTest {
  private final CallingStyle way;
  private static final int CALLERS = 1000;
  private static final CacheScope SCOPE = CacheScope.user("alice").endpoint("chat");

  private final FakeBedrock bedrock = new FakeBedrock();

  /** Its clock stands still, so that no flight is overdue however slow the machine. */
  private final BedrockCache cache = BedrockCache.builder().timeSource(new FakeTime()).build();

  private final Caller client;
  private final CountDownLatch release = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Thread> started = Collections.synchronizedList(new ArrayList<>());

  SingleFlightTest(CallingStyle way) {
    this.way = way;
    this.client = way.over(bedrock, cache);
  }

  @AfterEach
  void stop() {
    release.countDown();
    threads.shutdownNow();
  }

  private Future<Object> call(String text) {
    return call(ask(text));
  }

  private Future<Object> call(ConverseRequest request) {
    return threads.submit(
        () -> {
          started.add(Thread.currentThread());
          try {
            return CacheOutcome.of(client.forScope(SCOPE).converse(request));
          } catch (Throwable failure) {
            return failure;
          }
        });
  }

  private List<Future<Object>> everyoneParked(String text) {
    List<Future<Object>> calls = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      calls.add(call(text));
    }
    while (started.size() < CALLERS
        || started.stream().anyMatch(t -> t.getState() == Thread.State.RUNNABLE)) {
      Thread.onSpinWait();
    }
    return calls;
  }

  private void hold() {
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void f56_coldKeyWithAThousandCallers_costsOneCall() throws Exception {
    bedrock.answer =
        request -> {
          hold();
          return FakeBedrock.reply("one for all", StopReason.END_TURN);
        };
    List<Future<Object>> calls = everyoneParked("same");
    release.countDown();
    int coalesced = 0;
    for (Future<Object> call : calls) {
      CacheOutcome outcome = (CacheOutcome) call.get(30, TimeUnit.SECONDS);
      coalesced += outcome.status() == CacheOutcome.Status.COALESCED ? 1 : 0;
    }
    assertThat(bedrock.calls).hasValue(1);
    assertThat(coalesced).isEqualTo(CALLERS - 1);
  }

  @Test
  void f57_serviceFails_followersGetTheSameObject() throws Exception {
    bedrock.answer =
        request -> {
          hold();
          throw FakeBedrock.throttled();
        };
    List<Future<Object>> calls = everyoneParked("same");
    release.countDown();
    Set<Object> failures = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Future<Object> call : calls) {
      failures.add(call.get(30, TimeUnit.SECONDS));
    }
    assertThat(bedrock.calls).hasValue(1);
    assertThat(failures).hasSize(1);
  }

  private Future<Object> leaderInFlight() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    bedrock.answer =
        request -> {
          asked.countDown();
          hold();
          return FakeBedrock.reply("late", StopReason.END_TURN);
        };
    Future<Object> leader = call("same");
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    return leader;
  }

  private void assertLandsForAll(Future<Object> leader) throws Exception {
    assertThat(leader.isDone()).isFalse();
    release.countDown();
    assertThat(leader.get(30, TimeUnit.SECONDS)).isInstanceOf(CacheOutcome.class);
    CacheOutcome next = (CacheOutcome) call("same").get(30, TimeUnit.SECONDS);
    assertThat(next.status()).isEqualTo(CacheOutcome.Status.HIT);
    assertThat(bedrock.calls).hasValue(1);
  }

  /**
   * The one test with a real timeout: a thread that waits has no other clock. The flight cannot
   * land before the test says so, so that it is the same on a slow machine.
   */
  @Test
  void f59_followersTimeoutIsShorter_onlyItTimesOut() throws Exception {
    Future<Object> leader = leaderInFlight();
    ConverseRequest hasty =
        ask("same").toBuilder()
            .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofMillis(50)))
            .build();
    Object failure = call(hasty).get(30, TimeUnit.SECONDS);
    assertThat(failure).isInstanceOf(ApiCallTimeoutException.class);
    assertLandsForAll(leader);
  }

  @Test
  void f66_followerIsInterrupted_onlyItAborts() throws Exception {
    assumeTrue(way == CallingStyle.SYNC, "Nobody waits in the async client");
    Future<Object> leader = leaderInFlight();
    CompletableFuture<Boolean> keptItsMark = new CompletableFuture<>();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread follower =
        new Thread(
            () -> {
              failure.complete(catchThrowable(() -> client.forScope(SCOPE).converse(ask("same"))));
              keptItsMark.complete(Thread.currentThread().isInterrupted());
            });
    follower.start();
    while (follower.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    follower.interrupt();
    assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(AbortedException.class);
    assertThat(keptItsMark.get(30, TimeUnit.SECONDS)).isTrue();
    assertLandsForAll(leader);
  }

  @Test
  void f60_leaderDies_thatIsTheLeadersAlone() throws Exception {
    AtomicInteger turn = new AtomicInteger();
    bedrock.answer =
        request -> {
          hold();
          if (turn.getAndIncrement() == 0) {
            throw new OutOfMemoryError("the leader's own");
          }
          return FakeBedrock.reply("from the next", StopReason.END_TURN);
        };
    List<Future<Object>> calls = everyoneParked("same");
    release.countDown();
    int died = 0;
    for (Future<Object> call : calls) {
      died += call.get(30, TimeUnit.SECONDS) instanceof OutOfMemoryError ? 1 : 0;
    }
    assertThat(died).isEqualTo(1);
    assertThat(bedrock.calls).hasValue(2);
  }

  @Test
  void f60_everyLeaderDies_eachGetsItsOwnAndNoStackOverflows() throws Exception {
    bedrock.answer =
        request -> {
          hold();
          throw new LinkageError();
        };
    List<Future<Object>> calls = everyoneParked("same");
    release.countDown();
    for (Future<Object> call : calls) {
      assertThat(call.get(30, TimeUnit.SECONDS)).isInstanceOf(LinkageError.class);
    }
    assertThat(bedrock.calls).hasValue(CALLERS);
  }

  @Test
  void f67_slowKey_blocksNoOther() throws Exception {
    bedrock.answer =
        request -> {
          if (request.equals(ask("slow"))) {
            hold();
          }
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    Future<Object> slow = call("slow");
    for (int i = 0; i < 600; i++) {
      assertThat(call("other " + i).get(30, TimeUnit.SECONDS)).isInstanceOf(CacheOutcome.class);
    }
    assertThat(slow.isDone()).isFalse();
  }

  @Test
  void f61_callFromWithinTheCall_goesPast() {
    bedrock.answer =
        request ->
            bedrock.calls.get() == 1
                ? client.forScope(SCOPE).converse(ask("same"))
                : FakeBedrock.reply("inner", StopReason.END_TURN);
    client.forScope(SCOPE).converse(ask("same"));
    assertThat(bedrock.calls).hasValue(2);
  }
}
