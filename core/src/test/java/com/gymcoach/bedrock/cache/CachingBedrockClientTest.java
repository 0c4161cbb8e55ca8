package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

@ParameterizedClass
@EnumSource(CallingStyle.class)
class CachingBedrockClientTest {
  private final CallingStyle way;
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("chat");

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();
  private final BedrockCache cache = cache();
  private final Caller client;

  CachingBedrockClientTest(CallingStyle way) {
    this.way = way;
    this.client = way.over(bedrock, cache);
  }

  private BedrockCache cache() {
    return BedrockCache.builder()
        .ttlPolicy(
            TtlPolicy.byEndpoint(
                    Map.of("chat", Duration.ofHours(1), "workout-plan", Duration.ofDays(1)))
                .withJitter(0))
        .store(store)
        .timeSource(time)
        .build();
  }

  private ConverseResponse call(CacheScope scope) {
    return client.forScope(scope).converse(ask("How deep should I squat?"));
  }

  private static String text(ConverseResponse response) {
    return response.output().message().content().get(0).text();
  }

  @Test
  void converse_whenAskedAgain_isHotHitAndEqual() {
    ConverseResponse first = call(ALICE);
    time.advance(Duration.ofSeconds(5));
    ConverseResponse second = call(ALICE);

    assertThat(bedrock.calls).hasValue(1);
    assertThat(CacheOutcome.of(first)).hasToString("MISS, ABSENT, kept, stored");
    assertThat(CacheOutcome.of(second)).hasToString("HIT from HOT, 5 s old");
    assertThat(second.equalsBySdkFields(first)).isTrue();
    assertThat(second.sdkHttpResponse().firstMatchingHeader("x-amzn-RequestId")).contains("id-1");
  }

  @Test
  void converse_whenOtherInstanceAsked_isWarmHitAndEqual() {
    ConverseResponse first = call(ALICE);
    time.advance(Duration.ofSeconds(7));
    ConverseResponse second =
        way.over(bedrock, cache()).forScope(ALICE).converse(ask("How deep should I squat?"));

    assertThat(bedrock.calls).hasValue(1);
    assertThat(CacheOutcome.of(second)).hasToString("HIT from WARM, 7 s old");
    assertThat(second.equalsBySdkFields(first)).isTrue();
    assertThat(second.responseMetadata().requestId()).isEqualTo("id-1");
    assertThat(second.sdkHttpResponse().statusText()).contains("OK");
  }

  @Test
  void converse_whenAnotherUserAsks_goesToBedrock() {
    call(ALICE);
    assertThat(CacheOutcome.of(call(BOB)).status()).isEqualTo(Status.MISS);
    assertThat(bedrock.calls).hasValue(2);
  }

  @Test
  void converse_whenScopeVaries_goesToBedrock() {
    call(ALICE.vary("profile", "1"));
    call(ALICE.vary("profile", "2"));
    call(ALICE.vary("profile", null));
    call(ALICE.vary("profile", ""));
    call(ALICE);
    assertThat(bedrock.calls).hasValue(5);
  }

  @Test
  void converse_whenNoScope_passesThrough() {
    ConverseResponse response = client.converse(ask("Hello"));
    client.converse(ask("Hello"));
    assertThat(CacheOutcome.of(response)).hasToString("BYPASS, SCOPE_MISSING");
    assertThat(bedrock.calls).hasValue(2);
  }

  @Test
  void converse_whenRequestCarriesScope_thatWinsOverTheView() {
    call(ALICE);
    ConverseRequest asBob = BOB.applyTo(ask("How deep should I squat?"));
    assertThat(CacheOutcome.of(client.forScope(ALICE).converse(asBob)).cached()).isFalse();
    assertThat(CacheOutcome.of(call(BOB)).cached()).isTrue();
  }

  @Test
  void converse_whenLifeIsOver_goesToBedrock() {
    call(ALICE);
    time.advance(Duration.ofMinutes(59));
    assertThat(CacheOutcome.of(call(ALICE)).cached()).isTrue();
    time.advance(Duration.ofMinutes(1));
    assertThat(CacheOutcome.of(call(ALICE)).cached()).isFalse();
  }

  @Test
  void converse_whenWallClockIsSetBack_expiresAllTheSame() {
    call(ALICE);
    time.jump(Duration.ofDays(-2));
    time.advance(Duration.ofHours(1));
    store.entries.clear();
    assertThat(CacheOutcome.of(call(ALICE)).cached()).isFalse();
  }

