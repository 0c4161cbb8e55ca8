package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.Explanation.Cause;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** What explanations say of differences, to whom they speak, and what they leave alone. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class ExplanationTest extends ExplainedCalls {
  ExplanationTest(CallingStyle way) {
    super(way);
  }

  @Test
  void firstCall_isNotSeen() {
    BedrockCache cache = builder().build();
    Explanation why = assertWhy(cache, ALICE, SQUATS, Cause.NOT_SEEN);
    assertThat(why.since()).isNull();
    assertThat(why).hasToString("Converse at chat: NOT_SEEN");
  }

  @Test
  void call_thatDiffersFromAKeptOne_namesTheFieldAndWhenThatWasKept() {
    BedrockCache cache = builder().build();
    Instant kept = time.now();
    call(cache, ALICE, SQUATS);
    time.advance(Duration.ofSeconds(5));
    Explanation why = assertWhy(cache, ALICE, PULLS, Cause.DIFFERS);
    assertThat(why.paths()).containsExactly(TEXT);
    assertThat(why.since()).isEqualTo(kept);
    assertThat(why)
        .hasToString("Converse at chat: DIFFERS at " + TEXT + ", since 2026-11-24T08:00:00Z");
  }

  @Test
  void call_thatDiffersInSeveralFields_namesEach() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, SQUATS);
    ConverseRequest other =
        PULLS.toBuilder()
            .inferenceConfig(c -> c.temperature(0.5f))
            .modelId("amazon.nova-lite-v1:0")
            .build();
    Explanation why = assertWhy(cache, ALICE, other, Cause.DIFFERS);
    assertThat(why.paths()).containsExactly("inferenceConfig", TEXT, "modelId");
  }

  @Test
  void call_isComparedWithTheNearestAndLatestKeptOne() {
    BedrockCache cache = builder().build();
    UnaryOperator<ConverseRequest> warmer =
        request -> request.toBuilder().inferenceConfig(c -> c.temperature(1f)).build();
    call(cache, ALICE, warmer.apply(SQUATS)); // differs in two fields
    time.advance(Duration.ofSeconds(1));
    call(cache, ALICE, SQUATS);
    time.advance(Duration.ofSeconds(1));
    Instant latest = time.now();
    call(cache, ALICE, ask("How do I row?"));
    Explanation why = why(cache, ALICE, PULLS);
    assertThat(why.paths()).containsExactly(TEXT);
    assertThat(why.since()).isEqualTo(latest);
  }

  @Test
  void call_isNotComparedWithOneWhoseAnswerWasNotKept() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, CacheControl.NO_STORE.applyTo(SQUATS));
    assertWhy(cache, ALICE, PULLS, Cause.NOT_SEEN);
  }

  @Test
  void call_withMoreMessages_namesTheFirstThatIsNew() {
    BedrockCache cache = builder().build();
    Message answer =
        Message.builder().role("assistant").content(ContentBlock.fromText("Slowly.")).build();
    Message more = SQUATS.messages().get(0);
    call(cache, ALICE, SQUATS);
    ConverseRequest longer =
        SQUATS.toBuilder().messages(SQUATS.messages().get(0), answer, more).build();
    assertThat(why(cache, ALICE, longer).paths()).containsExactly("messages[1]", "messages[2]");
    call(cache, BOB, longer);
    assertThat(why(cache, BOB, SQUATS).paths()).containsExactly("messages[1]", "messages[2]");
  }

  @Test
  void explanation_ofMoreDifferencesThanItNames_saysThatThereAreMore() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, many("a"));
    List<String> paths = why(cache, ALICE, many("b")).paths();
    assertThat(paths).hasSize(Explanation.MAX_PATHS).endsWith("...");
    assertThat(paths.get(0)).isEqualTo(TEXT);
  }

  private static ConverseRequest many(String text) {
    List<ContentBlock> blocks =
        IntStream.range(0, 40).mapToObj(i -> ContentBlock.fromText(text + i)).toList();
    return SQUATS.toBuilder()
        .messages(Message.builder().role("user").content(blocks).build())
        .build();
  }

  @Test
  void scope_ofTheSameUser_isNamedWhereItDiffers() {
    BedrockCache cache = builder().build();
    call(cache, ALICE.vary("locale", "de").vary("plan", "free"), SQUATS);
    CacheScope english = ALICE.vary("locale", "en").vary("plan", "free");
    assertThat(assertWhy(cache, english, SQUATS, Cause.DIFFERS).paths())
        .containsExactly("vary.locale");
    assertThat(why(cache, ALICE.vary("locale", "de"), SQUATS).paths()).containsExactly("vary");
    BedrockCache other = builder().build();
    call(other, ALICE.endpoint("plans"), SQUATS);
    assertThat(why(other, ALICE, SQUATS).paths()).containsExactly("endpoint");
  }

  @Test
  void otherUsersCalls_areNotSeenAndChangeNothing() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, SQUATS);
    call(cache, SHARED, SQUATS);
    call(cache, SHARED.vary("tenant", "a"), SQUATS);
    assertThat(cache.explanations(BOB)).isEmpty();
    assertWhy(cache, BOB, SQUATS, Cause.NOT_SEEN);
    assertWhy(cache, BOB, PULLS, Cause.DIFFERS); // from his own
    assertThat(cache.explain(SQUATS, CacheScope.user("carol").endpoint("chat")).cause())
        .isEqualTo(Cause.NOT_SEEN);
    assertThat(cache.explain(PULLS, SHARED.vary("tenant", "b")).cause()).isEqualTo(Cause.NOT_SEEN);
    assertThat(cache.explain(PULLS, SHARED.vary("tenant", "a")).cause()).isEqualTo(Cause.DIFFERS);
    assertThat(cache.explanations(BOB)).hasSize(2);
    assertThat(cache.explanations(SHARED.vary("tenant", "b"))).isEmpty();
    cache.invalidate(ALICE);
    cache.invalidate(SHARED);
    assertThat(cache.explain(SQUATS, BOB).cause()).isEqualTo(Cause.CACHED);
  }

  @Test
  void explain_whenMemoryHasTheAnswer_saysSinceWhen() {
    BedrockCache cache = builder().build();
    Instant kept = time.now();
    call(cache, ALICE, SQUATS);
    time.advance(Duration.ofSeconds(5));
    Explanation why = cache.explain(SQUATS, ALICE);
    assertThat(why.cause()).isEqualTo(Cause.CACHED);
    assertThat(why.since()).isEqualTo(kept);
    CacheOutcome hit = call(cache, ALICE, CacheControl.EXPLAIN.applyTo(SQUATS));
    assertThat(hit.status()).isEqualTo(CacheOutcome.Status.HIT);
    assertThat(hit.explanation()).isEmpty();
  }

  @Test
  void keyGenerator_isWhatCallsDifferIn() {
    KeyGenerator first = (call, request) -> new byte[] {(byte) request.toString().length()};
    BedrockCache cache = builder().keyGenerator(first).build();
    call(cache, ALICE, SQUATS);
    assertThat(why(cache, ALICE, ask("How do I squat deeper?")).paths())
        .containsExactly("keyGenerator");
  }

  @Test
  void keyGenerator_thatThrows_isAFailedKey() {
    AtomicReference<RuntimeException> broken = new AtomicReference<>();
    KeyGenerator generator =
        (call, request) -> {
          if (broken.get() != null) {
            throw broken.get();
          }
          return null;
        };
    BedrockCache cache = builder().keyGenerator(generator).build();
    call(cache, ALICE, SQUATS);
    broken.set(new IllegalStateException("broken"));
    assertThat(assertWhy(cache, ALICE, SQUATS, Cause.BYPASSED).reason())
        .isEqualTo(CacheReason.KEY_FAILED);
  }

  @Test
  void explanations_areTheScopesLatestFirst() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, SQUATS);
    call(cache, ALICE, SQUATS); // a hit
    call(cache, ALICE.endpoint("plans"), SQUATS);
    call(cache, ALICE, PULLS);
    assertThat(cache.explanations(ALICE))
        .extracting(Explanation::cause)
        .containsExactly(Cause.DIFFERS, Cause.NOT_SEEN);
    assertThat(cache.explanations(CacheScope.user("alice")))
        .extracting(one -> one.call().endpoint())
        .containsExactly("chat", "plans", "chat");
  }

  @Test
  void calls_beyondThoseRemembered_areForgotten() {
    BedrockCache cache = builder().explains(3).build();
    for (int i = 0; i < 10; i++) {
      call(cache, ALICE, ask("question " + i));
    }
    assertThat(cache.explanations(ALICE)).hasSize(3);
    cache.invalidate(ALICE);
    assertThat(cache.explain(ask("question 9"), ALICE).cause()).isEqualTo(Cause.INVALIDATED);
    assertThat(cache.explain(ask("question 6"), ALICE).cause()).isEqualTo(Cause.DIFFERS);
  }

  @Test
  void checkpoint_forgetsEverything() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, SQUATS);
    cache.beforeCheckpoint();
    assertThat(cache.explanations(ALICE)).isEmpty();
    assertThat(cache.explain(SQUATS, ALICE).cause()).isEqualTo(Cause.NOT_SEEN);
  }

  @Test
  void explain_changesNothing() {
    BedrockCache cache = builder().store(store).build();
    call(cache, ALICE, SQUATS);
    CacheStats before = cache.stats();
    int reads = store.reads.get();
    cache.explain(SQUATS, ALICE);
    cache.explain(PULLS, ALICE);
    assertThat(cache.stats().toJson()).isEqualTo(before.toJson());
    assertThat(store.reads).hasValue(reads);
    assertThat(store.writes).hasValue(1);
    assertThat(bedrock.calls).hasValue(1);
    assertThat(cache.explanations(ALICE)).hasSize(1);
    assertThat(call(cache, ALICE, PULLS).reason()).contains(CacheReason.ABSENT);
  }

  @Test
  void explains_whenNotSet_remembersAndSaysNothing() {
    BedrockCache cache = BedrockCache.builder().timeSource(time).build();
    CacheOutcome outcome = call(cache, ALICE, CacheControl.EXPLAIN.applyTo(SQUATS));
    assertThat(outcome.explanation()).isEmpty();
    assertThat(cache.explain(PULLS, ALICE).cause()).isEqualTo(Cause.OFF);
    assertThat(cache.explanations(ALICE)).isEmpty();
  }

  @Test
  void outcome_ofACallerWhoDoesNotAsk_hasNoExplanation() {
    BedrockCache cache = builder().build();
    assertThat(call(cache, ALICE, SQUATS).explanation()).isEmpty();
    assertThat(cache.explanations(ALICE)).hasSize(1);
  }

  @Test
  void outcome_withAnExplanation_isOtherwiseTheSame() {
    BedrockCache cache = builder().build();
    CacheOutcome plain = call(cache, BOB, SQUATS);
    CacheOutcome explained = call(cache, ALICE, CacheControl.EXPLAIN.applyTo(SQUATS));
    assertThat(explained).isEqualTo(plain).hasToString(plain.toString());
    assertThat(explained.headerValue()).isEqualTo(plain.headerValue());
    assertThat(explained.kept()).isTrue();
  }

  @Test
  void log_ofACallerWhoAsks_isOneDebugLineWithoutValues() {
    BedrockCache cache = builder().build();
    call(cache, ALICE.vary("locale", "secret-vary"), ask("secret-prompt"));
    CapturedLog.start();
    why(cache, ALICE, ask("another-secret"));
    call(cache, ALICE, ask("not explained"));
    List<LoggingEvent> lines =
        CapturedLog.stop().stream()
            .filter(line -> line.getLoggerName().equals("com.gymcoach.bedrock.cache.explain"))
            .toList();
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0).getLevel()).isEqualTo(Level.DEBUG);
    assertThat(lines.get(0).getArguments().toString())
        .contains("Converse at chat: DIFFERS at vary, " + TEXT)
        .doesNotContain("secret", "alice");
  }

  @Test
  void callUnderWay_isNoKeptOne() {
    BedrockCache cache = builder().build();
    List<Explanation> within = new ArrayList<>();
    bedrock.answer =
        request -> {
          within.add(cache.explain(PULLS, ALICE));
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    call(cache, ALICE, SQUATS);
    assertThat(within).extracting(Explanation::cause).containsExactly(Cause.NOT_SEEN);
    assertThat(cache.explain(PULLS, ALICE).cause()).isEqualTo(Cause.DIFFERS);
  }

  @Test
  void refreshInTheBackground_isRememberedAndToldToNobody() {
    List<Runnable> behind = new ArrayList<>();
    BedrockCache cache =
        builder()
            .executor(behind::add)
            .ttlPolicy(
                TtlPolicy.fixed(TTL).withJitter(0).withStaleWhileRevalidate(Duration.ofMinutes(5)))
            .build();
    call(cache, ALICE, SQUATS);
    time.advance(TTL.plusSeconds(1));
    assertThat(call(cache, ALICE, SQUATS).stale()).isTrue();
    behind.forEach(Runnable::run);
    Instant refreshed = time.now();
    time.advance(TTL.plusMinutes(6));
    assertThat(cache.explanations(ALICE)).hasSize(1);
    assertThat(why(cache, ALICE, SQUATS).since()).isEqualTo(refreshed.plus(TTL));
  }

  @Test
  void clients_ofDifferentConfiguration_differInTheClient() {
    BedrockCache cache = builder().build();
    EchoHttp http = new EchoHttp();
    ClientKind kind = way == CallingStyle.SYNC ? ClientKind.SYNC : ClientKind.ASYNC;
    kind.over(http, cache, Configurations.PLAIN).ask(ALICE);
    Configurations.Configuration guarded =
        Configurations.header(Configurations.GUARDRAIL_HEADER, "gr-1");
    kind.over(http, cache, guarded).ask(ALICE);
    assertThat(cache.explanations(ALICE).get(0).paths()).containsExactly("client");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 10_001})
  void explains_outOfRange_isRefused(int recentCalls) {
    assertThat(catchThrowable(() -> BedrockCache.builder().explains(recentCalls).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("explains is " + recentCalls + ": choose 0 (off) to 10000");
  }
}
