package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.StreamCalls.WHOLE;
import static com.gymcoach.bedrock.cache.StreamCalls.assertSameFailure;
import static com.gymcoach.bedrock.cache.StreamCalls.outcomeOf;
import static com.gymcoach.bedrock.cache.StreamCalls.start;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CannedHttp.Body;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What can go wrong with a stream. Each is played twice by the real SDK client, bare and through
 * the cache: the caller hears the same, and nothing is kept that is not whole.
 */
@Timeout(60)
class StreamFaultsTest {
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
    return StreamCalls.cached(http.client(), cache);
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
}
