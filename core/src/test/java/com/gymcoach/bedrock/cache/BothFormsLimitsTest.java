package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FormCalls.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.FormCalls.Form;
import com.gymcoach.bedrock.cache.FormCalls.Sharing;
import com.gymcoach.bedrock.cache.FormCalls.Told;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;

/**
 * Calls that do not share answers between Converse and ConverseStream, and answers that are not
 * converted.
 */
@Timeout(60)
class BothFormsLimitsTest {
  private static final String PAIRS = "com.gymcoach.bedrock.cache.FormCalls#pairs";

  private final FakeStore store = new FakeStore();
  private final EchoHttp http = new EchoHttp();

  private BedrockCache cache(CachePolicy policy) {
    return builder(policy).build();
  }

  private BedrockCacheBuilder builder(CachePolicy policy) {
    return BedrockCache.builder()
        .store(store)
        .timeSource(new FakeTime())
        .executor(Runnable::run)
        .cachePolicy(policy);
  }

  private static void assertOwnAnswers(FormCalls calls, Form from, Form to) {
    for (int round = 0; round < 3; round++) {
      for (Form form : new Form[] {from, to}) {
        Told told = calls.ask(form);
        assertThat(told.text()).isEqualTo(form == from ? "answer 1" : "answer 2");
        assertThat(told.outcome().status()).isEqualTo(round == 0 ? Status.MISS : Status.HIT);
        assertThat(told.outcome().converted()).isFalse();
      }
    }
  }

