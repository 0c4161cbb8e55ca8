package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CannedHttp.Body;
import com.gymcoach.bedrock.cache.RecordedTraces.Method;
import com.gymcoach.bedrock.cache.RecordedTraces.Recorded;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * Each call has a trace, which is current at the store and at Bedrock and ends as the call does.
 */
@Timeout(60)
class CallTracerTest {
  /** A method of a client. */
  enum Kind {
    SYNC,
    ASYNC,
    STREAM
  }

  private final RecordedTraces tracer = new RecordedTraces();
  private final FakeStore fake = new FakeStore();
  private final ExecutorService storeThread = Executors.newSingleThreadExecutor();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final BedrockRuntimeAsyncClient streams =
      new CannedHttp(n -> Body.of(StreamCalls.WHOLE)).client();

  /** The context at each request to the store and to Bedrock. */
  private final List<String> seen = new CopyOnWriteArrayList<>();

  private volatile CountDownLatch callerGone = new CountDownLatch(0);

  /** Runs in each call to Bedrock; may throw. */
  private volatile Runnable atBedrock = () -> {};

  private final BedrockCache cache =
      BedrockCache.builder()
          .timeSource(new FakeTime())
          .store(new ElsewhereStore())
          .tracer(tracer)
          .build();

  @AfterEach
  void stop() {
    cache.close();
    streams.close();
    storeThread.shutdownNow();
  }

  private void see(String where) {
    Object current = RecordedTraces.CURRENT.get();
    seen.add(where + tracer.traces.indexOf(current));
  }

  /** A store that answers on a separate thread. */
  private final class ElsewhereStore extends ForwardingStore {
    ElsewhereStore() {
      super(fake);
    }

    @Override
    public CompletionStage<StoreRead> read(StoreQuery query) {
      see("read");
      return CompletableFuture.supplyAsync(
          () -> {
            await(callerGone);
            return fake.read(query).toCompletableFuture().join();
          },
          storeThread);
    }

