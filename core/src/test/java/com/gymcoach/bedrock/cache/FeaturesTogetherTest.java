package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FormCalls.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.Explanation.Cause;
import com.gymcoach.bedrock.cache.FormCalls.Form;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/**
 * Features that are off by default, switched on together: explaining, verifying, both forms, single
 * texts.
 */
@Timeout(60)
class FeaturesTogetherTest {
  private static final CachePolicy ALL =
      new FormCalls.Sharing() {
        @Override
        public boolean cacheEmbeddingsByText(CallContext call) {
          return true;
        }
      };

  private final FakeCohere cohere = new FakeCohere();
  private final EchoHttp http = new EchoHttp();
  private final BedrockCache cache =
      BedrockCache.builder()
          .cachePolicy(ALL)
          .executor(Runnable::run)
          .explains(50)
          .verifyHits(HitVerification.ofPercent(100).withBackground(false))
          .build();

  @ParameterizedTest
  @EnumSource(EmbeddingCaller.class)
  void batch_whenHitsAreVerified_isNotAskedAgain(EmbeddingCaller way) {
    InvokeModelRequest request = FakeCohere.ask("a", "bb");
    way.call(cohere, cache, ALICE, request);
    assertThat(CacheOutcome.of(way.call(cohere, cache, ALICE, request)).status())
        .isEqualTo(Status.HIT);
    way.call(cohere, cache, ALICE, FakeCohere.ask("a", "ccc"));
    cache.flush(Duration.ofSeconds(30));
    assertThat(cohere.asked).containsExactly(List.of("a", "bb"), List.of("ccc"));
    assertThat(cache.stats().verifiedHits().total().compared()).isZero();
    assertThat(cache.stats().verifiedHits().total().failed()).isZero();
  }

  @ParameterizedTest
  @EnumSource(EmbeddingCaller.class)
  void batch_whenSomeTextsAreNew_isExplainedByTheFirstOfThem(EmbeddingCaller way) {
    way.call(cohere, cache, ALICE, FakeCohere.ask("a", "bb"));
    InvokeModelRequest request = CacheControl.EXPLAIN.applyTo(FakeCohere.ask("a", "ccc"));
    Explanation said =
        CacheOutcome.of(way.call(cohere, cache, ALICE, request)).explanation().orElseThrow();
    assertThat(said.cause()).isEqualTo(Cause.DIFFERS);
    assertThat(said.paths()).containsExactly("body.texts[0]");
  }

  @ParameterizedTest
  @EnumSource(EmbeddingCaller.class)
  void batch_thatMayNotAskBedrock_isExplainedToo(EmbeddingCaller way) {
    way.call(cohere, cache, ALICE, FakeCohere.ask("a", "bb"));
    CacheControl control = CacheControl.ONLY_IF_CACHED.withExplanation();
    assertThatThrownBy(
            () -> way.call(cohere, cache, ALICE, control.applyTo(FakeCohere.ask("a", "ccc"))))
        .isInstanceOf(CacheMissException.class);
    assertThat(cache.explanations(ALICE).get(0).cause()).isEqualTo(Cause.DIFFERS);
  }

  @ParameterizedTest
  @EnumSource(EmbeddingCaller.class)
  void explain_ofABatch_saysCachedOnlyIfAllItsTextsAre(EmbeddingCaller way) {
    way.call(cohere, cache, ALICE, FakeCohere.ask("a", "bb"));
    assertThat(explained(FakeCohere.ask("bb", "a", "bb"))).isEqualTo(Cause.CACHED);
    assertThat(explained(FakeCohere.ask("a", "ccc"))).isEqualTo(Cause.DIFFERS);
    cache.invalidate(ALICE);
    assertThat(explained(FakeCohere.ask("a"))).isEqualTo(Cause.INVALIDATED);
  }

  private Cause explained(BedrockRuntimeRequest request) {
    return cache.explain(request, ALICE).cause();
  }

  @ParameterizedTest
  @MethodSource("com.gymcoach.bedrock.cache.FormCalls#pairs")
  void explain_inTheOtherForm_knowsTheSameAnswer(Form from, Form to) {
    FormCalls calls = new FormCalls(http, cache);
    calls.ask(from);
    BedrockRuntimeRequest other = (BedrockRuntimeRequest) FormCalls.question(to, "How deep?");
    assertThat(explained(other)).isEqualTo(Cause.CACHED);
    Explanation differs =
        cache.explain((BedrockRuntimeRequest) FormCalls.question(to, "How long?"), ALICE);
    assertThat(differs.paths()).containsExactly("messages[0].content[0].text");
  }

  @ParameterizedTest
  @MethodSource("com.gymcoach.bedrock.cache.FormCalls#pairs")
  void convertedHit_whenVerified_isComparedInItsCallersForm(Form from, Form to) {
    FormCalls calls = new FormCalls(http, cache);
    calls.ask(from);
    assertThat(calls.ask(to).outcome().converted()).isTrue();
    cache.flush(Duration.ofSeconds(30));
    assertThat(http.calls()).isEqualTo(2);
    assertThat(cache.stats().verifiedHits().total().failed()).isZero();
    assertThat(cache.stats().verifiedHits().total().compared()).isEqualTo(1);
  }

  @Test
  void close_withAllOfThem_isSafeTwice() {
    new FormCalls(http, cache).ask(Form.SYNC);
    cache.close();
    cache.close();
    assertThat(explained((BedrockRuntimeRequest) FormCalls.question(Form.SYNC, "How deep?")))
        .isEqualTo(Cause.BYPASSED);
  }
}
