package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.internal.call.Result;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failure of Bedrock's belongs to those who waited for it, and to nothing after that. */
@Timeout(60)
class SharedFailureTest {
  private final BedrockCache cache =
      BedrockCache.builder().store(new FakeStore()).executor(Runnable::run).build();

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void failure_whenShared_isTheSameObjectAndIsLetGo(CallingStyle way) throws Exception {
    WeakReference<Throwable> failure = failTogether(way);
    while (failure.get() != null) { // the test's time limit ends this
      System.gc();
    }
    assertThat(cache.stats().total().failures()).isEqualTo(2);
    cache.close(); // here: the cache was there to hold it
  }

  private WeakReference<Throwable> failTogether(CallingStyle way) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch called = new CountDownLatch(1);
    Throwable thrown = FakeBedrock.throttled();
    FakeBedrock bedrock = new FakeBedrock();
    bedrock.answer =
        request -> {
          called.countDown();
          try {
            assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          throw Result.<RuntimeException>unchanged(thrown);
        };
    Caller client = way.over(bedrock, cache).forScope(CacheScope.shared());
    CompletableFuture<Throwable> leader = new CompletableFuture<>();
    CompletableFuture<Throwable> follower = new CompletableFuture<>();
    Thread first = asking(client, leader);
    first.start();
    assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
    Thread second = asking(client, follower);
    second.start();
    while (second.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    release.countDown();
    assertThat(leader.get(30, TimeUnit.SECONDS)).isSameAs(thrown);
    assertThat(follower.get(30, TimeUnit.SECONDS)).isSameAs(thrown);
    first.join();
    second.join();
    assertThat(bedrock.calls).hasValue(1);
    return new WeakReference<>(thrown);
  }

  private static Thread asking(Caller client, CompletableFuture<Throwable> failure) {
    return new Thread(
        () -> failure.complete(catchThrowable(() -> client.converse(FakeBedrock.ask("one")))));
  }
}
