package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.StreamCalls.WHOLE;
import static com.gymcoach.bedrock.cache.StreamCalls.assertSameFailure;
import static com.gymcoach.bedrock.cache.StreamCalls.outcomeOf;
import static com.gymcoach.bedrock.cache.StreamCalls.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CannedHttp.Body;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/**
 * The actions of the caller of a stream. It sees the same as with the bare client, in a live stream
 * and in a replay.
 */
@Timeout(60)
class StreamCallerTest {
  private final BedrockCache cache = BedrockCache.builder().executor(StreamCalls.JOINED).build();

  @AfterEach
  void close() {
    cache.close();
  }

  private CachingBedrockAsyncClient client(CannedHttp http) {
    return StreamCalls.cached(http.client(), cache);
  }

  @Test
  void f47_callerCancels_upstreamIsCancelledAndNothingIsKept() {
    Body bareBody = Body.open();
    Body body = Body.open();
    Listener bare = Listener.eager();
    Listener cached = Listener.eager();
    bare.doing(event -> cancelAfterTwo(bare));
    cached.doing(event -> cancelAfterTwo(cached));
    CompletableFuture<Void> bareCall = start(new CannedHttp(n -> bareBody).client(), bare);
    CompletableFuture<Void> call = start(client(new CannedHttp(n -> body)), cached);
    for (byte[] frame : WHOLE) {
      bareBody.push(frame);
      body.push(frame);
    }
    assertThat(call.isDone()).isEqualTo(bareCall.isDone()).isTrue();
    assertThat(cached.story()).isEqualTo(bare.story());
    assertThat(body.cancelled).isEqualTo(bareBody.cancelled).isTrue();
    assertThat(cache.stats().hotEntries()).isZero();
    assertThat(cache.stats().total().reasons())
        .containsOnlyKeys(CacheReason.STREAM_CANCELLED)
        .containsValue(1L);
  }

  private static void cancelAfterTwo(Listener listener) {
    if (listener.events.size() == 2) {
      listener.cancel();
    }
  }

  @Test
  void f47_callerCancelsAndAbandonedStreamsAreFinished_isKept() {
    try (BedrockCache finishing = BedrockCache.builder().finishAbandonedStreams(true).build()) {
      Body body = Body.open();
      CannedHttp http = new CannedHttp(n -> body);
      Listener listener = Listener.wanting(1);
      listener.doing(event -> listener.cancel());
      CachingBedrockAsyncClient client = StreamCalls.cached(http.client(), finishing);
      CompletableFuture<Void> call = start(client, listener);
      WHOLE.forEach(body::push);
      assertThat(call).isCompleted();
      assertThat(body.cancelled).isFalse();
      body.end();
      Listener hit = Listener.eager();
      start(client, hit).join();
      assertThat(hit.outcome().cached()).isTrue();
      assertThat(listener.events).hasSize(1);
      assertThat(http.calls()).isEqualTo(1);
    }
  }

  @Test
  void f48_slowSubscriber_asksBedrockForNoMoreThanTheBareClientDoes() {
    Body bareBody = Body.open();
    Body body = Body.open();
    Listener bare = Listener.wanting(1);
    Listener cached = Listener.wanting(1);
    CompletableFuture<Void> bareCall = start(new CannedHttp(n -> bareBody).client(), bare);
    CompletableFuture<Void> call = start(client(new CannedHttp(n -> body)), cached);
    WHOLE.forEach(bareBody::push);
    WHOLE.forEach(body::push);
    bareBody.end();
    body.end();
    for (int i = 0; i < WHOLE.size(); i++) {
      assertThat(body.requested).hasValue(bareBody.requested.get());
      assertThat(cached.story()).isEqualTo(bare.story());
      assertThat(cached.events).hasSize(i + 1);
      bare.request(1);
      cached.request(1);
    }
    assertThat(call.isDone()).isEqualTo(bareCall.isDone()).isTrue();
    assertThat(cache.stats().hotEntries()).isEqualTo(1);
  }

