package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

@ParameterizedClass
@EnumSource(CallingStyle.class)
class InvalidationTest {
  private final CallingStyle way;
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();
  private final BedrockCache here = cache();
  private final BedrockCache there = cache();

  InvalidationTest(CallingStyle way) {
    this.way = way;
  }

  private BedrockCache cache() {
    return BedrockCache.builder().store(store).timeSource(time).build();
  }

  private CacheOutcome call(BedrockCache cache, CacheScope scope) {
    return CacheOutcome.of(respond(cache, scope));
  }

  private ConverseResponse respond(BedrockCache cache, CacheScope scope) {
    return way.over(bedrock, cache).forScope(scope).converse(FakeBedrock.ask("Plan my week"));
  }

  @Test
  void invalidate_returnsHowManyDistinctEntriesWent() {
    call(here, ALICE);
    call(here, ALICE.vary("locale", "de"));
    call(here, ALICE.endpoint("workout-plan"));
    call(here, CacheScope.user("bob").endpoint("chat"));
    assertThat(here.invalidate(CacheScope.user("alice"))).isEqualTo(3);
    assertThat(here.invalidate(CacheScope.user("alice"))).isZero();
    assertThat(call(here, CacheScope.user("bob").endpoint("chat")).cached()).isTrue();
    assertThat(call(here, ALICE).cached()).isFalse();
  }

  @Test
  void invalidate_whenEndpointNamed_leavesTheOthers() {
    call(here, ALICE);
    call(here, ALICE.endpoint("workout-plan"));
    assertThat(here.invalidate(ALICE)).isEqualTo(1);
    assertThat(call(here, ALICE).cached()).isFalse();
    assertThat(call(here, ALICE.endpoint("workout-plan")).cached()).isTrue();
  }

  @Test
  void invalidate_whenShared_reachesEveryShard() {
    CacheScope shared = CacheScope.shared().endpoint("motivation");
    for (int i = 0; i < 40; i++) {
      call(here, shared.vary("n", "" + i));
    }
    assertThat(here.invalidate(CacheScope.shared())).isEqualTo(40);
    assertThat(store.marks).hasSize(16);
  }

  @Test
  void f69_answerInFlightWhenInvalidated_isServedToNobodyLater() {
    bedrock.answer =
        request -> {
          here.invalidate(ALICE); // while Bedrock is thinking
          return FakeBedrock.reply("made before", StopReason.END_TURN);
        };
    assertThat(call(here, ALICE).reason()).contains(CacheReason.INVALIDATED_MEANWHILE);
    bedrock.answer = request -> FakeBedrock.reply("made after", StopReason.END_TURN);
    assertThat(text(respond(here, ALICE))).isEqualTo("made after");
    assertThat(text(respond(there, ALICE))).isEqualTo("made after");
    assertThat(bedrock.calls).hasValue(2);
  }

  @Test
  void f69_answerInFlightWhenInvalidatedElsewhere_isServedToNobodyLater() {
    bedrock.answer =
        request -> {
          there.invalidate(ALICE);
          return FakeBedrock.reply("made before", StopReason.END_TURN);
        };
    call(here, ALICE);
    bedrock.answer = request -> FakeBedrock.reply("made after", StopReason.END_TURN);
    assertThat(text(respond(there, ALICE))).isEqualTo("made after");
    time.advance(Duration.ofSeconds(10));
    assertThat(text(respond(here, ALICE))).isEqualTo("made after");
  }

  @Test
  void invalidate_reachesTheOtherInstanceWithinTheDelay() {
    call(here, ALICE);
    call(there, ALICE);
    here.invalidate(ALICE);
    time.advance(Duration.ofSeconds(10));
    assertThat(call(there, ALICE).cached()).isFalse();
  }

  @Test
  void hotHit_whenStoreCannotSay_isServedUntilMaxUnverified() {
    call(here, ALICE);
    store.failReads = new IllegalStateException("down");
    time.advance(Duration.ofMinutes(4));
    assertThat(call(here, ALICE).source()).isEqualTo(CacheSource.HOT);
    time.advance(Duration.ofMinutes(1));
    assertThat(call(here, ALICE).cached()).isFalse();
  }

  @Test
  void answerKeptBlind_whenMarkersBecomeKnown_isNotServed() {
    store.failReads = new IllegalStateException("down");
    call(here, ALICE);
    there.invalidate(ALICE); // leaves no trace in the memory of the other
    store.failReads = null;
    time.advance(Duration.ofSeconds(10));
    assertThat(call(here, ALICE).cached()).isFalse();
  }

  @Test
  void answerKeptBlind_whenMarkersBecomeKnown_leavesTheOtherEndpoints() {
    call(here, ALICE.endpoint("workout-plan"));
    store.failReads = new IllegalStateException("down");
    call(here, ALICE);
    store.failReads = null;
    time.advance(Duration.ofSeconds(10));
    assertThat(call(here, ALICE).cached()).isFalse();
    assertThat(call(here, ALICE.endpoint("workout-plan")).source()).isEqualTo(CacheSource.HOT);
  }

  @Test
  void f72_invalidationNotAcknowledged_throwsAndDistrustsTheStore() {
    call(here, ALICE);
    store.failMarks = new IllegalStateException("down");
    assertThatThrownBy(() -> here.invalidate(ALICE)).isInstanceOf(SdkClientException.class);
    assertThat(call(here, ALICE).cached()).isFalse();
    store.failMarks = null;
    here.invalidate(ALICE);
    call(there, ALICE);
    assertThat(call(here, ALICE).source()).isEqualTo(CacheSource.WARM);
  }

