package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.StreamCalls.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler.Visitor;

/** How often a replay is handed to another thread, and that each hand-over saved is safe. */
@Timeout(60)
class HandOversTest {
  /** The handlers that the SDK makes, and one that it does not. */
  private enum HandlerKind {
    CONSUMER(to -> builder().subscriber(to).build()),
    VISITOR(to -> builder().subscriber(Visitor.builder().onDefault(to).build()).build()),
    SUBSCRIBED_CONSUMER(to -> builder().onEventStream(events -> subscribe(events, to)).build()),
    MAPPED(to -> builder().onEventStream(events -> subscribe(events.map(e -> e), to)).build()),
    TRANSFORMED(
        to ->
            builder()
                .publisherTransformer(p -> p.buffer(1).flatMapIterable(l -> l))
                .subscriber(to)
                .build()),
    OWN_SUBSCRIBER(to -> Listener.eager().doing(to));

    @SuppressWarnings("ImmutableEnumChecker") // it captures nothing
    private final Function<Consumer<ConverseStreamOutput>, ConverseStreamResponseHandler> handler;

    HandlerKind(Function<Consumer<ConverseStreamOutput>, ConverseStreamResponseHandler> handler) {
      this.handler = handler;
    }

    private static void subscribe(
        SdkPublisher<ConverseStreamOutput> events, Consumer<ConverseStreamOutput> to) {
      CompletableFuture<Void> unused = events.subscribe(to);
    }

    private static ConverseStreamResponseHandler.Builder builder() {
      return ConverseStreamResponseHandler.builder();
    }

    ConverseStreamResponseHandler to(Consumer<ConverseStreamOutput> consumer) {
      return handler.apply(consumer);
    }
  }

  private static CachingBedrockAsyncClient filled(Executor executor) {
    BedrockCache cache = BedrockCache.builder().executor(executor).build();
    CachingBedrockAsyncClient client = StreamCalls.cached(CannedHttp.always(WHOLE).client(), cache);
    StreamCalls.start(client, Listener.eager()).join();
    return client;
  }

  private static CompletableFuture<Void> ask(
      CachingBedrockAsyncClient client, ConverseStreamResponseHandler handler) {
    return client.converseStream(StreamsTest.ask("one"), handler);
  }

  private static void onANewThread(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(CompletableFuture<Void> call) throws Exception {
    call.get(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(HandlerKind.class)
  void hit_whateverTheHandler_isHandedOverOnce(HandlerKind kind) throws Exception {
    AtomicInteger handOvers = new AtomicInteger();
    CachingBedrockAsyncClient client =
        filled(
            task -> {
              handOvers.incrementAndGet();
              onANewThread(task);
            });
    assertThat(handOvers).hasValue(0);
    List<ConverseStreamOutput> events = new ArrayList<>();
    join(ask(client, kind.to(events::add)));
    assertThat(events).hasSize(WHOLE.size());
    assertThat(handOvers).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(HandlerKind.class)
  void hit_whenTheExecutorRunsTasksOnTheSameThread_hasEndedWhenTheMethodReturns(HandlerKind kind) {
    CachingBedrockAsyncClient client = filled(Runnable::run);
    List<ConverseStreamOutput> events = new ArrayList<>();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CompletableFuture<Void> call =
        ask(
            client,
            kind.to(
                event -> {
                  events.add(event);
                  threads.add(Thread.currentThread());
                }));
    assertThat(call).isCompleted();
    assertThat(events).hasSize(WHOLE.size());
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  /** The SDK does not deliver within a handler either: that runs on the thread that delivers. */
  @Test
  void hit_whenTheHandlerHasRequested_getsEventsWhenTheHandlerHasReturned() throws Exception {
    CachingBedrockAsyncClient client = filled(HandOversTest::onANewThread);
    Listener listener = Listener.eager();
    listener.doingWhenSubscribed(() -> listener.heard.add("returns"));
    join(ask(client, listener));
    assertThat(listener.events).hasSize(WHOLE.size());
    assertThat(listener.story()).startsWith("response", "stream", "returns");
  }

  @Test
  void hit_whenAnotherThreadRequestsWhileTheHandlerIsSlow_getsEventsAtOnce() throws Exception {
    CachingBedrockAsyncClient client = filled(HandOversTest::onANewThread);
    CountDownLatch all = new CountDownLatch(WHOLE.size());
    Listener listener = Listener.wanting(0).doing(event -> all.countDown());
    listener.doingWhenSubscribed(
        () -> {
          onANewThread(() -> listener.request(Long.MAX_VALUE));
          await(all);
        });
    join(ask(client, listener));
    assertThat(listener.story()).doesNotContain("two events at once").endsWith("complete");
  }

  @Test
  void hit_whenItsCallerLeavesWhileTheHandlerIsSlow_failsItsSubscriberAtOnce() throws Exception {
    CachingBedrockAsyncClient client = filled(HandOversTest::onANewThread);
    CountDownLatch subscribed = new CountDownLatch(1);
    CompletableFuture<Throwable> failed = new CompletableFuture<>();
    CompletableFuture<Void> call =
        ask(
            client,
            ConverseStreamResponseHandler.builder()
                .onEventStream(
                    events -> {
                      CompletableFuture<Void> read = events.subscribe(event -> {});
                      subscribed.countDown();
                      failed.complete(catchThrowable(() -> join(read)));
                    })
                .build());
    await(subscribed);
    call.cancel(true);
    assertThat(failed.get(30, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
  }
}