  @Test
  void f49_subscriberNeverAsks_nothingIsPulled() {
    Body bareBody = Body.of(WHOLE);
    Body body = Body.of(WHOLE);
    CompletableFuture<Void> bareCall =
        start(new CannedHttp(n -> bareBody).client(), Listener.wanting(0));
    Listener listener = Listener.wanting(0);
    CompletableFuture<Void> call = start(client(new CannedHttp(n -> body)), listener);
    assertThat(body.requested).hasValue(bareBody.requested.get());
    assertThat(call.isDone()).isEqualTo(bareCall.isDone()).isFalse();
    assertThat(listener.events).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void f50_requestOfNone_isWhatTheBareClientMakesOfIt(long n) {
    Listener bare = Listener.wanting(1);
    Listener cached = Listener.wanting(1);
    CompletableFuture<Void> bareCall = start(CannedHttp.always(WHOLE).client(), bare);
    CompletableFuture<Void> call = start(client(CannedHttp.always(WHOLE)), cached);
    bare.request(n);
    cached.request(n);
    assertThat(cached.story()).isEqualTo(bare.story());
    assertThat(call.isDone()).isEqualTo(bareCall.isDone());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void f50_requestOfNoneOnAReplay_isTheSpecificationsError(long n) {
    CannedHttp http = CannedHttp.always(WHOLE);
    start(client(http), Listener.eager()).join();
    Listener hit = Listener.wanting(1);
    CompletableFuture<Void> call = start(client(http), hit);
    hit.request(n);
    assertThat(hit.failure).isInstanceOf(IllegalArgumentException.class);
    assertThat(call).isCompletedExceptionally();
  }

  @Test
  void f51_subscriberThrows_isWhatTheBareClientMakesOfItAndNotKept() {
    Listener bare = Listener.eager().doing(StreamCallerTest::fail);
    Listener cached = Listener.eager().doing(StreamCallerTest::fail);
    Throwable bareFailure = outcomeOf(CannedHttp.always(WHOLE).client(), bare);
    Throwable failure = outcomeOf(client(CannedHttp.always(WHOLE)), cached);
    assertThat(cached.story()).isEqualTo(bare.story());
    assertSameFailure(failure, bareFailure);
    assertThat(cache.stats().hotEntries()).isZero();
  }

  @Test
  void f51_visitorThrows_isWhatTheBareClientMakesOfItAndNotKept() {
    List<String> heard = new ArrayList<>();
    ConverseStreamResponseHandler handler =
        ConverseStreamResponseHandler.builder()
            .subscriber(StreamCallerTest::fail)
            .onError(thrown -> heard.add("error"))
            .onComplete(() -> heard.add("complete"))
            .build();
    Throwable bareFailure =
        catchThrowable(
            CannedHttp.always(WHOLE).client().converseStream(StreamsTest.ask("one"), handler)
                ::join);
    List<String> bare = List.copyOf(heard);
    heard.clear();
    Throwable failure =
        catchThrowable(
            client(CannedHttp.always(WHOLE)).converseStream(StreamsTest.ask("one"), handler)::join);
    assertThat(heard).isEqualTo(bare);
    assertSameFailure(failure, bareFailure);
    assertThat(cache.stats().hotEntries()).isZero();
  }

  @Test
  void f51_subscriberThrowsOnAReplay_isWhatTheBareClientMakesOfIt() {
    CannedHttp http = CannedHttp.always(WHOLE);
    start(client(http), Listener.eager()).join();
    Listener bare = Listener.eager().doing(StreamCallerTest::fail);
    Listener hit = Listener.eager().doing(StreamCallerTest::fail);
    Throwable bareFailure = outcomeOf(http.client(), bare);
    Throwable failure = outcomeOf(client(http), hit);
    assertThat(failure.getCause()).hasSameClassAs(bareFailure.getCause());
    assertThat(failure).hasRootCauseMessage("the subscriber's own");
    assertThat(bare.story())
        .startsWith(hit.story().toArray(String[]::new)); // the SDK says it twice
    Listener next = Listener.eager();
    start(client(http), next).join();
    assertThat(next.outcome().cached()).isTrue();
  }

  @Test
  void f51_subscriberThrowsAtTheEndOfAReplay_callFailsWithIt() {
    CachingBedrockAsyncClient client = client(CannedHttp.always(WHOLE));
    start(client, Listener.eager()).join();
    Listener hit = Listener.eager().doingAtTheEnd(() -> fail("end"));
    CompletableFuture<Void> call = start(client, hit);
    assertThat(hit.heard).endsWith("end", "exception IllegalStateException");
    assertThat(call)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingRootCause()
        .withMessage("the subscriber's own");
  }

  private static void fail(Object event) {
    throw new IllegalStateException("the subscriber's own");
  }

  /** 200 MB, in pieces that are one and the same array. */
  @Test
  void f52_hugeStream_reachesItsCallerAndIsNotKept() {
    byte[] large = Frames.delta(0, "x".repeat(1 << 20));
    List<byte[]> frames = new ArrayList<>(WHOLE);
    for (int i = 0; i < 200; i++) {
      frames.add(2, large);
    }
    long[] characters = {0};
    CannedHttp http = CannedHttp.always(frames);
    client(http)
        .converseStream(
            StreamsTest.ask("one"),
            ConverseStreamResponseHandler.builder()
                .subscriber(
                    ConverseStreamResponseHandler.Visitor.builder()
                        .onContentBlockDelta(d -> characters[0] += d.delta().text().length())
                        .build())
                .build())
        .join();
    assertThat(characters[0]).isGreaterThan(200L << 20);
    assertThat(cache.stats().hotEntries()).isZero();
    assertThat(cache.stats().total().reasons()).isEqualTo(Map.of(CacheReason.STREAM_TOO_LARGE, 1L));
  }

  @Test
  void f53_replay_honoursDemandCancelAndEndsOnce() {
    CannedHttp http = CannedHttp.always(WHOLE);
    start(client(http), Listener.eager()).join();
    Listener hit = Listener.wanting(2);
    CompletableFuture<Void> call = start(client(http), hit);
    assertThat(hit.events).hasSize(2);
    hit.request(1);
    assertThat(hit.events).hasSize(3);
    assertThat(call).isNotDone();
    hit.request(Long.MAX_VALUE);
    hit.request(Long.MAX_VALUE);
    assertThat(hit.events).hasSize(WHOLE.size());
    assertThat(hit.heard.stream().filter("complete"::equals)).hasSize(1);
    assertThat(call).isCompleted();

    Listener leaving = Listener.wanting(2);
    call = start(client(http), leaving);
    leaving.cancel();
    leaving.request(5);
    assertThat(leaving.events).hasSize(2);
    assertThat(leaving.heard).doesNotContain("complete", "end");
    assertThat(call).isCompleted();
  }

  @Test
  void f53_replayOf100000EventsAskedForOneByOneWithinOnNext_takesNoStack() {
    String[] texts = new String[100_000];
    Arrays.fill(texts, "x");
    try (BedrockCache large =
        BedrockCache.builder().maxStreamBytes(1L << 30).hotMaxBytes(1L << 30).build()) {
      CannedHttp http = CannedHttp.always(Frames.answer(texts));
      CachingBedrockAsyncClient client = StreamCalls.cached(http.client(), large);
      start(client, Listener.eager()).join();
      for (long first : new long[] {1, Long.MAX_VALUE}) {
        Listener hit = Listener.wanting(first);
        hit.doing(event -> hit.request(1));
        start(client, hit).join();
        assertThat(hit.outcome().cached()).isTrue();
        assertThat(hit.events).hasSize(texts.length + 4);
        assertThat(hit.heard).doesNotContain("two events at once");
      }
    }
  }

  @Test
  void f54_subscribedToTwice_isWhatTheBareClientMakesOfIt() {
    Listener bareSecond = Listener.eager();
    Listener second = Listener.eager();
    Listener bare = Listener.eager();
    Listener cached = Listener.eager();
    CompletableFuture<Void> bareCall =
        start(CannedHttp.always(WHOLE).client(), twice(bare, bareSecond));
    CompletableFuture<Void> call = start(client(CannedHttp.always(WHOLE)), twice(cached, second));
    assertThat(call.isDone()).isEqualTo(bareCall.isDone());
    assertThat(cached.story()).isEqualTo(bare.story());
    assertThat(second.story()).isEqualTo(bareSecond.story());
  }

  @Test
  void f54_replayIsSubscribedToTwice_secondIsRefusedAndTheCallFailsAsTheBareClientsDoes() {
    CachingBedrockAsyncClient client = client(CannedHttp.always(WHOLE));
    start(client, Listener.eager()).join();
    Listener second = Listener.eager();
    Listener first = Listener.eager();
    Throwable failure = outcomeOf(client, twice(first, second));
    assertThat(second.story()).containsExactly("error IllegalStateException");
    assertThat(first.events).hasSize(1);
    assertThat(first.heard)
        .endsWith("exception IllegalStateException", "error IllegalStateException");
    assertThat(failure.getCause()).isInstanceOf(SdkClientException.class);
  }

  @Test
  void f54_replayIsSubscribedToAgainAfterItsEnd_secondIsRefusedAndTheCallIsAsItWas() {
    CachingBedrockAsyncClient client = client(CannedHttp.always(WHOLE));
    start(client, Listener.eager()).join();
    Listener first = Listener.eager();
    CompletableFuture<Void> call = start(client, first);
    Listener second = Listener.eager();
    Objects.requireNonNull(first.publisher).subscribe(second);
    assertThat(second.story()).containsExactly("error IllegalStateException");
    assertThat(first.heard).endsWith("end", "complete").doesNotContain("exception");
    assertThat(call).isCompleted();
  }

  /** Events are delivered once the handler has returned, so its subscriber gets none. */
  @Test
  void f51_handlerThrowsWhenItHasSubscribedToAReplay_callFailsAndIsNotComplete() {
    CachingBedrockAsyncClient client = client(CannedHttp.always(WHOLE));
    start(client, Listener.eager()).join();
    Listener hit =
        Listener.eager()
            .doingWhenSubscribed(
                () -> {
                  throw new IllegalStateException("the handler's own");
                });
    Throwable failure = outcomeOf(client, hit);
    assertThat(hit.heard)
        .containsExactly(
            "response", "stream", "error IllegalStateException", "exception IllegalStateException");
    assertThat(failure).hasRootCauseMessage("the handler's own");
  }

  private static Listener twice(Listener first, Listener second) {
    first.doing(
        event -> {
          if (first.events.size() == 1 && first.publisher != null) {
            first.publisher.subscribe(second);
          }
        });
    return first;
  }
}
