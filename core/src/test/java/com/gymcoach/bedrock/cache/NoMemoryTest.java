package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** {@code hotMaxBytes(0)}: nothing is kept in memory, so nothing is answered from there. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class NoMemoryTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final int THREADS = 4;
  private static final int CALLS = 300;
  private static final Duration TTL = Duration.ofHours(1);

  private final CallingStyle way;
  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();

  NoMemoryTest(CallingStyle way) {
    this.way = way;
  }

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .hotMaxBytes(0)
        .ttlPolicy(TtlPolicy.fixed(TTL).withJitter(0).withStaleIfError(TTL))
        .timeSource(time)
        .store(store);
  }

  private CacheOutcome ask(BedrockCache cache) {
    Caller client = way.over(bedrock, cache).forScope(ALICE);
    return CacheOutcome.of(client.converse(FakeBedrock.ask("Plan my week")));
  }

  /** By many threads, as an eviction that is due may be delayed by another thread's. */
  @Test
  void converse_whenThereIsNoMemory_isAnsweredByTheStoreHoweverManyThreads() throws Exception {
    try (BedrockCache cache = builder().build()) {
      Caller client = way.over(bedrock, cache).forScope(ALICE);
      var sources = ConcurrentHashMap.<CacheSource>newKeySet();
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try {
        Callable<Integer> caller =
            () -> {
              for (int i = 0; i < CALLS; i++) {
                ConverseResponse answer = client.converse(FakeBedrock.ask("Question " + i % 3));
                CacheOutcome outcome = CacheOutcome.of(answer);
                if (outcome.status() == Status.HIT) {
                  sources.add(outcome.source());
                }
              }
              return CALLS;
            };
        List<Future<Integer>> done = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          done.add(threads.submit(caller));
        }
        for (Future<Integer> each : done) {
          each.get();
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(sources).containsOnly(CacheSource.WARM);
      assertThat(cache.stats().total().hotHits()).isZero();
      assertThat(cache.stats().hotEntries()).isZero();
      assertThat(cache.stats().hotBytes()).isZero();
    }
  }

  /** Another process's invalidation is seen by the very next call. */
  @Test
  void converse_whenAnotherProcessHasInvalidated_isAskedAnewAtOnce() {
    try (BedrockCache cache = builder().build();
        BedrockCache other = builder().build()) {
      ask(cache);
      assertThat(ask(cache).source()).isEqualTo(CacheSource.WARM);
      assertThat(other.invalidate(ALICE)).isEqualTo(1);
      assertThat(ask(cache).status()).isEqualTo(Status.MISS);
      assertThat(bedrock.calls).hasValue(2);
    }
  }

  @Test
  void converse_whenBedrockFails_isAnsweredByTheStoresStaleEntry() {
    try (BedrockCache cache = builder().build()) {
      ask(cache);
      time.advance(TTL.plusSeconds(1));
      bedrock.answer =
          request -> {
            throw FakeBedrock.throttled();
          };
      CacheOutcome outcome = ask(cache);
      assertThat(outcome.stale()).isTrue();
      assertThat(outcome.source()).isEqualTo(CacheSource.WARM);
    }
  }

  @Test
  void invalidate_whenThereIsNoMemory_countsWhatTheStoreHeld() {
    try (BedrockCache cache = builder().build()) {
      ask(cache);
      ask(cache);
      assertThat(cache.invalidate(ALICE)).isEqualTo(1);
      assertThat(cache.invalidate(ALICE)).isZero();
    }
  }

  /** Neither kept nor counted as kept. */
  @Test
  void converse_whenTheStoreTakesNothingEither_isNotSaidToBeStored() {
    store.failWrites = new IllegalStateException("down");
    try (BedrockCache cache = builder().build()) {
      CacheOutcome outcome = ask(cache);
      assertThat(outcome.kept() || outcome.stored()).isFalse();
      assertThat(ask(cache).status()).isEqualTo(Status.MISS);
    }
  }

  @Test
  void observe_whenThereIsNoMemory_foreseesNoHitsFromIt() {
    bedrock.answer = request -> FakeBedrock.reply("answer", StopReason.END_TURN);
    try (BedrockCache cache = builder().mode(CacheMode.OBSERVE).build()) {
      for (int i = 0; i < 3; i++) {
        ask(cache);
      }
      assertThat(cache.stats().observed().total().hotHits()).isZero();
      assertThat(cache.stats().observed().total().warmHits()).isEqualTo(2);
    }
  }
}
