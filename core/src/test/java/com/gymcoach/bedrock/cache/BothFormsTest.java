package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FormCalls.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.FormCalls.Form;
import com.gymcoach.bedrock.cache.FormCalls.Told;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** One answer for Converse and ConverseStream: what Bedrock gave to one is served to the other. */
@Timeout(60)
class BothFormsTest {
  private static final String PAIRS = "com.gymcoach.bedrock.cache.FormCalls#pairs";
  private static final Duration TTL = Duration.ofMinutes(10);

  private final FakeTime time = new FakeTime();
  private final FakeStore store = new FakeStore();
  private final EchoHttp http = new EchoHttp();
  private final BedrockCache cache = builder().build();
  private final FormCalls calls = new FormCalls(http, cache);

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .store(store)
        .timeSource(time)
        .executor(Runnable::run)
        .ttlPolicy(TtlPolicy.fixed(TTL).withJitter(0))
        .cachePolicy(new FormCalls.Sharing());
  }

  private FormCalls another(BedrockCacheBuilder builder) {
    return new FormCalls(http, builder.build());
  }

  @AfterEach
  void close() {
    cache.close();
  }

  private static void assertConverted(Told told, CacheSource source, String text) {
    assertThat(told.outcome().status()).isEqualTo(Status.HIT);
    assertThat(told.outcome().source()).isEqualTo(source);
    assertThat(told.outcome().converted()).isTrue();
    assertThat(told.text()).isEqualTo(text);
  }

  private static void assertMiss(Told told, CacheReason why) {
    assertThat(told.outcome().status()).isEqualTo(Status.MISS);
    assertThat(told.outcome().reason()).contains(why);
    assertThat(told.outcome().converted()).isFalse();
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_inTheOtherForm_isAConvertedHitFromMemoryAndFromTheStore(Form from, Form to) {
    assertMiss(calls.ask(from), CacheReason.ABSENT);
    time.advance(Duration.ofSeconds(12));
    Told hot = calls.ask(to);
    assertConverted(hot, CacheSource.HOT, "answer 1");
    assertThat(hot.outcome()).hasToString("HIT from HOT, 12 s old, converted");
    FormCalls elsewhere = another(builder());
    assertConverted(elsewhere.ask(to), CacheSource.WARM, "answer 1");
    assertConverted(elsewhere.ask(to), CacheSource.HOT, "answer 1");
    assertThat(http.calls()).isEqualTo(1);
  }

  /** The tiers hold what Bedrock sent, so the first form is still served unchanged. */
  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_inTheSameForm_isAHitThatWasNotConverted(Form from, Form to) {
    calls.ask(from);
    calls.ask(to);
    FormCalls elsewhere = another(builder());
    elsewhere.ask(to);
    for (FormCalls each : new FormCalls[] {calls, elsewhere}) {
      Told told = each.ask(from);
      assertThat(told.outcome().status()).isEqualTo(Status.HIT);
      assertThat(told.outcome().converted()).isFalse();
      assertThat(told.text()).isEqualTo("answer 1");
    }
    assertThat(http.calls()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void convertedHit_neverWritesToTheStore(Form from, Form to) {
    calls.ask(from);
    Map<EntryAddress, byte[]> sent = Map.copyOf(store.entries);
    another(builder()).ask(to);
    calls.ask(to);
    assertThat(store.writes).hasValue(1);
    assertThat(store.entries).isEqualTo(sent); // the very same arrays
  }

  @Test
  void outcome_ofAConvertedHit_survivesInTheHeaderAlone() {
    calls.ask(Form.STREAM);
    CacheOutcome outcome = calls.ask(Form.SYNC).outcome();
    assertThat(outcome.headerValue())
        .isEqualTo("bedrock-cache; hit; ttl=600; age=0; converted; detail=HOT");
    SdkResponse copied =
        ConverseResponse.builder()
            .sdkHttpResponse(
                SdkHttpResponse.builder()
                    .statusCode(200)
                    .putHeader(CacheOutcome.HEADER, outcome.headerValue())
                    .build())
            .build();
    assertThat(CacheOutcome.of(copied)).isEqualTo(outcome);
    assertThat(CacheOutcome.of(copied).converted()).isTrue();
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void refresh_inOneForm_replacesTheAnswerOfBoth(Form from, Form to) {
    calls.ask(from);
    assertMiss(calls.ask(to, CacheControl.REFRESH), CacheReason.REFRESH_REQUESTED);
    assertConverted(calls.ask(from), CacheSource.HOT, "answer 2");
    assertThat(calls.ask(to).outcome().converted()).isFalse();
    assertThat(http.calls()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void directives_applyToConvertedAnswersToo(Form from, Form to) {
    calls.ask(from);
    time.advance(Duration.ofSeconds(30));
    assertConverted(calls.ask(to, CacheControl.ONLY_IF_CACHED), CacheSource.HOT, "answer 1");
    assertThat(calls.ask(to, CacheControl.BYPASS).outcome().status()).isEqualTo(Status.BYPASS);
    CacheControl recent = CacheControl.maxAge(Duration.ofSeconds(10));
    assertMiss(calls.ask(to, recent), CacheReason.ABSENT);
    assertThat(calls.ask(from, recent).text()).isEqualTo("answer 3");
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void noStore_ofAConvertedAnswer_doesNotPutItIntoMemory(Form from, Form to) {
    calls.ask(from);
    FormCalls elsewhere = another(builder());
    for (int i = 0; i < 2; i++) {
      assertConverted(elsewhere.ask(to, CacheControl.NO_STORE), CacheSource.WARM, "answer 1");
    }
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void invalidate_ofTheRequestInEitherForm_removesTheAnswerOfBoth(Form from, Form to) {
    for (Form form : new Form[] {from, to}) {
      calls.ask(from);
      assertThat(calls.invalidate(form, ALICE, "How deep?")).isEqualTo(1);
      assertThat(calls.ask(from).outcome().status()).isEqualTo(Status.MISS);
      calls.invalidate(form, ALICE, "How deep?");
      assertMiss(calls.ask(to), CacheReason.ABSENT);
      cache.invalidate(ALICE);
    }
  }

  /** Shared answers lie in 16 shards, by their key; an admin's cache may have another policy. */
  @ParameterizedTest
  @MethodSource(PAIRS)
  void invalidate_ofSharedAnswersByACacheThatDoesNotServeBothForms_removesThem(Form from, Form to) {
    CacheScope shared = CacheScope.shared().endpoint("catalogue");
    FormCalls admin = another(builder().cachePolicy(CachePolicy.standard()));
    for (int i = 0; i < 20; i++) {
      String question = "question " + i;
      calls.ask(from, shared, FormCalls.question(from, question));
      int calledBefore = http.calls();
      admin.invalidate(i % 2 == 0 ? from : to, shared, question);
      time.advance(Duration.ofMinutes(1)); // more than the invalidation delay
      assertMiss(calls.ask(to, shared, FormCalls.question(to, question)), CacheReason.ABSENT);
      assertThat(http.calls()).isEqualTo(calledBefore + 1);
    }
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void staleAnswer_ofTheOtherForm_isServedAndRefreshedInTheCallersForm(Form from, Form to) {
    FormCalls stale =
        another(
            builder()
                .ttlPolicy(
                    TtlPolicy.fixed(TTL)
                        .withJitter(0)
                        .withStaleWhileRevalidate(Duration.ofHours(1))));
    stale.ask(from);
    time.advance(TTL.plusMinutes(1));
    Told served = stale.ask(to);
    assertConverted(served, CacheSource.WARM, "answer 1");
    assertThat(served.outcome().stale()).isTrue();
    assertThat(served.outcome().reason()).contains(CacheReason.STALE_WHILE_REVALIDATE);
    assertThat(http.calls()).isEqualTo(2);
    assertThat(stale.ask(to).text()).isEqualTo("answer 2");
    assertThat(stale.ask(to).outcome().converted()).isFalse();
    assertConverted(stale.ask(from), CacheSource.HOT, "answer 2");
  }

  /** A response and a stream are not shared while they are under way. */
  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whileTheOtherFormIsUnderWay_doesNotFollowIt(Form from, Form to) throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    Runnable wait =
        () -> {
          if (first.getAndSet(false)) {
            asked.countDown();
            try {
              assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
              throw new IllegalStateException(interrupted);
            }
          }
        };
    http.converse =
        n -> {
          wait.run();
          return EchoHttp.converse("{\"text\":\"answer " + n + "\"}");
        };
    http.stream =
        n -> {
          wait.run();
          return Frames.answer("answer " + n);
        };
    CompletableFuture<Told> leader = new CompletableFuture<>();
    new Thread(() -> leader.complete(calls.ask(from))).start();
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    Told other = calls.ask(to);
    answered.countDown();
    assertMiss(other, CacheReason.ABSENT);
    assertThat(leader.get(30, TimeUnit.SECONDS).outcome().status()).isEqualTo(Status.MISS);
    assertThat(http.calls()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void statistics_ofAConvertedHit_areThoseOfAHit(Form from, Form to) {
    calls.ask(from);
    calls.ask(from);
    CacheStats own = cache.stats();
    calls.ask(to);
    CacheStats both = cache.stats();
    assertThat(both.total().hotHits()).isEqualTo(2);
    assertThat(both.faults()).isEmpty();
    assertThat(own.total().savedUsd()).isPositive();
    assertThat(both.total().savedUsd() - own.total().savedUsd())
        .isCloseTo(own.total().savedUsd(), within(1e-12));
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void observe_whenAskedInTheOtherForm_countsAHit(Form from, Form to) {
    for (boolean fleet : new boolean[] {false, true}) {
      BedrockCacheBuilder observing =
          builder().namespace("fleet-" + fleet).mode(CacheMode.OBSERVE).observeFleet(fleet);
      BedrockCache one = observing.build();
      new FormCalls(http, one).ask(from);
      BedrockCache two = fleet ? observing.build() : one;
      assertThat(new FormCalls(http, two).ask(to).outcome().reason())
          .contains(CacheReason.WOULD_HIT);
      Observed.Would total = two.stats().observed().total();
      assertThat(total.hotHits() + total.warmHits()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void bytes_ofAConvertedAnswer_areEachCallersOwn(Form from, Form to) {
    http.converse =
        n ->
            EchoHttp.converse(
                "{\"reasoningContent\":{\"redactedContent\":\"AQID\"}},{\"text\":\"deep\"}");
    http.stream =
        n ->
            List.of(
                Frames.messageStart(),
                Frames.event(
                    "contentBlockDelta",
                    "{\"contentBlockIndex\":0,\"delta\":"
                        + "{\"reasoningContent\":{\"redactedContent\":\"AQID\"}}}"),
                Frames.blockStop(0),
                Frames.delta(1, "deep"),
                Frames.blockStop(1),
                Frames.messageStop("end_turn"),
                Frames.metadata());
    for (Form form : new Form[] {from, from, to, to, from}) {
      Told told = calls.ask(form);
      assertThat(told.redacted()).hasSize(1);
      byte[] bytes = told.redacted().get(0).asByteArrayUnsafe();
      assertThat(bytes).containsExactly(1, 2, 3);
      bytes[0] = 9;
    }
    assertThat(http.calls()).isEqualTo(1);
  }
}
