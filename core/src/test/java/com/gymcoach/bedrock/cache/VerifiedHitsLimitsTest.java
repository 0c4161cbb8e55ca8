package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** How many hits are verified, and what becomes of those that wait. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
@Timeout(60)
class VerifiedHitsLimitsTest extends VerifiedHitsSetUp {
  VerifiedHitsLimitsTest(CallingStyle way) {
    super(way);
  }

  @Test
  void budget_ofCalls_isKept() {
    BedrockCache cache = builder().verifyHits(ALL.withCallsPerHour(2)).build();
    ask(cache);
    verify(cache);
    verify(cache);
    verify(cache);
    assertThat(bedrock.calls).hasValue(3);
    assertThat(verified(cache).skipped()).isEqualTo(1);
    time.advance(Duration.ofHours(1));
    ask(cache);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(3);
  }

  @Test
  void budget_ofUsd_isKeptAndUnpricedCallsAreNotInIt() {
    BedrockCache cache = builder().verifyHits(ALL.withUsdPerHour(1.5 * MODEL)).build();
    ask(cache);
    verify(cache);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(1);
    assertThat(verified(cache).skipped()).isEqualTo(1);

    BedrockCache unpriced =
        builder()
            .priceList(PriceList.none())
            .verifyHits(ALL.withUsdPerHour(1e-9).withCallsPerHour(3))
            .build();
    ask(unpriced);
    for (int i = 0; i < 4; i++) {
      verify(unpriced);
    }
    assertThat(verified(unpriced).compared()).isEqualTo(3);
    assertThat(verified(unpriced).costUsd()).isZero();
  }

  @Test
  void manyAtOnce_waitInABoundedQueueAndTwoAreMadeAtATime() {
    BedrockCache cache = builder().build();
    ask(cache);
    for (int i = 0; i < 20; i++) {
      ask(cache);
    }
    assertThat(behind).hasSize(2);
    assertThat(verified(cache).skipped()).isEqualTo(4);
    runBehind();
    assertThat(verified(cache).compared()).isEqualTo(16);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(17);
  }

  @Test
  void answer_thatExpiresBeforeItsTurn_isNotVerified() {
    BedrockCache cache = builder().build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    time.advance(TTL);
    runBehind();
    assertThat(bedrock.calls).hasValue(1);
    assertThat(verified(cache).skipped()).isEqualTo(5);
  }

  @Test
  void invalidated_whileWaiting_isForgottenAtOnce() {
    BedrockCache cache = builder().build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    cache.invalidate(CacheScope.user("bob"));
    assertThat(verified(cache).skipped()).isZero();
    cache.invalidate(ALICE);
    assertThat(verified(cache).skipped()).isEqualTo(3); // the executor has the other two
    runBehind();
    assertThat(verified(cache).skipped()).isEqualTo(5);
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void invalidated_whileBedrockAnswers_isNotComparedAndNothingIsServedFromIt() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache);
    bedrock.answer =
        request -> {
          cache.invalidate(ALICE);
          bedrock.answer = again -> FakeBedrock.reply("after", StopReason.END_TURN);
          ConverseResponse meanwhile = ask(cache); // which does not wait for the verification
          assertThat(CacheOutcome.of(meanwhile).status()).isEqualTo(Status.MISS);
          return FakeBedrock.reply("before", StopReason.END_TURN);
        };
    runBehind();
    assertThat(verified(cache).skipped()).isEqualTo(1);
    assertThat(verified(cache).compared()).isZero();
    assertHit(cache, "after");
  }

  @Test
  void caller_whoAsksDuringAVerification_doesNotJoinIt() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache);
    List<Status> statuses = new ArrayList<>();
    bedrock.answer =
        request -> {
          bedrock.answer = again -> FakeBedrock.reply("own", StopReason.END_TURN);
          ConverseRequest fresh =
              CacheControl.maxAge(Duration.ZERO).applyTo(FakeBedrock.ask("one"));
          time.advance(Duration.ofSeconds(1));
          statuses.add(CacheOutcome.of(ask(cache, fresh)).status());
          return FakeBedrock.reply("verification's", StopReason.END_TURN);
        };
    runBehind();
    assertThat(statuses).containsExactly(Status.MISS);
    assertHit(cache, "own");
  }

  @Test
  void closed_whileWaiting_makesNoCall() {
    BedrockCache cache = builder().build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    cache.close();
    assertThat(verified(cache).skipped()).isEqualTo(3); // the executor has the other two
    runBehind();
    assertThat(verified(cache).skipped()).isEqualTo(5);
    assertThat(bedrock.calls).hasValue(1);
    ask(cache);
    assertThat(behind).isEmpty();
  }

  /** The policy closes the cache before the call takes its fence, which is then a new one. */
  @Test
  void closed_whileACallIsPlanned_makesNoCall() {
    ask(builder().store(store).build());
    List<BedrockCache> closing = new ArrayList<>();
    CachePolicy policy =
        new CachePolicy() {
          @Override
          public boolean mayServe(CallContext call, SdkRequest request) {
            closing.forEach(BedrockCache::close);
            return true;
          }
        };
    BedrockCache other = builder().store(store).cachePolicy(policy).build();
    closing.add(other);
    assertThat(CacheOutcome.of(ask(other)).status()).isEqualTo(Status.HIT);
    assertThat(behind).isEmpty();
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void switchedOff_whileHitsWait_makesNoCallUntilItIsOnAgain() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache);
    cache.mode(CacheMode.OFF);
    runBehind();
    assertThat(bedrock.calls).hasValue(1);
    assertThat(verified(cache).skipped()).isEqualTo(1);
  }

  @Test
  void hit_ofALargeAnswer_isNotVerified() {
    BedrockCache cache = builder().build();
    answer("x".repeat(300_000));
    ask(cache);
    ask(cache);
    assertThat(behind).isEmpty();
    assertThat(verified(cache).skipped()).isEqualTo(1);
  }

  @Test
  void closed_whileBedrockAnswers_losesNothingButTheComparison() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache);
    bedrock.answer =
        request -> {
          cache.close();
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    runBehind();
    assertThat(verified(cache).compared()).isZero();
    assertThat(cache.stats().faults()).isEmpty();
  }

  @Test
  void beforeCheckpoint_forgetsWhatWaits() {
    BedrockCache cache = builder().verifyHits(ALL.withBackground(false)).build();
    ask(cache);
    ask(cache);
    cache.beforeCheckpoint();
    assertThat(verified(cache).skipped()).isEqualTo(1);
  }
}