  /** The marker that was acknowledged is older than what the failed invalidation was made for. */
  @Test
  void f72_invalidationNotAcknowledged_whileAnotherOneIs_distrustsTheStoreAllTheSame() {
    store.afterMarking =
        () -> {
          store.afterMarking = () -> {};
          store.failMarks = new IllegalStateException("down");
          assertThatThrownBy(() -> here.invalidate(ALICE)).isInstanceOf(SdkClientException.class);
          store.failMarks = null;
        };
    here.invalidate(ALICE);
    call(there, ALICE);
    assertThat(call(here, ALICE).cached()).isFalse();
    here.invalidate(ALICE);
    time.advance(Duration.ofSeconds(10)); // or the answer in its memory is served there
    call(there, ALICE);
    assertThat(call(here, ALICE).source()).isEqualTo(CacheSource.WARM);
  }

  @Test
  void f72_invalidationNotAcknowledged_isToldToTheSink() {
    List<String> told = new ArrayList<>();
    MetricsSink sink =
        new MetricsSink() {
          @Override
          public void record(CacheEvent event) {}

          @Override
          public void fault(String endpoint, CacheFault fault) {
            told.add(endpoint + " " + fault);
          }
        };
    store.failMarks = new IllegalStateException("down");
    BedrockCache cache =
        BedrockCache.builder()
            .store(store)
            .timeSource(time)
            .metricsSink(MetricsSink.all(MetricsSink.none(), sink))
            .build();
    assertThatThrownBy(() -> cache.invalidate(ALICE)).isInstanceOf(SdkClientException.class);
    assertThatThrownBy(() -> cache.invalidate(CacheScope.user("alice")))
        .isInstanceOf(SdkClientException.class);
    assertThat(told).containsExactly("chat INVALIDATION_FAILED", "* INVALIDATION_FAILED");
  }

  @Test
  void invalidate_ofARequest_reachesItInEveryInstanceAndNoOtherUserOrEndpoint() {
    CacheScope bob = CacheScope.user("bob").endpoint("chat");
    for (BedrockCache cache : List.of(here, there)) {
      call(cache, ALICE);
      call(cache, ALICE.endpoint("workout-plan"));
      call(cache, bob);
    }
    Caller alices = way.over(bedrock, here).forScope(ALICE);
    assertThat(alices.invalidate(FakeBedrock.ask("Plan my week"))).isEqualTo(1);
    time.advance(Duration.ofSeconds(10));
    assertThat(call(here, ALICE).cached()).isFalse();
    assertThat(text(respond(there, ALICE))).isNotEqualTo("answer 1");
    for (BedrockCache cache : List.of(here, there)) {
      assertThat(call(cache, ALICE.endpoint("workout-plan")).cached()).isTrue();
      assertThat(call(cache, bob).cached()).isTrue();
    }
  }

  @Test
  void invalidate_ofARequestOfNobody_saysWhatToDo() {
    Caller nobodys = way.over(bedrock, here);
    assertThatThrownBy(() -> nobodys.invalidate(FakeBedrock.ask("Plan my week")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("forScope");
  }

  /** Whether an answer may be served now says nothing about whether one is kept. */
  @Test
  void invalidate_ofARequestWhileThePolicyFails_isNotServedAfterwards() {
    AtomicBoolean broken = new AtomicBoolean();
    CachePolicy policy =
        new CachePolicy() {
          @Override
          public boolean mayServe(CallContext call, SdkRequest request) {
            if (broken.get()) {
              throw new IllegalStateException("the feature flags cannot be read");
            }
            return true;
          }
        };
    BedrockCache cache = BedrockCache.builder().cachePolicy(policy).build();
    call(cache, ALICE);
    broken.set(true);
    Caller alices = way.over(bedrock, cache).forScope(ALICE);
    assertThat(alices.invalidate(FakeBedrock.ask("Plan my week"))).isEqualTo(1);
    broken.set(false);
    assertThat(call(cache, ALICE).cached()).isFalse();
  }

  /** A user's answers are all in one place; of shared ones only the key says where. */
  @Test
  void invalidate_ofARequestWhileTheKeyGeneratorFails_isNotServedAfterwardsOrThrows() {
    AtomicBoolean broken = new AtomicBoolean();
    BedrockCache cache =
        BedrockCache.builder()
            .keyGenerator(
                (call, request) -> {
                  if (broken.get()) {
                    throw new IllegalStateException("no key");
                  }
                  return new byte[] {1};
                })
            .build();
    CacheScope shared = CacheScope.shared().endpoint("chat");
    call(cache, ALICE);
    call(cache, shared);
    broken.set(true);
    Caller client = way.over(bedrock, cache);
    assertThat(client.forScope(ALICE).invalidate(FakeBedrock.ask("Plan my week"))).isEqualTo(1);
    assertThatThrownBy(() -> client.forScope(shared).invalidate(FakeBedrock.ask("Plan my week")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("with the scope");
    broken.set(false);
    assertThat(call(cache, ALICE).cached()).isFalse();
    assertThat(call(cache, shared).cached()).isTrue();
  }

  private static String text(ConverseResponse response) {
    return response.output().message().content().get(0).text();
  }
}
