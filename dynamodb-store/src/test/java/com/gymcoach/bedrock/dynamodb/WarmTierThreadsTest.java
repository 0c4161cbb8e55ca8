package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** On which threads the cache works when DynamoDB has a blocking client, or has not. */
class WarmTierThreadsTest extends WarmTierFixture {
  WarmTierThreadsTest() {
    super(Way.SYNC);
  }

  /** More callers than the sync client's threads and their queue hold: some are turned away. */
  @Test
  void f63_poolIsFull_everyCallerGetsBedrocksAnswer() throws Exception {
    int callers = 8 + 256 + 40;
    BedrockCache cache = hasty(throughProxy(Kind.SYNC).maxThreads(8).maxCallsPerPartition(callers));
    assertThat(ask(cache, "before")).isEqualTo("1");
    proxy.play(FaultProxy.Mode.SILENT, "");
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<String>> calls = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        String question = "question " + i;
        calls.add(threads.submit(() -> ask(cache, question)));
      }
      assertThat(calls).allSatisfy(call -> assertThat(call.get(60, TimeUnit.SECONDS)).isNotEmpty());
    } finally {
      threads.shutdownNow();
    }
    assertThat(bedrock.requests()).isEqualTo(1 + callers);
    Map<CacheFault, Long> faults = faults(cache);
    long unanswered =
        Stream.of(
                CacheFault.STORE_BUSY,
                CacheFault.STORE_QUEUE_TIMEOUT,
                CacheFault.STORE_READ_FAILED,
                CacheFault.STORE_READ_TIMEOUT,
                CacheFault.STORE_UNAVAILABLE)
            .mapToLong(fault -> faults.getOrDefault(fault, 0L))
            .sum();
    assertThat(unanswered).isEqualTo(callers);
    assertThat(faults).containsKey(CacheFault.STORE_READ_TIMEOUT);
    proxy.heal();
    proxy.release();
    time.advance(Duration.ofSeconds(5)); // the breaker may be open
    recovers(cache); // when what waited in the pool has been sent
  }

  /** A millisecond is hardly ever enough for a look-up, and the first ones have more than that. */
  @ParameterizedTest
  @EnumSource
  void ask_inAProcessThatIsCold_waitsLongerForWhatTheTableHas(Kind kind) {
    assertThat(ask(fresh(), "question")).isEqualTo("1");
    DynamoDbCacheStore.Builder store =
        throughProxy(kind)
            .readBudget(Duration.ofMillis(1))
            .firstReadBudget(Dynamo.PATIENT)
            .writeBudget(Dynamo.PATIENT);
    BedrockCache cold = closing(BedrockCache.builder().store(store.build()).build());
    assertThat(CacheOutcome.of(call(cold, ALICE, "question")).source()).isEqualTo(CacheSource.WARM);
  }

  /**
   * Alice's calls hang, up to the limit: Bob's continue, and hers continue when they have ended.
   */
  @ParameterizedTest
  @EnumSource
  void f26_oneUserHasAsManyCallsAsMayBe_othersStillFindTheirAnswers(Kind kind) throws Exception {
    CacheScope bob = CacheScope.user("bob").endpoint("chat");
    assertThat(caller.ask(fresh(), bob, "question")).isEqualTo("1");
    BedrockCache cache =
        closing(
            BedrockCache.builder()
                .store(
                    throughProxy(kind)
                        .readBudget(Duration.ofSeconds(60))
                        .maxCallsPerPartition(2)
                        .build())
                .timeSource(time)
                .build());
    proxy.play(FaultProxy.Mode.SILENT, "BatchGetItem");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<String>> hanging = new ArrayList<>();
      for (String question : List.of("one", "two")) {
        hanging.add(threads.submit(() -> ask(cache, question)));
      }
      Await.until("both hang", () -> proxy.requests() == 2);
      proxy.heal();
      assertThat(ask(cache, "three")).isEqualTo("2");
      assertThat(faults(cache)).containsEntry(CacheFault.STORE_BUSY, 1L);
      ConverseResponse found = call(cache, bob, "question");
      assertThat(Caller.text(found)).isEqualTo("1");
      assertThat(CacheOutcome.of(found).source()).isEqualTo(CacheSource.WARM);
      proxy.release();
      assertThat(hanging)
          .allSatisfy(call -> assertThat(call.get(60, TimeUnit.SECONDS)).isNotEmpty());
    } finally {
      threads.shutdownNow();
    }
    recovers(cache);
    assertThat(faults(cache)).containsEntry(CacheFault.STORE_BUSY, 1L);
  }

  /**
   * Whatever thread DynamoDB answers on, the engine and the service's own callbacks run on the
   * caller's: none of them can block a client's event loop. A pool of one thread is enough.
   */
  @ParameterizedTest
  @EnumSource
  void f64_callbacks_runOnTheCallersThreadOnly(Kind kind) throws Exception {
    Map<String, Thread> seen = new ConcurrentHashMap<>();
    Consumer<String> note =
        what -> seen.merge(what, Thread.currentThread(), (a, b) -> a == b ? a : b);
    BedrockCache cache =
        closing(
            BedrockCache.builder()
                .store(kind.store(table).build())
                .ttlPolicy(
                    call -> {
                      note.accept("ttl");
                      return Duration.ofHours(1);
                    })
                .metricsSink(event -> note.accept("sink"))
                .build());
    ForkJoinPool pool = new ForkJoinPool(1);
    try {
      Thread caller =
          pool.submit(
                  () -> {
                    ask(cache, "question");
                    ask(cache, "question");
                    ask(cache, "another");
                    return Thread.currentThread();
                  })
              .get(60, TimeUnit.SECONDS);
      assertThat(seen)
          .containsOnlyKeys("ttl", "sink")
          .allSatisfy((k, t) -> assertThat(t).isSameAs(caller));
    } finally {
      pool.shutdownNow();
    }
    assertThat(bedrock.requests()).isEqualTo(2);
  }
}
