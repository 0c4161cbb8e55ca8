package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.StreamCalls.WHOLE;
import static com.gymcoach.bedrock.cache.StreamCalls.outcomeOf;
import static com.gymcoach.bedrock.cache.StreamCalls.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Async clients that do not keep the rules: the caller gets what they give. */
@Timeout(60)
class AsyncClientFaultsTest {
  private final BedrockCache cache = BedrockCache.builder().build();

  @AfterEach
  void close() {
    cache.close();
  }

  @Test
  void f31_clientThrowsBeforeItReturnsAFuture_soDoesTheCachingOne() {
    RuntimeException failure = new IllegalStateException("a bug in a wrapper");
    BedrockRuntimeAsyncClient throwing =
        new ScriptedAsyncClient(
            () -> {
              throw failure;
            });
    CachingBedrockAsyncClient client = StreamCalls.cached(throwing, cache);
    assertThat(catchThrowable(() -> client.converse(FakeBedrock.ask("one")))).isSameAs(failure);
    assertThat(catchThrowable(() -> start(client, Listener.eager()))).isSameAs(failure);
  }

  @Test
  void f32_clientReturnsNoFuture_callFailsAndTheNextIsServed() {
    BedrockRuntimeAsyncClient client = new ScriptedAsyncClient(() -> null);
    CachingBedrockAsyncClient caching = StreamCalls.cached(client, cache);
    assertThat(catchThrowable(() -> caching.converse(FakeBedrock.ask("one")).join())).isNotNull();
    assertThat(catchThrowable(() -> start(caching, Listener.eager()).join())).isNotNull();
    Listener next = Listener.eager();
    assertThat(outcomeOf(StreamCalls.cached(CannedHttp.always(WHOLE).client(), cache), next))
        .isNull();
    assertThat(next.outcome().status()).isEqualTo(Status.MISS);
  }

  @Test
  void f33_clientCompletesWithNull_soDoesTheCachingOneAndNothingIsKept() {
    BedrockRuntimeAsyncClient client =
        new ScriptedAsyncClient(() -> CompletableFuture.completedFuture(null));
    CachingBedrockAsyncClient caching = StreamCalls.cached(client, cache);
    assertThat(caching.converse(FakeBedrock.ask("one")).join()).isNull();
    assertThat(start(caching, Listener.eager()).join()).isNull();
    assertThat(cache.stats().hotEntries()).isZero();
  }

  @Test
  void f28_f29_failedFuture_isTheSameObject() {
    CompletionException failure = new CompletionException(FakeBedrock.throttled());
    BedrockRuntimeAsyncClient client =
        new ScriptedAsyncClient(() -> CompletableFuture.failedFuture(failure));
    CachingBedrockAsyncClient caching = StreamCalls.cached(client, cache);
    CompletableFuture<?> call = caching.converse(FakeBedrock.ask("one"));
    assertThat(catchThrowable(call::join)).isSameAs(failure);
    assertThat(call.handle((response, thrown) -> thrown).join()).isSameAs(failure);
  }

  /** Without a store the leader's thread makes the call; with one, the store's may. */
  @Test
  void f61_callFromWithinTheCallOnTheStoresThread_goesPast() {
    GatedStore store = new GatedStore();
    ConverseRequest request = FakeBedrock.ask("one");
    BedrockRuntimeAsyncClient bedrock = new FakeAsyncBedrock(new FakeBedrock());
    CachingBedrockAsyncClient[] caching = new CachingBedrockAsyncClient[1];
    AtomicInteger calls = new AtomicInteger();
    BedrockRuntimeAsyncClient recursive =
        new ScriptedAsyncClient(
            () ->
                calls.incrementAndGet() == 1
                    ? caching[0].converse(request)
                    : bedrock.converse(request));
    caching[0] =
        StreamCalls.cached(
            recursive, BedrockCache.builder().store(store).timeSource(new FakeTime()).build());
    CompletableFuture<Void> gate = store.holdNext();
    CompletableFuture<ConverseResponse> outer = caching[0].converse(request);
    gate.complete(null);
    assertThat(outer).isCompleted();
    assertThat(calls).hasValue(2);
  }

