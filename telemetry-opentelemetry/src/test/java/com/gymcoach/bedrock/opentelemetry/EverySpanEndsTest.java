package com.gymcoach.bedrock.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Operation;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Setup;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import com.gymcoach.bedrock.testkit.ManualTime;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/** Each span that is started is ended, once, however its call ends, and no scope is left open. */
@Timeout(60)
class EverySpanEndsTest {
  private static final SdkAsyncHttpClient HTTP = NettyNioAsyncHttpClient.create();

  /** A method of a client. */
  enum Kind {
    SYNC(Setup.SYNC, Operation.CONVERSE),
    ASYNC(Setup.ASYNC, Operation.CONVERSE),
    STREAM(Setup.ASYNC, Operation.CONVERSE_STREAM);

    private final Setup setup;
    private final Operation operation;

    Kind(Setup setup, Operation operation) {
      this.setup = setup;
      this.operation = operation;
    }
  }

  /**
   * How a call ends.
   *
   * @param result what its span says, or null for no result
   * @param error what its span's error type ends with, or null for no error
   */
  private record Ending(
      String name, List<Kind> kinds, @Nullable String result, @Nullable String error, Made made) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Makes a call that ends in one way, after those that it takes. */
  @FunctionalInterface
  private interface Made {
    void by(EverySpanEndsTest test, Kind kind) throws InterruptedException;
  }

  private static final List<Kind> ALL = List.of(Kind.values());
  private static final List<Kind> FUTURES = List.of(Kind.ASYNC, Kind.STREAM);

  private static final List<Ending> ENDINGS =
      List.of(
          new Ending("miss", ALL, "miss", null, EverySpanEndsTest::call),
          new Ending("hot hit", ALL, "hit", null, (test, kind) -> test.twice(kind, test.cache)),
          new Ending("warm hit", ALL, "hit", null, (test, kind) -> test.twice(kind, test.other)),
          new Ending("stale", ALL, "hit", null, EverySpanEndsTest::stale),
          new Ending("coalesced", ALL, "coalesced", null, EverySpanEndsTest::coalesced),
          new Ending("bypass", ALL, "bypass", null, EverySpanEndsTest::bypass),
          new Ending("not kept", ALL, "miss", null, EverySpanEndsTest::notKept),
          new Ending("only if cached", ALL, "miss", null, EverySpanEndsTest::onlyIfCached),
          new Ending("store fails", ALL, "miss", null, EverySpanEndsTest::storeFails),
          new Ending("failed", ALL, "failed", "ValidationException", EverySpanEndsTest::failed),
          new Ending("refused", ALL, "failed", "SdkClientException", EverySpanEndsTest::refused),
          new Ending(
              "interrupted",
              List.of(Kind.SYNC),
              "failed",
              "AbortedException",
              EverySpanEndsTest::interrupted),
          new Ending(
              "cancelled",
              FUTURES,
              "failed",
              "CancellationException",
              (test, kind) -> test.endedByCaller(kind, future -> future.cancel(true))),
          new Ending(
              "timed out",
              FUTURES,
              "failed",
              "TimeoutException",
              (test, kind) ->
                  test.endedByCaller(
                      kind, future -> future.completeExceptionally(new TimeoutException()))),
          new Ending(
              "completed by its caller",
              FUTURES,
              null,
              null,
              (test, kind) -> test.endedByCaller(kind, future -> future.complete(null))),
          new Ending(
              "cancelled subscription",
              List.of(Kind.STREAM),
              "miss",
              null,
              (test, kind) -> test.cancelledSubscription()));

  private final TracedBedrock bedrock = new TracedBedrock(HTTP);
  private final InMemoryCacheStore store = new InMemoryCacheStore();
  private final ManualTime time = ManualTime.startingAt(Instant.parse("2026-11-26T12:00:00Z"));
  private final CountedTraces tracer =
      new CountedTraces(OpenTelemetryTracer.create(bedrock.openTelemetry));
  private final BedrockCache cache = newCache();
  private final BedrockCache other = newCache();

  private BedrockCache newCache() {
    return BedrockCache.builder()
        .store(store)
        .timeSource(time)
        .ttlPolicy(
            TtlPolicy.fixed(Duration.ofMinutes(1))
                .withJitter(0)
                .withStaleWhileRevalidate(Duration.ofHours(1)))
        .tracer(tracer)
        .build();
  }

  @AfterEach
  void stop() {
    cache.close();
    other.close();
    bedrock.close();
  }

  @AfterAll
  static void closeHttp() {
    HTTP.close();
  }

