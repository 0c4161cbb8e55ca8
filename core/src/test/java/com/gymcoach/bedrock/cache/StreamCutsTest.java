package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CannedHttp.Body;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import com.gymcoach.bedrock.cache.internal.client.StreamMethod;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableStream;
import com.gymcoach.bedrock.cache.internal.sdk.UncheckedStream;
import com.gymcoach.bedrock.cache.internal.stream.StreamHandlers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

/** Recorded streams that end too early, wherever that is. */
@Tag(ByNumber.TAG)
@Timeout(1800)
class StreamCutsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  /** The least number of cuts for each way to end. */
  private static final int CUTS = ByNumber.cases("cuts", 5_000);

  /** How a stream ends before its end. */
  enum End {
    END_OF_INPUT,
    RESET,
    CANCEL
  }

  private static final CachePolicy TOOLS_TOO =
      new CachePolicy() {
        @Override
        public boolean cacheToolUse(CallContext call) {
          return true;
        }
      };

  private final CannedHttp http = new CannedHttp(n -> next());
  private final BedrockRuntimeAsyncClient sdk = http.clientThatTriesOnce();
  private Body body = Body.open();
  private int number;

  private Body next() {
    return body;
  }

  /** Plays a stream's first bytes; returns whether anything was kept. */
  private boolean kept(
      BedrockCache cache, RecordedStream stream, int bytes, End end, boolean check) {
    long before = cache.stats().hotEntries();
    body = Body.open();
    Taker taker = new Taker();
    CompletableFuture<Void> call = call(cache, stream, taker, check);
    body.push(Arrays.copyOf(stream.body(), bytes));
    switch (end) {
      case END_OF_INPUT -> body.end();
      case RESET -> body.fail(new IOException("Connection reset"));
      case CANCEL -> taker.cancel();
    }
    assertThat(call).as("%s of %d bytes", stream, bytes).isDone();
    return cache.stats().hotEntries() > before;
  }

  private CompletableFuture<Void> call(
      BedrockCache cache, RecordedStream stream, Taker taker, boolean check) {
    String question = "question " + number++;
    if (stream.operation().equals("ConverseStream")) {
      return call(
          cache,
          check
              ? CacheableOperations.CONVERSE_STREAM
              : new UncheckedStream<>(CacheableOperations.CONVERSE_STREAM),
          StreamsTest.ask(question).toBuilder().modelId(stream.modelId()).build(),
          taker.handler(),
          request -> h -> sdk.converseStream(request, StreamHandlers.converse(h)));
    }
    return call(
        cache,
        check
            ? CacheableOperations.INVOKE_MODEL_STREAM
            : new UncheckedStream<>(CacheableOperations.INVOKE_MODEL_STREAM),
        InvokeModelWithResponseStreamRequest.builder()
            .modelId(stream.modelId())
            .body(SdkBytes.fromUtf8String("{\"prompt\":\"" + question + "\"}"))
            .build(),
        taker.handler(),
        request -> h -> sdk.invokeModelWithResponseStream(request, StreamHandlers.invokeModel(h)));
  }

  /** As {@link CachingBedrockAsyncClient} does, for an operation that it does not have. */
  private static <Q extends BedrockRuntimeRequest, R extends AwsResponse, E>
      CompletableFuture<Void> call(
          BedrockCache cache,
          CacheableStream<Q, R, E> operation,
          Q request,
          EventStreamResponseHandler<R, E> handler,
          Function<Q, Function<EventStreamResponseHandler<R, E>, CompletableFuture<Void>>> client) {
    ClientSupport support =
        new ClientSupport(
            cache,
            new DelegateInfo(new ClientIdentity("us-east-1 ", false), null),
            new AtomicBoolean(),
            any -> ALICE,
            null);
    return support.answer(
        operation,
        request,
        new StreamMethod<>(
            operation,
            (sent, via) -> client.apply(sent).apply(via),
            request,
            handler,
            cache.asyncCaller()));
  }

  /** Wants everything until it has had enough. */
  private static final class Taker {
    private @Nullable Subscription subscription;

    void cancel() {
      if (subscription != null) {
        subscription.cancel();
      }
    }

    <R, E> EventStreamResponseHandler<R, E> handler() {
      return new EventStreamResponseHandler<>() {
        @Override
        public void responseReceived(R response) {}

        @Override
        public void onEventStream(SdkPublisher<E> events) {
          events.subscribe(
              new Subscriber<>() {
                @Override
                public void onSubscribe(Subscription given) {
                  subscription = given;
                  given.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(E event) {}

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
      };
    }
  }

  /** The smallest that are kept when they come whole: of the others nothing is to be shown. */
  private List<RecordedStream> smallest(int cuts) {
    try (BedrockCache cache = cache()) {
      List<RecordedStream> whole = new ArrayList<>();
      int bytes = 0;
      for (RecordedStream stream : RecordedStream.all()) {
        if (bytes < cuts && kept(cache, stream, stream.body().length, End.END_OF_INPUT, true)) {
          whole.add(stream);
          bytes += stream.body().length;
        }
      }
      assertThat(bytes).isGreaterThanOrEqualTo(cuts);
      return whole;
    }
  }

  private static BedrockCache cache() {
    return BedrockCache.builder().cachePolicy(TOOLS_TOO).keyMemoMaxBytes(0).build();
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void f42_f43_f47_streamThatEndsEarlyAtAnyByte_isNeverKept(End end) {
    long began = System.nanoTime();
    int cases = 0;
    try (BedrockCache cache = cache()) {
      for (RecordedStream stream : smallest(CUTS)) {
        for (int bytes = 0; bytes < stream.body().length; bytes++, cases++) {
          assertThat(kept(cache, stream, bytes, end, true)).as("%s, %d", stream, bytes).isFalse();
        }
      }
    }
    ByNumber.report(cases + " cuts by " + end + ", none kept", began);
    assertThat(cases).isGreaterThanOrEqualTo(CUTS);
  }

  /** The control: without the check, the SDK's report is trusted and half answers are kept. */
  @Test
  void control_withoutTheCheck_cutStreamsAreKept() {
    int keptAllTheSame = 0;
    try (BedrockCache cache = cache()) {
      RecordedStream stream = smallest(1).get(0);
      for (int bytes = 0; bytes < stream.body().length; bytes++) {
        keptAllTheSame += kept(cache, stream, bytes, End.END_OF_INPUT, false) ? 1 : 0;
      }
    }
    assertThat(keptAllTheSame).isGreaterThan(100);
  }

  @Test
  void f44_publishedCorruptFrames_endInTheSdksOwnErrorsAndAnEmptyCache() {
    try (BedrockCache cache = cache()) {
      for (RecordedStream vector : RecordedStream.corrupt()) {
        Supplier<CannedHttp> broken = () -> CannedHttp.always(List.of(vector.body()));
        Listener bare = Listener.eager();
        Listener cached = Listener.eager();
        Throwable bareFailure =
            catchThrowable(
                broken.get().client().converseStream(StreamsTest.ask("one"), bare)::join);
        Throwable failure =
            catchThrowable(
                CachingBedrockAsyncClient.create(broken.get().client(), cache)
                        .forScope(ALICE)
                        .converseStream(StreamsTest.ask("one"), cached)
                    ::join);
        assertThat(cached.story()).as(vector.toString()).isEqualTo(bare.story());
        assertThat(String.valueOf(failure)).isEqualTo(String.valueOf(bareFailure));
        assertThat(cache.stats().hotEntries()).isZero();
      }
    }
  }

  /** Every recorded stream, whole: the replay equals the original, event for event. */
  @Test
  void recordedStreams_whole_areKeptOrRefusedForAReason() {
    Map<String, Integer> fates = new java.util.TreeMap<>();
    try (BedrockCache cache = cache()) {
      for (RecordedStream stream : RecordedStream.all()) {
        boolean kept = kept(cache, stream, stream.body().length, End.END_OF_INPUT, true);
        fates.merge(stream.operation() + (kept ? " KEPT" : " refused"), 1, Integer::sum);
      }
      fates.forEach((fate, count) -> System.out.printf("%6d  %s%n", count, fate));
      assertThat(cache.stats().total().reasons())
          .containsOnlyKeys(CacheReason.MAX_TOKENS, CacheReason.EMPTY_ANSWER);
    }
  }
}
