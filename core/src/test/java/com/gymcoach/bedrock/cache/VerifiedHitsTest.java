package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.VerifiedHits.Counts;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.env.Randomness;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Which hits are verified, by which request, and how answers compare. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
@Timeout(60)
class VerifiedHitsTest extends VerifiedHitsSetUp {
  VerifiedHitsTest(CallingStyle way) {
    super(way);
  }

  private static ConverseRequest withImage(byte[] bytes) {
    ContentBlock image =
        ContentBlock.fromImage(
            i -> i.format("png").source(s -> s.bytes(SdkBytes.fromByteArrayUnsafe(bytes))));
    Message message = Message.builder().role("user").content(image).build();
    return FakeBedrock.ask("one").toBuilder().messages(message).build();
  }

  @Test
  void hit_inMemory_isAskedBehindItsCallerAndNothingElseChanges() {
    BedrockCache cache = builder().build();
    ask(cache);
    assertHit(cache, "answer 1");
    assertThat(bedrock.calls).hasValue(1);
    runBehind();
    assertThat(bedrock.calls).hasValue(2);
    assertHit(cache, "answer 1"); // the new answer is given to no caller
    Counts counts = verified(cache);
    assertThat(counts.different()).isEqualTo(1);
    assertThat(counts.compared()).isEqualTo(1);
    assertThat(counts.meanOverlap()).isEqualTo(0.5);
    assertThat(cache.stats().total().writes()).isEqualTo(1);
    assertThat(cache.stats().total().misses()).isEqualTo(1);
    assertThat(cache.stats().faults()).isEmpty();
  }

  @Test
  void hit_inTheStore_isVerifiedToo() {
    ask(builder().store(store).build());
    BedrockCache other = builder().store(store).build();
    assertThat(CacheOutcome.of(ask(other)).source()).isEqualTo(CacheSource.WARM);
    answer("answer 1");
    runBehind();
    assertThat(verified(other).equal()).isEqualTo(1);
    assertThat(bedrock.calls).hasValue(2);
    assertThat(CacheOutcome.of(ask(builder().store(store).build())).source())
        .isEqualTo(CacheSource.WARM);
    assertThat(store.entries).hasSize(1);
  }

  @Test
  void answers_thatAreTheSame_countOnceUnderTheFirstThatApplies() {
    BedrockCache cache = builder().build();
    answer("{\"a\":1,\"b\":2}");
    ask(cache);
    verify(cache);
    answer("{\"a\":1,\"b\":2} ");
    verify(cache);
    answer("{\"b\": 2, \"a\": 1}");
    verify(cache);
    answer("{\"b\": 2}");
    verify(cache);
    Counts counts = verified(cache);
    assertThat(counts.equal()).isEqualTo(1);
    assertThat(counts.sameText()).isEqualTo(1);
    assertThat(counts.sameJson()).isEqualTo(1);
    assertThat(counts.different()).isEqualTo(1);
    assertThat(counts.equalShare()).isEqualTo(new VerifiedHits.Share(1, 4));
    assertThat(counts.sameShare()).isEqualTo(new VerifiedHits.Share(3, 4));
    assertThat(counts.meanOverlap()).isCloseTo(2 * 2 / 6.0, within(1e-12));
  }

  @Test
  void cost_isSubtractedFromTheSavingAndShown() {
    BedrockCache cache = builder().build();
    ask(cache);
    verify(cache);
    CacheStats stats = cache.stats();
    assertThat(stats.verifiedHits().total().costUsd()).isCloseTo(MODEL, within(1e-18));
    assertThat(stats.total().savedUsd()).isCloseTo(0, within(1e-18));
    assertThat(stats.total().bedrockUsd()).isCloseTo(2 * MODEL, within(1e-18));
    CacheEvent event = told.get(2);
    assertThat(event.background()).isTrue();
    assertThat(event.failed()).isFalse();
    assertThat(event.outcome().reason()).contains(CacheReason.VERIFYING_HIT);
    assertThat(event.cost().savedUsd()).isCloseTo(-MODEL, within(1e-18));
  }

  @Test
  void json_hasTheFiguresOnlyIfHitsAreVerified() {
    BedrockCache cache = builder().build();
    ask(cache);
    verify(cache);
    assertThat(cache.stats().toJson())
        .contains(
            "\"verified_hits\":{\"compared\":1,\"equal\":0,\"same_text\":0,\"same_json\":0,"
                + "\"different\":1,\"mean_overlap\":0.5,\"equal_percent\":0.0,"
                + "\"equal_percent_low\":0.0,\"equal_percent_high\":79.35,\"same_percent\":0.0,"
                + "\"same_percent_low\":0.0,\"same_percent_high\":79.35,\"failed\":0,\"skipped\":0,"
                + "\"cost_usd\":1.11E-5,\"by_endpoint\":{\"chat\":{\"compared\":1,");
    assertThat(BedrockCache.builder().build().stats().toJson()).doesNotContain("verified");
    assertThat(builder().build().stats().toJson())
        .contains("\"equal_percent_low\":0.0,\"equal_percent_high\":100.0")
        .doesNotContain("NaN", "mean_overlap");
  }

  @Test
  void off_whichIsTheDefault_asksNothing() {
    for (BedrockCacheBuilder off :
        List.of(BedrockCache.builder(), BedrockCache.builder().verifyHits(0))) {
      BedrockCache cache = off.timeSource(time).executor(behind::add).build();
      ask(cache);
      ask(cache);
      cache.flush(Duration.ofSeconds(1));
      assertThat(behind).isEmpty();
      assertThat(cache.stats().verifiedHits().percent()).isZero();
      assertThat(cache.stats().verifiedHits().total().skipped()).isZero();
    }
  }

