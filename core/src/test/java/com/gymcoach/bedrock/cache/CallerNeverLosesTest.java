package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** With the cache or its callbacks broken, and with Bedrock failing as well. */
@Timeout(60)
@ParameterizedClass
@EnumSource(CallingStyle.class)
class CallerNeverLosesTest {
  private final CallingStyle way;
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();

  CallerNeverLosesTest(CallingStyle way) {
    this.way = way;
  }

  private ConverseResponse call(BedrockCache cache, ConverseRequest request) {
    return way.over(bedrock, cache).forScope(ALICE).converse(request);
  }

  private static String text(ConverseResponse response) {
    return response.output().message().content().get(0).text();
  }

  static Stream<RuntimeException> unchecked() {
    return Stream.of(
        SdkClientException.create("connection reset"),
        ValidationException.builder().message("no").statusCode(400).build(),
        new IllegalStateException("a bug in an interceptor"),
        new RejectedExecutionException("shut down"));
  }

  @ParameterizedTest
  @MethodSource("unchecked")
  void f29_uncheckedFailure_isTheSameObjectAndNotKept(RuntimeException failure) {
    try (BedrockCache cache = BedrockCache.builder().store(store).build()) {
      bedrock.answer =
          request -> {
            throw failure;
          };
      assertThat(catchThrowable(() -> call(cache, ask("one")))).isSameAs(failure);
      assertThat(bedrock.calls).hasValue(1);
      bedrock.answer = request -> FakeBedrock.reply("well again", StopReason.END_TURN);
      assertThat(text(call(cache, ask("one")))).isEqualTo("well again");
      assertThat(CacheOutcome.of(call(cache, ask("one"))).cached()).isTrue();
    }
  }

  private static ConverseRequest warm(float temperature) {
    return ask("one").toBuilder().inferenceConfig(c -> c.temperature(temperature)).build();
  }

  @Test
  void f39_temperatureAboveZero_isCachedUnlessThePolicySaysOtherwise() {
    try (BedrockCache cache = BedrockCache.builder().build()) {
      assertThat(text(call(cache, warm(1)))).isEqualTo("answer 1");
      assertThat(text(call(cache, warm(1)))).isEqualTo("answer 1");
      assertThat(text(call(cache, warm(0)))).isEqualTo("answer 2");
    }
    CachePolicy cold =
        new CachePolicy() {
          @Override
          public boolean mayServe(CallContext call, SdkRequest request) {
            return request instanceof ConverseRequest converse
                && converse.inferenceConfig().temperature() == 0;
          }
        };
    try (BedrockCache cache = BedrockCache.builder().cachePolicy(cold).build()) {
      assertThat(CacheOutcome.of(call(cache, warm(1))).reason())
          .contains(CacheReason.POLICY_REQUEST);
      call(cache, warm(0));
      assertThat(CacheOutcome.of(call(cache, warm(0))).cached()).isTrue();
    }
  }

  static Stream<RuntimeException> leadersOwn() {
    return Stream.of(
        AbortedException.create("Thread was interrupted"), ApiCallTimeoutException.create(50));
  }

