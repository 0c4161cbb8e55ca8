package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * The wrapped client is called with what the caller's thread held, whichever thread that is: the
 * span of a tracing library around the caching client is the parent of that around the wrapped one.
 */
@Timeout(60)
class ContextPropagationTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  /** The span that is current on a thread, as tracing libraries keep it. */
  private static final ThreadLocal<@Nullable String> SPAN = new ThreadLocal<>();

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore fake = new FakeStore();
  private final ExecutorService storeThread = Executors.newSingleThreadExecutor();

  /** Until when the store's answers are held back. */
  private volatile CountDownLatch registered = new CountDownLatch(0);

  /** The context in which the wrapped client was called, call by call. */
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    SPAN.remove();
    storeThread.shutdownNow();
  }

  private void watch() {
    bedrock.answer =
        request -> {
          seen.add(String.valueOf(SPAN.get()));
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
  }

  /** Carries the span; it counts nothing and clears nothing that it did not set. */
  private static ContextPropagation spans() {
    return () -> {
      String captured = SPAN.get();
      return task -> {
        String before = SPAN.get();
        SPAN.set(captured);
        try {
          task.run();
        } finally {
          SPAN.set(before);
        }
      };
    };
  }

  /** A client whose streams fail, and which says that it was called. */
  private record RefusingStreams(Runnable called) implements BedrockRuntimeAsyncClient {
    @Override
    public CompletableFuture<Void> converseStream(
        ConverseStreamRequest request, ConverseStreamResponseHandler handler) {
      called.run();
      return CompletableFuture.failedFuture(new IllegalStateException());
    }

    @Override
    public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
      return new FakeBedrock().serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  /** A store that answers on a separate thread, as a store's client does. */
  private final class ElsewhereStore extends ForwardingStore {
    ElsewhereStore() {
      super(fake);
    }

    @Override
    public CompletionStage<StoreRead> read(StoreQuery query) {
      return CompletableFuture.supplyAsync(
          () -> {
            await(registered);
            return fake.read(query).toCompletableFuture().join();
          },
          storeThread);
    }
  }

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder().timeSource(time).store(new ElsewhereStore());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private ConverseResponse call(CallingStyle way, BedrockCache cache, String question) {
    if (way == CallingStyle.SYNC) {
      return way.over(bedrock, cache).forScope(ALICE).converse(ask(question));
    }
    registered = new CountDownLatch(1); // so that the call continues on the thread that answers
    CompletableFuture<ConverseResponse> call =
        CachingBedrockAsyncClient.create(new FakeAsyncBedrock(bedrock), cache)
            .forScope(ALICE)
            .converse(ask(question));
    registered.countDown();
    return call.join();
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void converse_whenItMissesInTheStore_callsTheClientInTheCallersContext(CallingStyle way) {
    watch();
    try (BedrockCache cache = builder().contextPropagation(spans()).build()) {
      for (String span : List.of("one", "two", "three")) {
        SPAN.set(span);
        assertThat(CacheOutcome.of(call(way, cache, span)).status())
            .isEqualTo(CacheOutcome.Status.MISS);
        assertThat(SPAN.get()).isEqualTo(span);
      }
    }
    assertThat(seen).containsExactly("one", "two", "three");
    assertThat(CompletableFuture.supplyAsync(() -> String.valueOf(SPAN.get()), storeThread).join())
        .as("left on the store's thread")
        .isEqualTo("null");
  }

  /** As the page says of thread-locals that no propagation carries. */
  @Test
  void converse_withoutPropagation_isCalledOnTheStoresThread() {
    watch();
    try (BedrockCache cache = builder().build()) {
      SPAN.set("one");
      call(CallingStyle.ASYNC, cache, "one");
    }
    assertThat(seen).containsExactly("null");
  }

  @Test
  void stream_whenItMissesInTheStore_callsTheClientInTheCallersContext() {
    List<String> current = new CopyOnWriteArrayList<>();
    BedrockRuntimeAsyncClient refusing =
        new RefusingStreams(() -> current.add(String.valueOf(SPAN.get())));
    try (BedrockCache cache = builder().contextPropagation(spans()).build()) {
      SPAN.set("one");
      registered = new CountDownLatch(1);
      CompletableFuture<Void> call =
          StreamCalls.start(StreamCalls.cached(refusing, cache), Listener.eager());
      registered.countDown();
      assertThat(catchThrowable(call::join)).hasCauseInstanceOf(IllegalStateException.class);
    }
    assertThat(current).containsExactly("one");
  }

  /** Whoever follows a leader that comes to nothing asks for itself, on another's thread. */
  @Test
  void follower_whenItsLeaderGivesUp_callsInItsOwnContext() throws Exception {
    CountDownLatch leading = new CountDownLatch(1);
    CountDownLatch giveUp = new CountDownLatch(1);
    bedrock.answer =
        request -> {
          seen.add(String.valueOf(SPAN.get()));
          if (seen.size() == 1) {
            leading.countDown();
            try {
              giveUp.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            throw AbortedException.create("gone");
          }
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    CachingBedrockAsyncClient client;
    try (BedrockCache cache = BedrockCache.builder().contextPropagation(spans()).build()) {
      client = CachingBedrockAsyncClient.create(new FakeAsyncBedrock(bedrock), cache);
      CompletableFuture<?> leader =
          CompletableFuture.runAsync(
              () -> {
                SPAN.set("leader");
                CompletableFuture<?> unused = client.forScope(ALICE).converse(ask("one"));
              },
              Executors.newSingleThreadExecutor());
      assertThat(leading.await(30, TimeUnit.SECONDS)).isTrue();
      SPAN.set("follower");
      CompletableFuture<ConverseResponse> follower = client.forScope(ALICE).converse(ask("one"));
      giveUp.countDown();
      leader.get(30, TimeUnit.SECONDS);
      follower.get(30, TimeUnit.SECONDS);
    }
    assertThat(seen).containsExactly("leader", "follower");
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void staleAnswer_whenItIsAskedForAnew_isAskedForInTheCallersContext(CallingStyle way) {
    watch();
    TtlPolicy ttl =
        TtlPolicy.fixed(Duration.ofMinutes(1)).withStaleWhileRevalidate(Duration.ofHours(1));
    try (BedrockCache cache =
        BedrockCache.builder()
            .timeSource(time)
            .ttlPolicy(ttl)
            .executor(storeThread)
            .contextPropagation(spans())
            .build()) {
      SPAN.set("first");
      call(way, cache, "one");
      time.advance(Duration.ofMinutes(2));
      SPAN.set("second");
      assertThat(CacheOutcome.of(call(way, cache, "one")).stale()).isTrue();
      CompletableFuture.runAsync(() -> {}, storeThread).join(); // the revalidation came before
    }
    assertThat(seen).containsExactly("first", "second");
  }

  /** A propagation that does not do what it should. */
  enum Broken {
    THROWS_AT_CAPTURE {
      @Override
      ContextPropagation propagation() {
        return () -> {
          throw new IllegalStateException();
        };
      }
    },
    CAPTURES_NULL {
      @Override
      @SuppressWarnings("NullAway") // a service that does not heed the contract
      ContextPropagation propagation() {
        return () -> null;
      }
    },
    THROWS_BEFORE {
      @Override
      ContextPropagation propagation() {
        return () ->
            task -> {
              throw new LinkageError();
            };
      }
    },
    THROWS_AFTER {
      @Override
      ContextPropagation propagation() {
        return () ->
            task -> {
              task.run();
              throw new IllegalStateException();
            };
      }
    },
    NEVER_RUNS {
      @Override
      ContextPropagation propagation() {
        return () -> task -> {};
      }
    },
    RUNS_TWICE {
      @Override
      ContextPropagation propagation() {
        return () ->
            task -> {
              task.run();
              task.run();
            };
      }
    },
    TAKES_ANOTHER_THREAD {
      @Override
      ContextPropagation propagation() {
        return () -> task -> new Thread(task).start();
      }
    };

    abstract ContextPropagation propagation();
  }

  @ParameterizedTest
  @EnumSource(Broken.class)
  void converse_whenThePropagationIsBroken_isCalledOnceAllTheSame(Broken broken) {
    watch();
    try (BedrockCache cache = builder().contextPropagation(broken.propagation()).build()) {
      assertThat(call(CallingStyle.ASYNC, cache, "one").stopReason())
          .isEqualTo(StopReason.END_TURN);
      assertThat(bedrock.calls).hasValue(1);
      boolean throwing = broken.name().startsWith("THROWS");
      assertThat(cache.stats().faults().containsKey(CacheFault.CALLBACK_FAILED))
          .isEqualTo(throwing);
      bedrock.answer =
          request -> {
            throw FakeBedrock.throttled();
          };
      assertThat(catchThrowable(() -> call(CallingStyle.ASYNC, cache, "two")))
          .hasRootCauseInstanceOf(FakeBedrock.throttled().getClass());
    }
  }

  @Test
  void mdc_isCarriedAndPutBack() throws Exception {
    MDC.put("user", "caller");
    Executor context;
    try {
      context = ContextPropagation.mdc().capture();
    } finally {
      MDC.clear();
    }
    List<String> found = new CopyOnWriteArrayList<>();
    storeThread
        .submit(
            () -> {
              MDC.put("user", "another");
              context.execute(() -> found.add(MDC.get("user")));
              found.add(MDC.get("user"));
            })
        .get();
    assertThat(found).containsExactly("caller", "another");
  }

  @Test
  void all_carriesWhatEachCarriesAndPutsBackInTurn() {
    List<String> order = new CopyOnWriteArrayList<>();
    Executor both = ContextPropagation.all(noting("one", order), noting("two", order)).capture();
    both.execute(() -> order.add("call"));
    assertThat(order).containsExactly("one", "two", "call", "two ends", "one ends");
  }

  private static ContextPropagation noting(String name, List<String> order) {
    return () ->
        task -> {
          order.add(name);
          task.run();
          order.add(name + " ends");
        };
  }
}