  @Test
  void converse_whenPromoted_livesOnlyWhatIsLeft() {
    call(ALICE);
    time.advance(Duration.ofMinutes(50));
    Caller other = way.over(bedrock, cache());
    other.forScope(ALICE).converse(ask("How deep should I squat?"));
    time.advance(Duration.ofMinutes(10));
    ConverseResponse late = other.forScope(ALICE).converse(ask("How deep should I squat?"));
    assertThat(CacheOutcome.of(late).cached()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = StopReason.class,
      names = {"END_TURN", "STOP_SEQUENCE"},
      mode = EnumSource.Mode.EXCLUDE)
  void f37_s_n_stopReasonNotAdmitted_isReturnedAndNotKept(StopReason reason) {
    bedrock.answer = request -> FakeBedrock.reply("Half an ans", reason);
    assertThat(text(call(ALICE))).isEqualTo("Half an ans");
    call(ALICE);
    assertThat(bedrock.calls).hasValue(2);
    assertThat(store.writes).hasValue(0);
    assertThat(cache.stats().total().reasons().values()).containsExactly(2L);
  }

  @Test
  void f28_serviceException_isTheSameObject() {
    RuntimeException failure = FakeBedrock.throttled();
    bedrock.answer =
        request -> {
          throw failure;
        };
    assertThat(catchThrowable(() -> call(ALICE))).isSameAs(failure);
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void f30_error_isTheSameObject() {
    Error failure = new StackOverflowError();
    bedrock.answer =
        request -> {
          throw failure;
        };
    assertThat(catchThrowable(() -> call(ALICE))).isSameAs(failure);
  }

  @Test
  void converse_whenStoreFails_answersFromBedrockAndCounts() {
    store.failReads = new IllegalStateException("down");
    assertThat(CacheOutcome.of(call(ALICE)).source()).isEqualTo(CacheSource.BEDROCK);
    assertThat(CacheOutcome.of(call(ALICE)).source()).isEqualTo(CacheSource.HOT);
    assertThat(store.writes).hasValue(0); // the markers are not known
    assertThat(cache.stats().faults())
        .containsEntry(CacheFault.STORE_READ_FAILED, 1L)
        .containsEntry(CacheFault.MARKERS_UNKNOWN, 1L);
  }

  @Test
  void f22_writeFails_answerIsReturned() {
    store.failWrites = new IllegalStateException("down");
    assertThat(text(call(ALICE))).isEqualTo("answer 1");
    assertThat(cache.stats().faults()).containsEntry(CacheFault.STORE_WRITE_FAILED, 1L);
  }

  @Test
  void f14_damagedEntry_isMiss() {
    call(ALICE);
    store.entries.replaceAll(
        (address, bytes) -> {
          byte[] damaged = bytes.clone();
          damaged[damaged.length / 2] ^= 1;
          return damaged;
        });
    ConverseResponse response =
        way.over(bedrock, cache()).forScope(ALICE).converse(ask("How deep should I squat?"));
    assertThat(CacheOutcome.of(response).cached()).isFalse();
    assertThat(bedrock.calls).hasValue(2);
  }

  @Test
  void bypass_neitherReadsNorKeeps() {
    ConverseRequest request = CacheControl.BYPASS.applyTo(ask("How deep should I squat?"));
    assertThat(CacheOutcome.of(client.forScope(ALICE).converse(request)))
        .hasToString("BYPASS, BYPASS_REQUESTED");
    assertThat(store.reads).hasValue(0);
    assertThat(CacheOutcome.of(call(ALICE)).cached()).isFalse();
  }

  @Test
  void refresh_replacesWhatIsKept() {
    call(ALICE);
    ConverseRequest request = CacheControl.REFRESH.applyTo(ask("How deep should I squat?"));
    assertThat(text(client.forScope(ALICE).converse(request))).isEqualTo("answer 2");
    assertThat(text(call(ALICE))).isEqualTo("answer 2");
    assertThat(bedrock.calls).hasValue(2);
  }

  @Test
  void noStore_takesWhatIsKeptAndKeepsNothing() {
    ConverseRequest request = CacheControl.NO_STORE.applyTo(ask("How deep should I squat?"));
    client.forScope(ALICE).converse(request);
    assertThat(CacheOutcome.of(call(ALICE)).cached()).isFalse();
    assertThat(CacheOutcome.of(client.forScope(ALICE).converse(request)).cached()).isTrue();
  }

  @Test
  void onlyIfCached_whenAbsent_throwsWithoutCallingBedrock() {
    ConverseRequest request = CacheControl.ONLY_IF_CACHED.applyTo(ask("How deep should I squat?"));
    assertThatThrownBy(() -> client.forScope(ALICE).converse(request))
        .isInstanceOf(CacheMissException.class);
    assertThat(bedrock.calls).hasValue(0);
    call(ALICE);
    assertThat(CacheOutcome.of(client.forScope(ALICE).converse(request)).cached()).isTrue();
  }

  /** ONLY_IF_CACHED never calls Bedrock, whatever the reason why nothing is kept. */
  @Test
  void onlyIfCached_whenTheCallIsABypass_throwsWithoutCallingBedrock() {
    ConverseRequest request = CacheControl.ONLY_IF_CACHED.applyTo(ask("Hello"));
    assertThatThrownBy(() -> client.converse(request)).isInstanceOf(CacheMissException.class);
    assertThat(bedrock.calls).hasValue(0);
    assertThat(cache.stats().total().bypasses()).isEqualTo(1);
  }

  @Test
  void onlyIfCached_whenTheEngineFails_throwsWithoutCallingBedrock() {
    BedrockCache broken =
        BedrockCache.builder()
            .cachePolicy(
                new CachePolicy() {
                  @Override
                  public boolean cacheToolUse(CallContext call) {
                    throw new LinkageError();
                  }
                })
            .build();
    ConverseRequest request = CacheControl.ONLY_IF_CACHED.applyTo(ask("Hello"));
    Caller alices = way.over(bedrock, broken).forScope(ALICE);
    assertThatThrownBy(() -> alices.converse(request)).isInstanceOf(CacheMissException.class);
    assertThat(bedrock.calls).hasValue(0);
  }

  @Test
  void maxAge_whenOlder_goesToBedrock() {
    call(ALICE);
    time.advance(Duration.ofSeconds(30));
    ConverseRequest request =
        CacheControl.maxAge(Duration.ofSeconds(29)).applyTo(ask("How deep should I squat?"));
    assertThat(CacheOutcome.of(client.forScope(ALICE).converse(request)).cached()).isFalse();
    assertThat(CacheOutcome.of(client.forScope(ALICE).converse(request)).cached()).isTrue();
  }

  @Test
  void converse_whenOverrideSetsAHeader_passesThrough() {
    ConverseRequest request =
        ask("Hello").toBuilder().overrideConfiguration(o -> o.putHeader("X-Tenant", "7")).build();
    assertThat(CacheOutcome.of(client.forScope(ALICE).converse(request)))
        .hasToString("BYPASS, REQUEST_OVERRIDE");
  }

  @Test
  void mode_whenOff_returnsTheDelegatesOwnObject() {
    ConverseResponse own = FakeBedrock.reply("own", StopReason.END_TURN);
    bedrock.answer = request -> own;
    cache.mode(CacheMode.OFF);
    assertThat(call(ALICE)).isSameAs(own);
    cache.mode(CacheMode.ON);
    assertThat(CacheOutcome.of(call(ALICE)).status()).isEqualTo(Status.MISS);
  }

  @Test
  void f83_closedTwice_delegates() {
    call(ALICE);
    cache.close();
    cache.close();
    assertThat(CacheOutcome.of(call(ALICE)).reason()).isEmpty();
    assertThat(bedrock.calls).hasValue(2);
  }

  @Test
  void f83_closedDuringACall_nothingIsHeldAfterwards() {
    bedrock.answer =
        request -> {
          cache.close();
          return FakeBedrock.reply("late", StopReason.END_TURN);
        };
    assertThat(text(call(ALICE))).isEqualTo("late");
    assertThat(cache.stats().hotEntries()).isZero();
  }

  @Test
  void f77_sinkThrows_callerDoesNotNotice() {
    BedrockCache loud =
        BedrockCache.builder()
            .metricsSink(
                event -> {
                  throw new IllegalStateException("sink");
                })
            .build();
    ConverseResponse response = way.over(bedrock, loud).forScope(ALICE).converse(ask("Hello"));
    assertThat(text(response)).isEqualTo("answer 1");
    assertThat(loud.stats().sinkFailures()).isEqualTo(1);
  }

  @Test
  void stats_countByEndpoint() {
    call(ALICE);
    call(ALICE);
    call(ALICE.endpoint("workout-plan"));
    CacheStats stats = cache.stats();
    assertThat(stats.total().hits()).isEqualTo(1);
    assertThat(stats.total().misses()).isEqualTo(2);
    assertThat(stats.byEndpoint())
        .extractingByKey("chat")
        .extracting(Counts::hitRatePercent)
        .isEqualTo(50.0);
    assertThat(stats.byEndpoint())
        .extractingByKey("workout-plan")
        .extracting(Counts::writes)
        .isEqualTo(1L);
    assertThat(stats.hotEntries()).isEqualTo(2);
  }

  @Test
  void create_whenAlreadyWrapped_refuses() {
    CachingBedrockClient wrapped = CachingBedrockClient.create(bedrock, cache);
    assertThatThrownBy(() -> CachingBedrockClient.create(wrapped, cache))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("forScope");
  }
}