  /** A client that answers all calls but one, counted from 1. */
  private static BedrockRuntimeAsyncClient hangingOnCall(int which) {
    AtomicInteger calls = new AtomicInteger();
    return new ScriptedAsyncClient(
        () ->
            calls.incrementAndGet() == which
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(
                    FakeBedrock.reply("answer", StopReason.END_TURN)));
  }

  private static ConverseRequest within(Duration timeout) {
    return FakeBedrock.ask("one").toBuilder()
        .overrideConfiguration(o -> o.apiCallTimeout(timeout))
        .build();
  }

  /** An SDK future that never completes (aws-sdk-java-v2#3652) is one caller's bad luck. */
  @Test
  void f23_leadersFutureNeverCompletes_laterCallersAreAnsweredAfterTheirOwnTimeout() {
    FakeTime time = new FakeTime();
    CachingBedrockAsyncClient client =
        StreamCalls.cached(hangingOnCall(1), BedrockCache.builder().timeSource(time).build());
    Duration timeout = Duration.ofMinutes(1);
    CompletableFuture<?> leader = client.converse(within(timeout));
    time.advance(timeout.minusNanos(1));
    CompletableFuture<?> follower = client.converse(within(timeout));
    time.advance(Duration.ofNanos(1));
    assertThat(client.converse(within(timeout))).isCompleted();
    assertThat(client.converse(within(timeout))).isCompleted();
    assertThat(leader).isNotDone();
    assertThat(follower).isNotDone();
  }

  @Test
  void f23_leadersFutureNeverCompletesAndThereIsNoTimeout_callersAfterFiveMinutesAreAnswered() {
    FakeTime time = new FakeTime();
    CachingBedrockAsyncClient client =
        StreamCalls.cached(hangingOnCall(1), BedrockCache.builder().timeSource(time).build());
    CompletableFuture<?> leader = client.converse(FakeBedrock.ask("one"));
    time.advance(Duration.ofMinutes(5));
    assertThat(client.converse(FakeBedrock.ask("one"))).isCompleted();
    assertThat(leader).isNotDone();
  }

  /** A background call that never ends must not be the last one. */
  @Test
  void f23_revalidationNeverEnds_staleAnswersAreAskedForAnewLater() {
    FakeTime time = new FakeTime();
    Duration ttl = Duration.ofMinutes(1);
    Queue<Runnable> behind = new ArrayDeque<>();
    CachingBedrockAsyncClient client =
        StreamCalls.cached(
            hangingOnCall(2),
            BedrockCache.builder()
                .ttlPolicy(
                    TtlPolicy.fixed(ttl)
                        .withJitter(0)
                        .withStaleWhileRevalidate(Duration.ofMinutes(10)))
                .timeSource(time)
                .executor(behind::add)
                .build());
    client.converse(FakeBedrock.ask("one")).join();
    time.advance(ttl);
    assertThat(CacheOutcome.of(client.converse(FakeBedrock.ask("one")).join()).stale()).isTrue();
    behind.remove().run(); // never ends
    time.advance(Duration.ofMinutes(5).minusNanos(1));
    assertThat(CacheOutcome.of(client.converse(FakeBedrock.ask("one")).join()).stale()).isTrue();
    assertThat(behind).isEmpty();
    time.advance(Duration.ofNanos(1));
    assertThat(CacheOutcome.of(client.converse(FakeBedrock.ask("one")).join()).stale()).isTrue();
    assertThat(behind).hasSize(1);
  }

  /** A hand-written client, which wraps nothing. */
  @Test
  void f28_f29_failedFutureOfAStream_isTheSameObject() {
    RuntimeException failure = FakeBedrock.throttled();
    BedrockRuntimeAsyncClient client =
        new ScriptedAsyncClient(() -> CompletableFuture.failedFuture(failure));
    CachingBedrockAsyncClient caching = StreamCalls.cached(client, cache);
    CompletableFuture<Void> call = start(caching, Listener.eager());
    assertThat(call.handle((nothing, thrown) -> thrown).join()).isSameAs(failure);
  }
}