  private void answerWhatTheOtherFormCannotHold() {
    http.converse =
        n ->
            EchoHttp.converse(
                "{\"text\":\"answer "
                    + n
                    + "\"},{\"document\":{\"name\":\"n\",\"source\":{\"text\":\"t\"}}}");
    http.stream =
        n ->
            List.of(
                Frames.messageStart(),
                Frames.event(
                    "contentBlockDelta",
                    "{\"contentBlockIndex\":0,\"delta\":"
                        + "{\"reasoningContent\":{\"signature\":\"s\"}}}"),
                Frames.blockStop(0),
                Frames.delta(1, "answer " + n),
                Frames.blockStop(1),
                Frames.messageStop("end_turn"),
                Frames.metadata());
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenThePolicyDoesNotSay_hasAnAnswerOfEachForm(Form from, Form to) {
    assertOwnAnswers(new FormCalls(http, cache(new CachePolicy() {})), from, to);
    http.sent.clear();
    store.entries.clear();
    assertOwnAnswers(new FormCalls(http, cache(CachePolicy.standard())), from, to);
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenThePolicyThrows_hasAnAnswerOfEachForm(Form from, Form to) {
    BedrockCache cache =
        cache(
            new CachePolicy() {
              @Override
              public boolean serveBothForms(CallContext call) {
                throw new StackOverflowError();
              }
            });
    assertOwnAnswers(new FormCalls(http, cache), from, to);
    assertThat(cache.stats().faults()).isEqualTo(Map.of(CacheFault.CALLBACK_FAILED, 6L));
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenThePolicyMeansOneOperationOnly_hasAnAnswerOfEachForm(Form from, Form to) {
    for (String operation : new String[] {"Converse", "ConverseStream"}) {
      http.sent.clear();
      store.entries.clear();
      CachePolicy one =
          new CachePolicy() {
            @Override
            public boolean serveBothForms(CallContext call) {
              return call.operation().equals(operation);
            }
          };
      assertOwnAnswers(new FormCalls(http, cache(one)), from, to);
    }
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_byAnotherUserOrClientConfiguration_isAMiss(Form from, Form to) {
    BedrockCache cache = cache(new Sharing());
    FormCalls calls = new FormCalls(http, cache);
    calls.ask(from);
    CacheScope bob = CacheScope.user("bob").endpoint("chat");
    assertThat(calls.ask(to, bob).outcome().status()).isEqualTo(Status.MISS);
    CacheScope elsewhere = CacheScope.user("alice").endpoint("plan");
    assertThat(calls.ask(to, elsewhere).outcome().status()).isEqualTo(Status.MISS);
    FormCalls guarded =
        new FormCalls(http, cache, Configurations.header(Configurations.GUARDRAIL_HEADER, "gr-1"));
    assertThat(guarded.ask(to).outcome().status()).isEqualTo(Status.MISS);
    assertThat(http.calls()).isEqualTo(4);
  }

  /** A guardrail judges a stream in pieces: even a generator's equal keys are not shared. */
  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_withAGuardrail_hasAnAnswerOfEachForm(Form from, Form to) {
    BedrockCache cache =
        builder(new Sharing()).keyGenerator((call, request) -> new byte[] {1}).build();
    FormCalls calls = new FormCalls(http, cache);
    for (int round = 0; round < 2; round++) {
      for (Form form : new Form[] {from, to}) {
        Told told = calls.ask(form, ALICE, withGuardrail(form));
        assertThat(told.outcome().status()).isEqualTo(round == 0 ? Status.MISS : Status.HIT);
        assertThat(told.outcome().converted()).isFalse();
      }
    }
  }

  private static AwsRequest withGuardrail(Form form) {
    return form == Form.STREAM
        ? StreamsTest.ask("How deep?").toBuilder()
            .guardrailConfig(g -> g.guardrailIdentifier("gr").guardrailVersion("1"))
            .build()
        : FakeBedrock.ask("How deep?").toBuilder()
            .guardrailConfig(g -> g.guardrailIdentifier("gr").guardrailVersion("1"))
            .build();
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenTheOtherFormCannotHoldTheAnswer_replacesItAndSaysSo(Form from, Form to) {
    answerWhatTheOtherFormCannotHold();
    BedrockCache cache = cache(new Sharing());
    FormCalls calls = new FormCalls(http, cache);
    calls.ask(from);
    int asked = 1;
    for (Form form : new Form[] {to, from, to}) {
      Told told = calls.ask(form);
      asked++;
      assertThat(told.text()).isEqualTo("answer " + asked);
      assertThat(told.outcome().status()).isEqualTo(Status.MISS);
      assertThat(told.outcome().reason()).contains(CacheReason.OTHER_FORM);
      assertThat(calls.ask(form).outcome().status()).isEqualTo(Status.HIT);
    }
    assertThat(http.calls()).isEqualTo(asked);
    assertThat(store.entries).hasSize(1);
    assertThat(cache.stats().faults()).isEmpty();
    assertThat(cache.stats().total().reasons()).containsEntry(CacheReason.OTHER_FORM, 3L);
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void onlyIfCached_whenTheOtherFormCannotHoldTheAnswer_failsAndLeavesItThere(Form from, Form to) {
    answerWhatTheOtherFormCannotHold();
    FormCalls calls = new FormCalls(http, cache(new Sharing()));
    calls.ask(from);
    assertThatThrownBy(() -> calls.ask(to, CacheControl.ONLY_IF_CACHED))
        .isInstanceOf(CacheMissException.class);
    assertThat(calls.ask(from).outcome().status()).isEqualTo(Status.HIT);
    assertThat(http.calls()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void observe_whenTheOtherFormCannotHoldTheAnswer_countsAHitForItsOwnFormOnly(Form from, Form to) {
    answerWhatTheOtherFormCannotHold();
    for (boolean fleet : new boolean[] {false, true}) {
      BedrockCacheBuilder observing =
          builder(new Sharing())
              .namespace("fleet-" + fleet)
              .mode(CacheMode.OBSERVE)
              .observeFleet(fleet);
      BedrockCache first = observing.build();
      new FormCalls(http, first).ask(from);
      FormCalls calls = new FormCalls(http, fleet ? observing.build() : first);
      assertThat(calls.ask(from).outcome().reason()).contains(CacheReason.WOULD_HIT);
      assertThat(calls.ask(to).outcome().reason()).contains(CacheReason.WOULD_MISS);
      assertThat(calls.ask(to).outcome().reason()).contains(CacheReason.WOULD_HIT);
      assertThat(calls.ask(from).outcome().reason()).contains(CacheReason.WOULD_MISS);
    }
  }

  /** The stream's answer may be kept, but not for an operation that does not opt in to tools. */
  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenOnlyTheOtherOperationKeepsToolUse_isNotServedIt(Form from, Form to) {
    String input = "{\\\"exercise\\\":\\\"squat\\\"}";
    http.converse =
        n ->
            EchoHttp.converse(
                    "{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"weight\","
                        + "\"input\":{\"exercise\":\"squat\"}}}")
                .replace("end_turn", "tool_use");
    http.stream =
        n ->
            List.of(
                Frames.messageStart(),
                Frames.event(
                    "contentBlockStart",
                    "{\"contentBlockIndex\":0,\"start\":{\"toolUse\":"
                        + "{\"toolUseId\":\"t\",\"name\":\"weight\"}}}"),
                Frames.event(
                    "contentBlockDelta",
                    "{\"contentBlockIndex\":0,\"delta\":{\"toolUse\":{\"input\":\""
                        + input
                        + "\"}}}"),
                Frames.blockStop(0),
                Frames.messageStop("tool_use"),
                Frames.metadata());
    String operation = from == Form.STREAM ? "ConverseStream" : "Converse";
    BedrockCache cache =
        cache(
            new Sharing() {
              @Override
              public boolean cacheToolUse(CallContext call) {
                return call.operation().equals(operation);
              }
            });
    FormCalls calls = new FormCalls(http, cache);
    calls.ask(from);
    assertThat(calls.ask(to).outcome().status()).isEqualTo(Status.MISS);
    assertThat(cache.stats().total().reasons()).containsEntry(CacheReason.TOOL_USE, 1L);
    assertThat(calls.ask(from).outcome().status()).isEqualTo(Status.HIT);
    BedrockCache both =
        cache(
            new Sharing() {
              @Override
              public boolean cacheToolUse(CallContext call) {
                return true;
              }
            });
    assertThat(new FormCalls(http, both).ask(to).outcome().converted()).isTrue();
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenThePolicyVetoesTheConvertedAnswer_isNotServedIt(Form from, Form to) {
    BedrockCache cache =
        cache(
            new Sharing() {
              @Override
              public boolean mayKeep(CallContext call, SdkResponse response) {
                return to == Form.STREAM
                    ? !call.operation().equals("ConverseStream")
                    : !(response instanceof ConverseResponse converse
                        && converse.output().message().content().get(0).text().endsWith("1"));
              }
            });
    FormCalls calls = new FormCalls(http, cache);
    calls.ask(from);
    Told told = calls.ask(to);
    assertThat(told.text()).isEqualTo("answer 2");
    assertThat(told.outcome().status()).isEqualTo(Status.MISS);
  }

  /** Remembered keys belong to what the policy said; it may say something else later. */
  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenThePolicyChanges_usesTheKeyThatItMeansNow(Form from, Form to) {
    AtomicBoolean both = new AtomicBoolean(true);
    CachePolicy changing =
        new CachePolicy() {
          @Override
          public boolean serveBothForms(CallContext call) {
            return both.get();
          }
        };
    FormCalls calls = new FormCalls(http, cache(changing));
    for (int i = 0; i < 3; i++) {
      calls.ask(from);
      calls.ask(to);
    }
    assertThat(http.calls()).isEqualTo(1);
    both.set(false);
    for (int i = 0; i < 3; i++) {
      assertThat(calls.ask(from).text()).isEqualTo("answer 2");
      assertThat(calls.ask(to).text()).isEqualTo("answer 3");
    }
    both.set(true);
    assertThat(calls.ask(from).text()).isEqualTo("answer 1");
    assertThat(calls.ask(to).outcome().converted()).isTrue();
    assertThat(http.calls()).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenTheStoreIsOut_isServedFromMemoryOrByBedrock(Form from, Form to) {
    FormCalls calls = new FormCalls(http, cache(new Sharing()));
    calls.ask(from);
    store.failReads = new IllegalStateException("out");
    store.failWrites = new IllegalStateException("out");
    assertThat(calls.ask(to).outcome().converted()).isTrue();
    Told elsewhere = new FormCalls(http, cache(new Sharing())).ask(to);
    assertThat(elsewhere.text()).isEqualTo("answer 2");
    assertThat(elsewhere.outcome().status()).isEqualTo(Status.MISS);
  }

  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenTheCacheIsOff_goesToBedrock(Form from, Form to) {
    AtomicBoolean on = new AtomicBoolean(true);
    BedrockCache cache =
        builder(new Sharing()).mode(() -> on.get() ? CacheMode.ON : CacheMode.OFF).build();
    FormCalls calls = new FormCalls(http, cache);
    calls.ask(from);
    on.set(false);
    assertThat(calls.ask(to).text()).isEqualTo("answer 2");
  }

  /** An entry that only looks like one of the other form costs a miss, not an answer. */
  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_whenTheStoredAnswerIsCorrupt_goesToBedrock(Form from, Form to) {
    new FormCalls(http, cache(new Sharing())).ask(from);
    store.entries.replaceAll((address, bytes) -> Arrays.copyOf(bytes, bytes.length - 9));
    Told told = new FormCalls(http, cache(new Sharing())).ask(to);
    assertThat(told.text()).isEqualTo("answer 2");
    assertThat(told.outcome().reason()).contains(CacheReason.ABSENT);
  }

  /** The requests are equal in all that both forms have, but not in what they ask. */
  @ParameterizedTest
  @MethodSource(PAIRS)
  void ask_withAnyFieldThatDiffers_isAMiss(Form from, Form to) {
    FormCalls calls = new FormCalls(http, cache(new Sharing()));
    calls.ask(from);
    AwsRequest warmer =
        to == Form.STREAM
            ? ((ConverseStreamRequest) FormCalls.question(to, "How deep?"))
                .toBuilder().inferenceConfig(c -> c.temperature(1f)).build()
            : ((ConverseRequest) FormCalls.question(to, "How deep?"))
                .toBuilder().inferenceConfig(c -> c.temperature(1f)).build();
    assertThat(calls.ask(to, ALICE, warmer).outcome().status()).isEqualTo(Status.MISS);
  }
}