  @Test
  void percent_isTheShareThatIsPicked() {
    AtomicLong drawn = new AtomicLong();
    Environment usual = Environment.of(time, behind::add);
    BedrockCache cache =
        builder()
            .verifyHits(HitVerification.ofPercent(12.5).withBackground(true))
            .build(
                new Environment(
                    time,
                    behind::add,
                    usual.fallback(),
                    usual.timers(),
                    new Randomness(drawn::get)));
    ask(cache);
    for (int tenth = 0; tenth < 1_000; tenth++) {
      drawn.set((long) (tenth / 1_000.0 * (1L << 53)) << 11);
      ask(cache);
      runBehind();
    }
    Counts counts = verified(cache);
    assertThat(counts.compared() + counts.skipped()).isEqualTo(125);
  }

  @Test
  void directives_thatAllowNoCall_areObeyed() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache, CacheControl.ONLY_IF_CACHED.applyTo(FakeBedrock.ask("one")));
    ask(cache, CacheControl.BYPASS.applyTo(FakeBedrock.ask("one")));
    ask(cache, CacheControl.REFRESH.applyTo(FakeBedrock.ask("one")));
    assertThat(behind).isEmpty();
    ask(cache, CacheControl.NO_STORE.applyTo(FakeBedrock.ask("one")));
    ask(cache, CacheControl.maxAge(TTL).applyTo(FakeBedrock.ask("one")));
    assertThat(behind).hasSize(2);
  }

  @Test
  void onlyIfCached_fromTheStore_isObeyedToo() {
    ask(builder().store(store).build());
    BedrockCache other = builder().store(store).build();
    ask(other, CacheControl.ONLY_IF_CACHED.applyTo(FakeBedrock.ask("one")));
    assertThat(behind).isEmpty();
  }

  @Test
  void modes_thatServeNothing_verifyNothing() {
    BedrockCache cache = builder().build();
    ask(cache);
    cache.mode(CacheMode.OFF);
    ask(cache);
    cache.mode(CacheMode.OBSERVE);
    ask(cache);
    ask(cache);
    assertThat(behind).isEmpty();
    assertThat(bedrock.calls).hasValue(4);
  }

  @Test
  void staleAnswers_areNotVerified() {
    TtlPolicy stale =
        POLICY
            .withStaleWhileRevalidate(Duration.ofMinutes(1))
            .withStaleIfError(Duration.ofMinutes(9));
    BedrockCache cache = builder().store(store).ttlPolicy(stale).build();
    ask(cache);
    time.advance(TTL);
    assertThat(CacheOutcome.of(ask(cache)).stale()).isTrue();
    assertThat(behind).hasSize(1); // the refresh, which another process has made meanwhile
    BedrockCache other = builder().store(store).ttlPolicy(stale).build();
    ask(other, CacheControl.REFRESH.applyTo(FakeBedrock.ask("one")));
    int calls = bedrock.calls.get();
    runBehind();
    assertThat(bedrock.calls).hasValue(calls);
    time.advance(Duration.ofMinutes(5));
    bedrock.answer =
        request -> {
          throw FakeBedrock.throttled();
        };
    assertThat(CacheOutcome.of(ask(cache)).reason()).contains(CacheReason.STALE_IF_ERROR);
    runBehind();
    assertThat(bedrock.calls).hasValue(calls + 1);
    assertThat(verified(cache).compared() + verified(cache).failed()).isZero();
  }

  @Test
  void request_isTheCallersWithItsOverrides() {
    List<ConverseRequest> sent = new ArrayList<>();
    bedrock.answer =
        request -> {
          sent.add(request);
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    BedrockCache cache = builder().ignoredOverrides("x-trace").build();
    ConverseRequest request =
        FakeBedrock.ask("one").toBuilder()
            .overrideConfiguration(
                o -> o.putHeader("x-trace", "t1").apiCallTimeout(Duration.ofSeconds(9)))
            .build();
    ask(cache, request);
    ask(cache, request);
    runBehind();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1)).isEqualTo(sent.get(0));
    assertThat(sent.get(1).overrideConfiguration().orElseThrow().headers())
        .containsEntry("x-trace", List.of("t1"));
  }

  @Test
  void request_whoseCallerOverwritesItsArrays_isSentAsItWas() {
    BedrockCache verifying = builder().build();
    BedrockCache refreshing =
        builder()
            .verifyHits(0)
            .ttlPolicy(POLICY.withStaleWhileRevalidate(Duration.ofMinutes(1)))
            .build();
    for (BedrockCache cache : List.of(verifying, refreshing)) {
      byte[] image = "image".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      ConverseRequest request = withImage(image);
      ask(cache, request);
      time.advance(cache == refreshing ? TTL : Duration.ZERO);
      ask(cache, request);
      List<ConverseRequest> sent = new ArrayList<>();
      bedrock.answer =
          again -> {
            sent.add(again);
            return FakeBedrock.reply("answer", StopReason.END_TURN);
          };
      image[0] = 'X';
      runBehind();
      assertThat(sent).hasSize(1);
      ContentBlock block = sent.get(0).messages().get(0).content().get(0);
      assertThat(block.image().source().bytes().asUtf8String()).isEqualTo("image");
    }
  }
}
