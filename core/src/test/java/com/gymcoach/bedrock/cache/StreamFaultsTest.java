package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CannedHttp.Body;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/**
 * What can go wrong with a stream. Each is played twice by the real SDK client, bare and through
 * the cache: the caller hears the same, and nothing is kept that is not whole.
 */
@Timeout(60)
class StreamFaultsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final List<byte[]> WHOLE = Frames.answer("one", "two", "three");

  private final FakeStore store = new FakeStore();
  private final BedrockCache cache = BedrockCache.builder().store(store).build();

  @AfterEach
  void close() {
    cache.close();
  }

  private static List<byte[]> with(int at, byte[]... inserted) {
    List<byte[]> frames = new ArrayList<>(WHOLE);
    frames.addAll(at, List.of(inserted));
    return frames;
  }

  private static List<byte[]> without(int at) {
    List<byte[]> frames = new ArrayList<>(WHOLE);
    frames.remove(at);
    return frames;
  }

  private static byte[] cut(byte[] frame) {
    return Arrays.copyOf(frame, frame.length - 3);
  }

  private static byte[] flipped(byte[] frame) {
    byte[] bad = frame.clone();
    bad[bad.length - 1] ^= 1;
    return bad;
  }

  /** A scenario: its name, whose first part is the fault's number, and its body. */
  record Scenario(String name, Supplier<Body> body) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Scenario frames(String name, List<byte[]> frames) {
    return new Scenario(name, () -> Body.of(frames));
  }

  static Stream<Scenario> f41() {
    return Stream.of(
        frames("model error", with(3, Frames.exception("modelStreamErrorException", "no"))),
        frames("invalid", with(1, Frames.exception("validationException", "no"))),
        frames("at once", with(0, Frames.exception("validationException", "no"))),
        frames("unheard of", with(2, Frames.exception("newException", "no"))));
  }

  static Stream<Scenario> f42() {
    return Stream.of(
        frames("nothing at all", List.of()),
        frames("one event", WHOLE.subList(0, 1)),
        frames("amid the text", WHOLE.subList(0, 3)),
        frames("before messageStop", WHOLE.subList(0, 5)));
  }

  static Stream<Scenario> f43() {
    return Stream.of(
        frames("in the first frame", List.of(cut(WHOLE.get(0)))),
        frames("in a text", with(2, cut(WHOLE.get(2))).subList(0, 3)),
        frames("in the last frame", List.of(WHOLE.get(0), WHOLE.get(1), cut(WHOLE.get(6)))),
        new Scenario(
            "connection reset",
            () -> Body.broken(WHOLE.subList(0, 4), new IOException("Connection reset"))),
        new Scenario(
            "reset after all has come",
            () -> Body.broken(WHOLE, new IOException("Connection reset"))));
  }

  static Stream<Scenario> f44() {
    return Stream.of(
        frames("first", with(0, flipped(WHOLE.get(0)))),
        frames("amid", with(3, flipped(WHOLE.get(2)))));
  }

  static Stream<Scenario> f45() {
    return Stream.of(
        frames("messageStart twice", with(1, Frames.messageStart())),
        frames("text after its block", with(5, Frames.delta(0, "late"))),
        frames("block ends twice", with(5, Frames.blockStop(0))),
        frames("block never ends", without(4)),
        frames("second block never ends", with(5, Frames.delta(1, "more"))),
        frames("messageStop twice", with(6, Frames.messageStop("end_turn"))),
        frames("metadata twice", with(7, Frames.metadata())),
        frames("metadata before messageStop", with(5, Frames.metadata())),
        frames("text after messageStop", with(6, Frames.delta(1, "late"))),
        frames("no messageStart", without(0)),
        frames("no text", List.of(WHOLE.get(0), WHOLE.get(5), WHOLE.get(6))),
        frames("unknown event", with(3, Frames.event("newEvent", "{\"a\":1}"))),
        frames(
            "unknown kind of content",
            with(
                3,
                Frames.event(
                    "contentBlockDelta",
                    "{\"contentBlockIndex\":0,\"delta\":{\"hologram\":\"x\"}}"))));
  }

  static Stream<Scenario> f46() {
    return Stream.of(frames("messageStop without metadata", WHOLE.subList(0, 6)));
  }

  private static Scenario stopping(String reason) {
    List<byte[]> frames = new ArrayList<>(WHOLE);
    frames.set(5, Frames.messageStop(reason));
    return frames(reason, frames);
  }

  static Stream<Scenario> f37() {
    return Stream.of("max_tokens", "tool_use", "guardrail_intervened", "content_filtered", "new")
        .map(StreamFaultsTest::stopping);
  }

  @ParameterizedTest
  @MethodSource("f37")
  void f37_stopReasonNotAdmitted_isPassedOnAndNotKept(Scenario scenario) {
    isPassedOnAndNotKept(scenario);
  }

  @ParameterizedTest
  @MethodSource("f41")
  void f41_errorEvent_isPassedOnAndNotKept(Scenario scenario) {
    isPassedOnAndNotKept(scenario);
  }

  @ParameterizedTest
  @MethodSource("f42")
  void f42_cleanEndEarly_isPassedOnAndNotKept(Scenario scenario) {
    isPassedOnAndNotKept(scenario);
  }

  @ParameterizedTest
  @MethodSource("f43")
  void f43_endInAFrame_isPassedOnAndNotKept(Scenario scenario) {
    isPassedOnAndNotKept(scenario);
  }

  @ParameterizedTest
  @MethodSource("f44")
  void f44_badCheckSum_isPassedOnAndNotKept(Scenario scenario) {
    isPassedOnAndNotKept(scenario);
  }

  @ParameterizedTest
  @MethodSource("f45")
  void f45_eventsOutOfOrder_arePassedOnAndNotKept(Scenario scenario) {
    isPassedOnAndNotKept(scenario);
  }

  @ParameterizedTest
  @MethodSource("f46")
  void f46_messageStopWithoutMetadata_isPassedOnAndNotKept(Scenario scenario) {
    isPassedOnAndNotKept(scenario);
  }

  private void isPassedOnAndNotKept(Scenario scenario) {
    CannedHttp forBare = new CannedHttp(n -> scenario.body().get());
    CannedHttp forCached = new CannedHttp(n -> scenario.body().get());
    Listener bare = Listener.eager();
    Listener cached = Listener.eager();
    Throwable bareFailure = outcomeOf(forBare.client(), bare);
    Throwable failure = outcomeOf(client(forCached), cached);

    assertThat(cached.story()).isEqualTo(bare.story());
    assertThat(cached.events).isEqualTo(bare.events);
    assertSameFailure(failure, bareFailure);
    assertThat(forCached.calls()).isEqualTo(forBare.calls());
    assertThat(store.writes).hasValue(0);
    assertThat(cache.stats().hotEntries()).isZero();

    CannedHttp well = CannedHttp.always(WHOLE); // and it recovers
    assertThat(outcomeOf(client(well), Listener.eager())).isNull();
    Listener hit = Listener.eager();
    assertThat(outcomeOf(client(well), hit)).isNull();
    assertThat(hit.outcome().cached()).isTrue();
  }

  private CachingBedrockAsyncClient client(CannedHttp http) {
    return CachingBedrockAsyncClient.create(http.client(), cache).forScope(ALICE);
  }

  private static CompletableFuture<Void> start(BedrockRuntimeAsyncClient client, Listener to) {
    return client.converseStream(StreamsTest.ask("one"), to);
  }

  private static Throwable outcomeOf(BedrockRuntimeAsyncClient client, Listener listener) {
    CompletableFuture<Void> call = start(client, listener);
    return catchThrowable(call::join);
  }

  private static void assertSameFailure(Throwable one, Throwable other) {
    if (other == null) {
      assertThat(one).isNull();
    } else {
      assertThat(one).hasSameClassAs(other).hasMessage(other.getMessage());
      assertThat(one.getCause()).hasSameClassAs(other.getCause());
    }
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
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(http.client(), finishing).forScope(ALICE);
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
    Listener bare = Listener.eager().doing(StreamFaultsTest::fail);
    Listener cached = Listener.eager().doing(StreamFaultsTest::fail);
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
            .subscriber(StreamFaultsTest::fail)
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
    Listener bare = Listener.eager().doing(StreamFaultsTest::fail);
    Listener hit = Listener.eager().doing(StreamFaultsTest::fail);
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
      CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(http.client(), large).forScope(ALICE);
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

  private static Listener twice(Listener first, Listener second) {
    first.doing(
        event -> {
          if (first.events.size() == 1 && first.publisher != null) {
            first.publisher.subscribe(second);
          }
        });
    return first;
  }

  @Test
  void f55_sdkTriesAgainAfterTheFirstEvents_onlyTheLastAttemptIsKept() {
    List<byte[]> failing = new ArrayList<>(WHOLE.subList(0, 3));
    failing.add(Frames.exception("throttlingException", "slow down"));
    Supplier<CannedHttp> http = () -> new CannedHttp(n -> Body.of(n == 0 ? failing : WHOLE));
    CannedHttp forBare = http.get();
    CannedHttp forCached = http.get();
    Listener bare = Listener.eager();
    Listener cached = Listener.eager();
    Throwable bareFailure = outcomeOf(forBare.client(), bare);
    assertSameFailure(outcomeOf(client(forCached), cached), bareFailure);
    assertThat(forCached.calls()).isEqualTo(forBare.calls()).isEqualTo(2);
    assertThat(cached.story()).isEqualTo(bare.story());
    Listener hit = Listener.eager();
    start(client(forCached), hit).join();
    assertThat(hit.outcome().cached()).isTrue();
    assertThat(hit.events).hasSize(WHOLE.size());
    assertThat(forCached.calls()).isEqualTo(2);
  }

  @Test
  void f31_clientThrowsBeforeItReturnsAFuture_soDoesTheCachingOne() {
    RuntimeException failure = new IllegalStateException("a bug in a wrapper");
    BedrockRuntimeAsyncClient throwing =
        new Scripted(
            () -> {
              throw failure;
            });
    CachingBedrockAsyncClient client =
        CachingBedrockAsyncClient.create(throwing, cache).forScope(ALICE);
    assertThat(catchThrowable(() -> client.converse(FakeBedrock.ask("one")))).isSameAs(failure);
    assertThat(catchThrowable(() -> start(client, Listener.eager()))).isSameAs(failure);
  }

  @Test
  void f32_clientReturnsNoFuture_callFailsAndTheNextIsServed() {
    BedrockRuntimeAsyncClient client = new Scripted(() -> null);
    CachingBedrockAsyncClient caching =
        CachingBedrockAsyncClient.create(client, cache).forScope(ALICE);
    assertThat(catchThrowable(() -> caching.converse(FakeBedrock.ask("one")).join())).isNotNull();
    assertThat(catchThrowable(() -> start(caching, Listener.eager()).join())).isNotNull();
    Listener next = Listener.eager();
    assertThat(outcomeOf(client(CannedHttp.always(WHOLE)), next)).isNull();
    assertThat(next.outcome().status()).isEqualTo(Status.MISS);
  }

  @Test
  void f33_clientCompletesWithNull_soDoesTheCachingOneAndNothingIsKept() {
    BedrockRuntimeAsyncClient client = new Scripted(() -> CompletableFuture.completedFuture(null));
    CachingBedrockAsyncClient caching =
        CachingBedrockAsyncClient.create(client, cache).forScope(ALICE);
    assertThat(caching.converse(FakeBedrock.ask("one")).join()).isNull();
    assertThat(start(caching, Listener.eager()).join()).isNull();
    assertThat(cache.stats().hotEntries()).isZero();
  }

  @Test
  void f28_f29_failedFuture_isTheSameObject() {
    CompletionException failure = new CompletionException(FakeBedrock.throttled());
    BedrockRuntimeAsyncClient client = new Scripted(() -> CompletableFuture.failedFuture(failure));
    CachingBedrockAsyncClient caching =
        CachingBedrockAsyncClient.create(client, cache).forScope(ALICE);
    CompletableFuture<?> call = caching.converse(FakeBedrock.ask("one"));
    assertThat(catchThrowable(call::join)).isSameAs(failure);
    assertThat(call.handle((response, thrown) -> thrown).join()).isSameAs(failure);
  }
}
