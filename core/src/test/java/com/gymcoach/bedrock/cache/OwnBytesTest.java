package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BytesCall.ArrayTaker;
import com.gymcoach.bedrock.cache.BytesCall.Bedrock;
import com.gymcoach.bedrock.cache.CannedHttp.Body;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Callers who share an answer do not share its byte arrays. Each caller here overwrites every array
 * that it is given, a stream's within {@code onNext}; the next one must not notice.
 */
@Timeout(60)
class OwnBytesTest {
  private final GatedStore store = new GatedStore();
  private final List<ArrayTaker> takers = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(BytesCall.class)
  void call_whenEachCallerOverwritesItsBytes_noOtherCallerNotices(BytesCall call) throws Exception {
    ArrayTaker bare = new ArrayTaker();
    finish(call.over(whole(call), null, bare));
    assertThat(bare.contents).isNotEmpty().noneMatch(content -> content.startsWith("X"));

    try (BedrockCache cache = cache();
        BedrockCache other = cache()) {
      missWithFollowers(call, cache);
      for (int i = 0; i < 2; i++) {
        finish(call.over(whole(call), cache, taker())); // hot
      }
      warmHitWithFollower(call, other);
      finish(call.over(whole(call), other, taker())); // promoted
      assertThat(cache.stats().total().hotHits()).isEqualTo(2);
      assertThat(other.stats().total().warmHits()).isEqualTo(2);
      assertThat(other.stats().total().hotHits()).isEqualTo(1);
    }
    assertThat(takers)
        .hasSize(8)
        .allSatisfy(taker -> assertThat(taker.contents).isEqualTo(bare.contents));
    Set<byte[]> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    takers.forEach(taker -> distinct.addAll(taker.arrays));
    assertThat(distinct).hasSize(takers.size() * bare.contents.size());
  }

  /** Makes one call that leads and two that wait for it. */
  private void missWithFollowers(BytesCall call, BedrockCache cache) throws Exception {
    Body body = Body.open();
    CountDownLatch release = new CountDownLatch(1);
    Bedrock slow =
        Bedrock.of(
            n -> {
              await(release);
              return call.body().get(0);
            },
            n -> body);
    List<CompletableFuture<Void>> calls = threeAtOnce(call, slow, cache);
    release.countDown();
    call.body().forEach(body::push);
    body.end();
    for (CompletableFuture<Void> one : calls) {
      finish(one);
    }
    assertThat(cache.stats().total().coalesced()).isEqualTo(2);
  }

  /** Makes one call that the store answers and another that waits for the same answer. */
  private void warmHitWithFollower(BytesCall call, BedrockCache cache) throws Exception {
    CompletableFuture<Void> gate = store.holdNext();
    List<CompletableFuture<Void>> calls = new ArrayList<>();
    calls.add(start(call, whole(call), cache));
    calls.add(start(call, whole(call), cache));
    gate.complete(null);
    for (CompletableFuture<Void> one : calls) {
      finish(one);
    }
  }

  private List<CompletableFuture<Void>> threeAtOnce(
      BytesCall call, Bedrock bedrock, BedrockCache cache) {
    List<CompletableFuture<Void>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(start(call, bedrock, cache));
    }
    return calls;
  }

  /** Starts a call; returns when it waits for Bedrock, for the store or for the leader. */
  private CompletableFuture<Void> start(BytesCall call, Bedrock bedrock, BedrockCache cache) {
    ArrayTaker taker = taker();
    if (!call.isSync()) {
      return call.over(bedrock, cache, taker);
    }
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                call.over(bedrock, cache, taker).join();
                ended.complete(null);
              } catch (RuntimeException | Error failure) {
                ended.completeExceptionally(failure);
              }
            });
    thread.start();
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return ended;
  }

  private ArrayTaker taker() {
    ArrayTaker taker = new ArrayTaker();
    takers.add(taker);
    return taker;
  }

  private static Bedrock whole(BytesCall call) {
    return Bedrock.of(n -> call.body().get(0), n -> Body.of(call.body()));
  }

  private BedrockCache cache() {
    Executor joined = StreamCalls.JOINED;
    return BedrockCache.builder().store(store).executor(joined).build();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void finish(CompletableFuture<Void> call)
      throws InterruptedException, ExecutionException, TimeoutException {
    call.get(30, TimeUnit.SECONDS);
  }
}