  @ParameterizedTest
  @MethodSource("leadersOwn")
  void f58_leaderGivesUp_theFollowerGetsAnAnswerAllTheSame(RuntimeException givenUp)
      throws Exception {
    CountDownLatch leading = new CountDownLatch(1);
    CountDownLatch giveUp = new CountDownLatch(1);
    AtomicInteger turn = new AtomicInteger();
    bedrock.answer =
        request -> {
          if (turn.getAndIncrement() > 0) {
            return FakeBedrock.reply("for the follower", StopReason.END_TURN);
          }
          leading.countDown();
          try {
            giveUp.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          throw givenUp;
        };
    try (BedrockCache cache = BedrockCache.builder().build()) {
      CompletableFuture<Throwable> leader =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> call(cache, ask("one"))));
      assertThat(leading.await(30, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<String> answered = new CompletableFuture<>();
      Thread follower = new Thread(() -> answered.complete(text(call(cache, ask("one")))));
      follower.start();
      while (follower.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      giveUp.countDown();
      assertThat(leader.get(30, TimeUnit.SECONDS)).isSameAs(givenUp);
      assertThat(answered.get(30, TimeUnit.SECONDS)).isEqualTo("for the follower");
      assertThat(bedrock.calls).hasValue(2);
    }
  }

  /** A scope function is a callback like the others. */
  @Test
  void f30_scopeFunctionThrowsAnError_callGoesPastTheCache() {
    try (BedrockCache cache = BedrockCache.builder().build()) {
      ConverseResponse response =
          way.over(bedrock, cache)
              .scopedBy(
                  request -> {
                    throw new NoClassDefFoundError("com/example/CurrentUser");
                  })
              .converse(ask("one"));
      assertThat(CacheOutcome.of(response).reason()).contains(CacheReason.SCOPE_FAILED);
      assertThat(bedrock.calls).hasValue(1);
    }
  }

  /** A store whose executor takes no more work. */
  @Test
  void f63_storeRejects_callerGetsBedrocksAnswer() {
    store.failReads = new StoreBusyException();
    try (BedrockCache cache = BedrockCache.builder().store(store).build()) {
      assertThat(text(call(cache, ask("one")))).isEqualTo("answer 1");
      assertThat(cache.stats().faults()).containsEntry(CacheFault.STORE_BUSY, 1L);
    }
  }

  /** One byte: less than any answer takes. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void f68_memoryTooSmallForTheAnswer_isServedFromTheStore(long hotMaxBytes) {
    try (BedrockCache cache =
        BedrockCache.builder().store(store).hotMaxBytes(hotMaxBytes).build()) {
      call(cache, ask("one"));
      assertThat(CacheOutcome.of(call(cache, ask("one"))).source()).isEqualTo(CacheSource.WARM);
    }
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void f68_memoryTooSmallForTheAnswerAndNoStore_isNotSaidToBeStored() {
    try (BedrockCache cache = BedrockCache.builder().hotMaxBytes(1).build()) {
      assertThat(CacheOutcome.of(call(cache, ask("one"))).kept()).isFalse();
    }
  }

  @Test
  void f68_memoryFull_makesRoom() {
    long room = 10_000;
    bedrock.answer = request -> FakeBedrock.reply("x".repeat(2_000), StopReason.END_TURN);
    try (BedrockCache cache = BedrockCache.builder().hotMaxBytes(room).build()) {
      for (int i = 0; i < 100; i++) {
        assertThat(text(call(cache, ask("question " + i)))).hasSize(2_000);
      }
      assertThat(cache.stats().hotBytes()).isBetween(1L, room);
    }
  }

  /** The callbacks of a service, failing with out-of-memory or worse. */
  private static List<BedrockCacheBuilder> outOfMemory() {
    return List.of(
        BedrockCache.builder()
            .compressor(
                new Compressor() {
                  @Override
                  public int id() {
                    return 200;
                  }

                  @Override
                  public byte[] compress(byte[] raw) {
                    throw new OutOfMemoryError("encode");
                  }

                  @Override
                  public byte[] decompress(byte[] compressed, int dictionaryId, int length) {
                    throw new OutOfMemoryError("decode");
                  }
                }),
        BedrockCache.builder()
            .cachePolicy(
                new CachePolicy() {
                  @Override
                  public boolean mayKeep(CallContext call, SdkResponse response) {
                    throw new OutOfMemoryError("policy");
                  }
                }),
        BedrockCache.builder()
            .keyGenerator(
                new KeyGenerator() {
                  @Override
                  public byte[] keyOf(CallContext call, SdkRequest request) {
                    throw new OutOfMemoryError("key");
                  }
                }),
        BedrockCache.builder()
            .metricsSink(
                new MetricsSink() {
                  @Override
                  public void record(CacheEvent event) {
                    throw new OutOfMemoryError("sink");
                  }
                }));
  }

  /** The outcome cannot be counted: the caller still gets the client's own exception. */
  @Test
  void f85_outOfMemoryWhileAFailureIsCounted_callerGetsThatFailure() {
    AtomicBoolean exhausted = new AtomicBoolean();
    FakeTime clock = new FakeTime();
    TimeSource breaking =
        new TimeSource() {
          @Override
          public Instant now() {
            return clock.now();
          }

          @Override
          public long nanoTime() {
            if (exhausted.get()) {
              throw new OutOfMemoryError("clock");
            }
            return clock.nanoTime();
          }
        };
    RuntimeException failure = FakeBedrock.throttled();
    bedrock.answer =
        request -> {
          exhausted.set(true);
          throw failure;
        };
    BedrockCache cache = BedrockCache.builder().timeSource(breaking).build();
    assertThat(catchThrowable(() -> call(cache, ask("one")))).isSameAs(failure);
  }

  @Test
  void f85_outOfMemoryInTheCache_callerDoesNotNotice() {
    String padding = " long enough to be worth compressing".repeat(100);
    bedrock.answer =
        request -> FakeBedrock.reply(bedrock.calls.get() + padding, StopReason.END_TURN);
    for (BedrockCacheBuilder builder : outOfMemory()) {
      int calls = bedrock.calls.get();
      try (BedrockCache cache = builder.store(new FakeStore()).build()) {
        assertThat(text(call(cache, ask("one")))).isEqualTo((calls + 1) + padding);
        assertThat(bedrock.calls).hasValue(calls + 1);
        assertThat(cache.stats().faults().size() + cache.stats().sinkFailures()).isPositive();
      }
    }
  }
}