    @Override
    public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retain) {
      see("write");
      return fake.write(address, envelope, retain);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The client of the streams, which sees what is current when it is called. */
  private final class WatchedStreams implements BedrockRuntimeAsyncClient {
    @Override
    public CompletableFuture<Void> converseStream(
        ConverseStreamRequest request, ConverseStreamResponseHandler handler) {
      see("bedrock");
      atBedrock.run();
      return streams.converseStream(request, handler);
    }

    @Override
    public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
      return streams.serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  /** Makes a call. A store answers an async one when the caller has gone on. */
  private @Nullable CacheOutcome call(Kind kind) {
    bedrock.answer =
        request -> {
          see("bedrock");
          atBedrock.run();
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    if (kind == Kind.SYNC) {
      return CacheOutcome.of(
          CachingBedrockClient.create(bedrock, cache)
              .forScope(StreamCalls.ALICE)
              .converse(FakeBedrock.ask("one")));
    }
    CountDownLatch gone = new CountDownLatch(1);
    callerGone = gone;
    CompletableFuture<CacheOutcome> call;
    if (kind == Kind.ASYNC) {
      call =
          CachingBedrockAsyncClient.create(new FakeAsyncBedrock(bedrock), cache)
              .forScope(StreamCalls.ALICE)
              .converse(FakeBedrock.ask("one"))
              .thenApply(CacheOutcome::of);
    } else {
      Listener listener = Listener.eager();
      call =
          StreamCalls.start(StreamCalls.cached(new WatchedStreams(), cache), listener)
              .thenApply(done -> listener.outcome());
    }
    gone.countDown();
    return call.join();
  }

  private Recorded trace(int index) {
    Recorded trace = tracer.traces.get(index);
    await(trace.ended);
    return trace;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void call_whenItMissesAndThenHits_endsEachTraceAsTheCall(Kind kind) {
    List<@Nullable CacheOutcome> outcomes = new ArrayList<>();
    outcomes.add(call(kind));
    outcomes.add(call(kind));

    assertThat(tracer.traces).hasSize(2);
    for (int i = 0; i < 2; i++) {
      Recorded trace = trace(i);
      assertThat(Objects.requireNonNull(trace.outcome).status())
          .isEqualTo(i == 0 ? Status.MISS : Status.HIT);
      assertThat(trace.usage).isNotNull();
      assertThat(trace.failure).isNull();
      assertThat(trace.leaders).isEmpty();
      assertThat(trace.call.endpoint()).isEqualTo("chat");
      assertThat(trace.call.operation())
          .isEqualTo(kind == Kind.STREAM ? "ConverseStream" : "Converse");
    }
    assertThat(seen).containsExactly("read0", "bedrock0", "write0");
    assertThat(outcomes)
        .extracting(outcome -> Objects.requireNonNull(outcome).status())
        .containsExactly(Status.MISS, Status.HIT);
    assertNothingIsCurrent();
  }

  private void assertNothingIsCurrent() {
    assertThat(RecordedTraces.CURRENT.get()).isNull();
    assertThat(
            CompletableFuture.supplyAsync(
                    () -> String.valueOf(RecordedTraces.CURRENT.get()), storeThread)
                .join())
        .as("left on the store's thread")
        .isEqualTo("null");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void call_whenBedrockFails_endsTheTraceWithTheCallersFailure(Kind kind) {
    IllegalStateException refused = new IllegalStateException("refused");
    atBedrock =
        () -> {
          throw refused;
        };
    Throwable thrown = catchThrowable(() -> call(kind));

    assertThat(thrown instanceof CompletionException ? thrown.getCause() : thrown)
        .isSameAs(refused);
    assertThat(trace(0).failure).isSameAs(refused);
    assertThat(Objects.requireNonNull(trace(0).outcome).status()).isEqualTo(Status.MISS);
    assertNothingIsCurrent();
  }

  /** The leader waits in its call until another caller follows it. */
  private void callTwice(Kind kind) {
    List<CompletableFuture<?>> follower = new CopyOnWriteArrayList<>();
    atBedrock =
        () -> {
          if (follower.isEmpty()) {
            follower.add(CompletableFuture.runAsync(() -> call(kind)));
            await(tracer.following);
          }
        };
    call(kind);
    follower.get(0).join();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void follower_ofATracedLeader_isLinkedToIt(Kind kind) {
    callTwice(kind);

    assertThat(trace(0).leaders).isEmpty();
    assertThat(trace(1).leaders).containsExactly(trace(0));
    assertThat(Objects.requireNonNull(trace(1).outcome).status()).isEqualTo(Status.COALESCED);
    assertThat(seen).filteredOn(where -> where.startsWith("bedrock")).containsExactly("bedrock0");
  }

  private static List<Arguments> kindsAndMethods() {
    List<Arguments> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Method method : Method.values()) {
        all.add(Arguments.of(kind, method));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("kindsAndMethods")
  void call_whenTheTracerThrows_isAnsweredAndTheFaultIsCounted(Kind kind, Method method) {
    tracer.fault =
        at -> {
          if (at == method) {
            throw new IllegalStateException("broken tracer");
          }
        };
    if (method == Method.FOLLOWS) {
      callTwice(kind);
    } else {
      assertThat(Objects.requireNonNull(call(kind)).status()).isEqualTo(Status.MISS);
    }
    if (method == Method.END) { // a caller is answered before its trace ends
      trace(0);
    }
    assertThat(Objects.requireNonNull(call(kind)).status()).isEqualTo(Status.HIT);
    assertThat(seen).filteredOn(where -> where.startsWith("bedrock")).hasSize(1);
    assertThat(cache.stats().faults()).containsKey(CacheFault.CALLBACK_FAILED);
    assertNothingIsCurrent();
  }

  @Test
  void asyncCall_whenItsCallerCancels_endsTheTraceWithoutAnOutcome() {
    CompletableFuture<?> call =
        CachingBedrockAsyncClient.create(new ScriptedAsyncClient(CompletableFuture::new), cache)
            .forScope(StreamCalls.ALICE)
            .converse(FakeBedrock.ask("one"));
    call.cancel(true);

    assertThat(trace(0).failure).isInstanceOf(CancellationException.class);
    assertThat(trace(0).outcome).isNull();
  }

  @Test
  void call_whileTheCacheIsOff_isNotTraced() {
    cache.mode(CacheMode.OFF);
    call(Kind.SYNC);
    assertThat(tracer.traces).isEmpty();
  }
}
