package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * The service's own policy, sink or key generator throws or blocks in the first of two calls that
 * ask the same. The second is answered while the first is still blocked. The cells are played side
 * by side: those that block take over a second each.
 */
@Timeout(300)
class ServiceCodeMatrixTest {
  enum Place {
    MAY_KEEP,
    TTL,
    JITTER,
    STALE_WINDOW,
    KEY_GENERATOR,
    SINK
  }

  enum Deed {
    THROWS_AN_EXCEPTION,
    THROWS_AN_ERROR,
    BLOCKS
  }

  enum Operation {
    CONVERSE,
    INVOKE_MODEL
  }

  /** One way of doing harm. */
  record Cell(
      Operation operation,
      CallingStyle leader,
      CallingStyle follower,
      Place place,
      Deed deed,
      boolean late) {}

  /** What came of it: the second caller's outcome, and how often Bedrock was called. */
  record Result(CacheOutcome follower, int calls) {}

  private static final ExecutorService CELLS = Executors.newFixedThreadPool(64);
  private static final ExecutorService CALLERS = Executors.newCachedThreadPool();
  private static final Map<Cell, Future<Result>> PLAYED = new ConcurrentHashMap<>();

  static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      for (CallingStyle leader : CallingStyle.values()) {
        for (CallingStyle follower : CallingStyle.values()) {
          for (Place place : Place.values()) {
            for (Deed deed : Deed.values()) {
              cells.add(new Cell(operation, leader, follower, place, deed, true));
              cells.add(new Cell(operation, leader, follower, place, deed, false));
            }
          }
        }
      }
    }
    return cells;
  }

  @BeforeAll
  static void play() {
    cells().forEach(cell -> PLAYED.put(cell, CELLS.submit(() -> new Play(cell).run())));
  }

  @AfterAll
  static void stop() {
    CELLS.shutdownNow();
    CALLERS.shutdownNow();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void serviceCodeThrowsOrBlocksInOneCall_theOtherIsAnswered(Cell cell) throws Exception {
    Result result = Objects.requireNonNull(PLAYED.get(cell)).get();
    assertThat(result.follower().reason().orElse(null)).isNotEqualTo(CacheReason.ENGINE_FAILED);
    assertThat(result.calls()).isBetween(1, 2);
  }

  /** Does the deed once, in the first call that comes by. */
  private static final class Play
      implements CachePolicy, TtlPolicy, KeyGenerator, MetricsSink, AutoCloseable {
    private final Cell cell;
    private final AtomicBoolean done = new AtomicBoolean();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch bedrockAsked = new CountDownLatch(1);
    private final CountDownLatch bedrockAnswers = new CountDownLatch(1);
    private final Bedrock bedrock = new Bedrock();

    Play(Cell cell) {
      this.cell = cell;
    }

    private void at(Place place) {
      if (place != cell.place || done.getAndSet(true)) {
        return;
      }
      begun.countDown();
      switch (cell.deed) {
        case THROWS_AN_EXCEPTION -> throw new IllegalStateException("the service's own");
        case THROWS_AN_ERROR -> throw new LinkageError("the service's own");
        case BLOCKS -> hold(release);
      }
    }

    Result run() throws Exception {
      try (BedrockCache cache =
          BedrockCache.builder()
              .cachePolicy(this)
              .ttlPolicy(this)
              .keyGenerator(this)
              .metricsSink(this)
              .build()) {
        CompletableFuture<?> leader = ask(cell.leader, cache);
        CompletableFuture<CacheOutcome> follower = null;
        if (!cell.late && bedrockIsAskedFirst()) {
          await(bedrockAsked);
          follower = ask(cell.follower, cache);
        }
        bedrockAnswers.countDown();
        await(begun);
        if (follower == null) {
          follower = ask(cell.follower, cache);
        }
        CacheOutcome outcome = follower.get(60, TimeUnit.SECONDS);
        boolean stillBlocked = release.getCount() == 1;
        assertThat(stillBlocked).isTrue();
        release.countDown();
        leader.get(60, TimeUnit.SECONDS);
        return new Result(outcome, bedrock.calls());
      } finally {
        close();
      }
    }

    /** A key is made before Bedrock is asked. */
    private boolean bedrockIsAskedFirst() {
      return cell.place != Place.KEY_GENERATOR;
    }

    private CompletableFuture<CacheOutcome> ask(CallingStyle way, BedrockCache cache) {
      CacheScope scope = CacheScope.user("alice").endpoint("chat");
      return CompletableFuture.supplyAsync(
          () -> CacheOutcome.of(answer(way, cache, scope)), CALLERS);
    }

    private SdkResponse answer(CallingStyle way, BedrockCache cache, CacheScope scope) {
      if (way == CallingStyle.SYNC) {
        BedrockRuntimeClient client = CachingBedrockClient.create(bedrock, cache).forScope(scope);
        return cell.operation == Operation.CONVERSE
            ? client.converse(FakeBedrock.ask("one"))
            : client.invokeModel(INVOKE);
      }
      BedrockRuntimeAsyncClient client =
          CachingBedrockAsyncClient.create(new AsyncBedrock(bedrock), cache).forScope(scope);
      return cell.operation == Operation.CONVERSE
          ? client.converse(FakeBedrock.ask("one")).join()
          : client.invokeModel(INVOKE).join();
    }

    private static final InvokeModelRequest INVOKE =
        InvokeModelRequest.builder()
            .modelId("meta.llama3-8b-instruct-v1:0")
            .body(SdkBytes.fromUtf8String("{\"prompt\":\"How deep?\"}"))
            .build();

    /** The first answer waits until the test says so. */
    private final class Bedrock implements BedrockRuntimeClient {
      private final FakeBedrock fake = new FakeBedrock();

      int calls() {
        return fake.calls.get();
      }

      private void called() {
        if (fake.calls.incrementAndGet() == 1) {
          bedrockAsked.countDown();
          hold(bedrockAnswers);
        }
      }

      @Override
      public ConverseResponse converse(ConverseRequest request) {
        called();
        return FakeBedrock.reply("answer", StopReason.END_TURN);
      }

      @Override
      public InvokeModelResponse invokeModel(InvokeModelRequest request) {
        called();
        return InvokeModelResponse.builder()
            .body(SdkBytes.fromUtf8String("{\"generation\":\"Deep.\",\"stop_reason\":\"stop\"}"))
            .build();
      }

      @Override
      public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
        return fake.serviceClientConfiguration();
      }

      @Override
      public String serviceName() {
        return SERVICE_NAME;
      }

      @Override
      public void close() {}
    }

    /** Completes on a separate thread, as the SDK does. */
    private record AsyncBedrock(Bedrock bedrock) implements BedrockRuntimeAsyncClient {
      @Override
      public CompletableFuture<ConverseResponse> converse(ConverseRequest request) {
        return CompletableFuture.supplyAsync(() -> bedrock.converse(request), CALLERS);
      }

      @Override
      public CompletableFuture<InvokeModelResponse> invokeModel(InvokeModelRequest request) {
        return CompletableFuture.supplyAsync(() -> bedrock.invokeModel(request), CALLERS);
      }

      @Override
      public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
        return bedrock.serviceClientConfiguration();
      }

      @Override
      public String serviceName() {
        return SERVICE_NAME;
      }

      @Override
      public void close() {}
    }

    @Override
    public boolean mayKeep(CallContext call, SdkResponse response) {
      at(Place.MAY_KEEP);
      return true;
    }

    @Override
    public Duration ttl(CallContext call) {
      at(Place.TTL);
      return Duration.ofHours(1);
    }

    @Override
    public double jitter(CallContext call) {
      at(Place.JITTER);
      return 0;
    }

    @Override
    public Duration staleIfError(CallContext call) {
      at(Place.STALE_WINDOW);
      return Duration.ZERO;
    }

    @Override
    public byte[] keyOf(CallContext call, SdkRequest request) {
      at(Place.KEY_GENERATOR);
      return new byte[] {1};
    }

    @Override
    public void record(CacheEvent event) {
      if (event.outcome().status() == CacheOutcome.Status.MISS) {
        at(Place.SINK); // in the leader's call: a follower may be told of sooner
      }
    }

    @Override
    public void close() {
      release.countDown();
      bedrockAnswers.countDown();
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    }

    private static void hold(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