  private static List<Arguments> all() {
    List<Arguments> all = new ArrayList<>();
    for (Ending ending : ENDINGS) {
      for (Kind kind : ending.kinds()) {
        all.add(Arguments.of(ending, kind));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_howeverItEnds_endsItsSpanOnce(Ending ending, Kind kind) throws InterruptedException {
    ending.made().by(this, kind);

    List<SpanData> calls = bedrock.spans.rest("bedrock.cache ");
    until(() -> tracer.openScopes.get() == 0); // a refresh runs on a separate thread
    assertThat(tracer.ends).isNotEmpty().extracting(AtomicInteger::get).containsOnly(1);
    assertThat(cache.stats().faults()).doesNotContainKey(CacheFault.CALLBACK_FAILED);
    assertThat(calls)
        .hasSize(tracer.ends.size())
        .anySatisfy(
            span -> {
              assertThat(span.getAttributes().get(OpenTelemetryTracer.RESULT))
                  .isEqualTo(ending.result());
              String error = span.getAttributes().get(OpenTelemetryTracer.ERROR_TYPE);
              if (ending.error() == null) {
                assertThat(error).isNull();
              } else {
                assertThat(error).isNotNull().endsWith(ending.error());
              }
            });
  }

  private void call(Kind kind) {
    bedrock.call(kind.setup, kind.operation, cache).join();
  }

  private void twice(Kind kind, BedrockCache second) {
    call(kind);
    bedrock.call(kind.setup, kind.operation, second).join();
  }

  private void stale(Kind kind) {
    call(kind);
    time.advance(Duration.ofMinutes(2));
    call(kind);
    bedrock.standIn.awaitRequests(2); // the refresh
  }

  /** Lets a caller follow another, which waits for Bedrock. */
  private void coalesced(Kind kind) {
    bedrock.standIn.hold();
    CompletableFuture<?> leader = started(kind);
    bedrock.standIn.awaitRequests(1);
    CompletableFuture<?> follower = started(kind);
    until(() -> bedrock.spans.started.stream().anyMatch(span -> hasLink(span.toSpanData())));
    bedrock.standIn.release();
    CompletableFuture.allOf(leader, follower).join();
  }

  private static boolean hasLink(SpanData span) {
    return !span.getLinks().isEmpty();
  }

  private static void until(BooleanSupplier holds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("still waiting after 30 s").isNegative();
      Thread.onSpinWait();
    }
  }

  private CompletableFuture<?> started(Kind kind) {
    return kind == Kind.SYNC
        ? CompletableFuture.runAsync(() -> call(kind))
        : bedrock.call(kind.setup, kind.operation, cache);
  }

  private void bypass(Kind kind) {
    bedrock.scope = null;
    call(kind);
  }

  private void notKept(Kind kind) {
    bedrock.control = CacheControl.NO_STORE;
    call(kind);
  }

  private void onlyIfCached(Kind kind) {
    bedrock.control = CacheControl.ONLY_IF_CACHED;
    assertThat(catchThrowable(() -> call(kind))).isNotNull();
  }

  private void storeFails(Kind kind) {
    store.failWith(IllegalStateException::new);
    call(kind);
  }

  private void failed(Kind kind) {
    bedrock.standIn.answerWith(
        request -> BedrockStandIn.Reply.error(400, "ValidationException", "refused"));
    assertThat(catchThrowable(() -> call(kind))).isNotNull();
  }

  private void refused(Kind kind) {
    bedrock.standIn.stop();
    assertThat(catchThrowable(() -> call(kind))).isNotNull();
  }

  private void interrupted(Kind kind) throws InterruptedException {
    bedrock.standIn.hold();
    List<Throwable> thrown = new ArrayList<>();
    Thread caller = new Thread(() -> thrown.add(catchThrowable(() -> call(kind))));
    caller.start();
    bedrock.standIn.awaitRequests(1);
    caller.interrupt();
    bedrock.standIn.release(); // a socket's read cannot be interrupted; the SDK looks after it
    caller.join();
    assertThat(thrown.get(0)).isNotNull();
  }

  private CompletableFuture<?> future(Kind kind) {
    BedrockRuntimeAsyncClient client = bedrock.async(kind.setup, cache);
    return kind == Kind.ASYNC
        ? client.converse(bedrock.question())
        : client.converseStream(
            bedrock.streamQuestion(),
            ConverseStreamResponseHandler.builder().subscriber(event -> {}).build());
  }

  private void endedByCaller(Kind kind, Consumer<CompletableFuture<?>> end) {
    bedrock.standIn.hold();
    CompletableFuture<?> call = future(kind);
    bedrock.standIn.awaitRequests(1);
    end.accept(call);
    end.accept(call);
    bedrock.standIn.release();
  }

  private void cancelledSubscription() {
    CompletableFuture<Void> call =
        bedrock
            .async(Setup.ASYNC, cache)
            .converseStream(bedrock.streamQuestion(), new CancellingHandler());
    call.handle((nothing, failure) -> failure).join();
  }

  /** Cancels the stream at its first event. */
  private static final class CancellingHandler implements ConverseStreamResponseHandler {
    @Override
    public void responseReceived(ConverseStreamResponse response) {}

    @Override
    public void onEventStream(SdkPublisher<ConverseStreamOutput> publisher) {
      publisher.subscribe(
          new Subscriber<>() {
            private @Nullable Subscription subscription;

            @Override
            public void onSubscribe(Subscription to) {
              subscription = to;
              to.request(1);
            }

            @Override
            public void onNext(ConverseStreamOutput event) {
              if (subscription != null) {
                subscription.cancel();
              }
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
          });
    }

    @Override
    public void exceptionOccurred(Throwable failure) {}

    @Override
    public void complete() {}
  }
}
