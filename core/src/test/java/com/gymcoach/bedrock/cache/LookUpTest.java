package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

class LookUpTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final ConverseRequest REQUEST = ask("How deep should I squat?");

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .ttlPolicy(TtlPolicy.fixed(Duration.ofHours(1)).withJitter(0))
        .timeSource(time);
  }

  private CachingBedrockClient client(BedrockCache cache) {
    return CachingBedrockClient.create(bedrock, cache).forScope(ALICE);
  }

  private void assertBypass(CacheOutcome outcome, CacheReason reason) {
    assertThat(outcome.status()).isEqualTo(Status.BYPASS);
    assertThat(outcome.reason()).contains(reason);
    assertThat(bedrock.calls).hasValue(0);
  }

  @Test
  void lookUp_ofWhatIsAbsent_isAMissWithoutACall() {
    CacheOutcome outcome = client(builder().build()).lookUp(REQUEST);
    assertThat(outcome.status()).isEqualTo(Status.MISS);
    assertThat(outcome.reason()).contains(CacheReason.ABSENT);
    assertThat(bedrock.calls).hasValue(0);
  }

  @Test
  void lookUp_ofWhatMemoryHas_isAHitWithTheRestOfItsTtl() {
    CachingBedrockClient client = client(builder().build());
    client.converse(REQUEST);
    time.advance(Duration.ofMinutes(20));
    CacheOutcome outcome = client.lookUp(REQUEST);
    assertThat(outcome.status()).isEqualTo(Status.HIT);
    assertThat(outcome.source()).isEqualTo(CacheSource.HOT);
    assertThat(outcome.ttl()).contains(Duration.ofMinutes(40));
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void lookUp_ofWhatTheStoreHas_isAHit() {
    client(builder().store(store).build()).converse(REQUEST);
    CacheOutcome outcome = client(builder().store(store).build()).lookUp(REQUEST);
    assertThat(outcome.status()).isEqualTo(Status.HIT);
    assertThat(outcome.source()).isEqualTo(CacheSource.WARM);
    assertThat(bedrock.calls).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(CacheControl.Directive.class)
  void lookUp_whateverTheRequestsDirective_callsNobody(CacheControl.Directive directive) {
    CachingBedrockClient client = client(builder().build());
    CacheControl control =
        switch (directive) {
          case DEFAULT -> CacheControl.DEFAULT;
          case BYPASS -> CacheControl.BYPASS;
          case REFRESH -> CacheControl.REFRESH;
          case NO_STORE -> CacheControl.NO_STORE;
          case ONLY_IF_CACHED -> CacheControl.ONLY_IF_CACHED;
        };
    assertThat(client.lookUp(control.applyTo(REQUEST)).status()).isEqualTo(Status.MISS);
    assertThat(bedrock.calls).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(
      value = CacheMode.class,
      names = {"OFF", "OBSERVE"})
  void lookUp_whileTheCacheIsNotOn_isABypassWithoutACall(CacheMode mode) {
    BedrockCache cache = builder().mode(mode).store(store).build();
    assertBypass(client(cache).lookUp(REQUEST), CacheReason.SWITCHED_OFF);
    assertThat(cache.stats().observed().total().misses()).isZero();
  }

  @Test
  void lookUp_afterClose_isABypassWithoutACall() {
    BedrockCache cache = builder().build();
    cache.close();
    assertBypass(client(cache).lookUp(REQUEST), CacheReason.SWITCHED_OFF);
  }

  @Test
  void lookUp_ofAUserOutsideTheRollout_saysSo() {
    assertBypass(
        client(builder().rolloutPercent(0).build()).lookUp(REQUEST), CacheReason.NOT_IN_ROLLOUT);
  }

  @Test
  void lookUp_withoutAScope_saysSo() {
    assertBypass(
        CachingBedrockClient.create(bedrock, builder().build()).lookUp(REQUEST),
        CacheReason.SCOPE_MISSING);
  }

  @Test
  void lookUp_ofADraft_saysSo() {
    assertBypass(
        client(builder().build())
            .lookUp(
                REQUEST.toBuilder()
                    .guardrailConfig(g -> g.guardrailIdentifier("g").guardrailVersion("DRAFT"))
                    .build()),
        CacheReason.DRAFT_GUARDRAIL);
  }

  @Test
  void lookUp_ofAStaleAnswer_isAMissAndRefreshesNothing() {
    TtlPolicy stale =
        TtlPolicy.fixed(Duration.ofMinutes(1))
            .withStaleWhileRevalidate(Duration.ofHours(1))
            .withStaleIfError(Duration.ofHours(1));
    BedrockCache cache =
        builder().ttlPolicy(stale.withJitter(0)).store(store).executor(Runnable::run).build();
    CachingBedrockClient client = client(cache);
    client.converse(REQUEST);
    time.advance(Duration.ofMinutes(2));
    assertThat(client.lookUp(REQUEST).status()).isEqualTo(Status.MISS);
    assertThat(bedrock.calls).hasValue(1);
    assertThat(CacheOutcome.of(client.converse(REQUEST)).stale()).isTrue(); // it is still there
    assertThat(bedrock.calls).hasValue(2);
  }

  @Test
  void lookUp_whenTheStoreFails_isAMissThatSaysSo() {
    FakeStore failing = new FakeStore();
    failing.failReads = new IllegalStateException("down");
    CacheOutcome outcome = client(builder().store(failing).build()).lookUp(REQUEST);
    assertThat(outcome.status()).isEqualTo(Status.MISS);
    assertThat(outcome.reason()).contains(CacheReason.STORE_UNREAD);
    assertThat(bedrock.calls).hasValue(0);
  }

  @Test
  void lookUp_ofWhatTheStoreLacks_isAbsent() {
    assertThat(client(builder().store(store).build()).lookUp(REQUEST).reason())
        .contains(CacheReason.ABSENT);
  }

  @Test
  void lookUp_ofARequestThatAsksWhy_isExplained() {
    CachingBedrockClient client = client(builder().explains(100).build());
    bedrock.answer = request -> FakeBedrock.reply("cut", StopReason.MAX_TOKENS);
    client.converse(REQUEST);
    Explanation explained =
        client.lookUp(CacheControl.EXPLAIN.applyTo(REQUEST)).explanation().orElseThrow();
    assertThat(explained.cause()).isEqualTo(Explanation.Cause.REFUSED);
    assertThat(explained.reason()).isEqualTo(CacheReason.MAX_TOKENS);
    assertThat(client.lookUp(REQUEST).explanation()).isEmpty();
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void lookUp_throughTheAsyncClient_findsTheSameAnswer() {
    BedrockCache cache = builder().build();
    client(cache).converse(REQUEST);
    CachingBedrockAsyncClient async =
        CachingBedrockAsyncClient.create(new FakeAsyncBedrock(bedrock), cache).forScope(ALICE);
    assertThat(async.lookUp(REQUEST).status()).isEqualTo(Status.HIT);
    assertThat(async.lookUp(StreamsTest.ask("one")).status()).isEqualTo(Status.MISS);
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void lookUp_ofAnOperationThatIsNotCached_throws() {
    CachingBedrockClient client = client(builder().build());
    assertThatThrownBy(() -> client.lookUp(CountTokensRequest.builder().build()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
