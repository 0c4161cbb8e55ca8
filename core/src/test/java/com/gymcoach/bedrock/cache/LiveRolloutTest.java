package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Live settings as calls obey them. */
class LiveRolloutTest {
  private static final Duration DELAY = Duration.ofSeconds(10);
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final ConverseRequest QUESTION = FakeBedrock.ask("Plan my week");

  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();
  private final FakeTime time = new FakeTime();

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .store(store)
        .timeSource(time)
        .invalidationDelay(DELAY)
        .liveSettingsFromStore();
  }

  /** Builds a cache that reads nothing in the background, however slow the machine is. */
  private BedrockCache built(BedrockCacheBuilder builder) {
    Environment usual = Environment.of(time, null);
    return builder.build(
        new Environment(
            time,
            usual.background(),
            usual.fallback(),
            delay ->
                delay.compareTo(Duration.ofSeconds(1)) < 0
                    ? usual.timers().after(delay)
                    : new CompletableFuture<Void>(),
            usual.random()));
  }

  private ConverseResponse ask(CallingStyle style, BedrockCache cache) {
    return style.over(bedrock, cache).forScope(ALICE).converse(QUESTION);
  }

  private CacheOutcome outcome(CallingStyle style, BedrockCache cache) {
    return CacheOutcome.of(ask(style, cache));
  }

  /** Changes the settings in the store, and lets the time pass within which they are obeyed. */
  private void set(LiveSettings settings) {
    store.settings = settings.toJson();
    time.advance(DELAY.plusMillis(1));
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenItIsTheFirst_obeysWhatIsSet(CallingStyle style) {
    store.settings = LiveSettings.mode(CacheMode.OFF).toJson();
    try (BedrockCache cache = built(builder())) {
      assertThat(outcome(style, cache).reason()).contains(CacheReason.SWITCHED_OFF);
      assertThat(cache.mode()).isEqualTo(CacheMode.OFF);
      assertThat(store.reads).hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenTheFleetIsSwitchedOffAndOn_obeysBoth(CallingStyle style) {
    try (BedrockCache cache = built(builder())) {
      ask(style, cache);
      assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.HIT);
      set(LiveSettings.mode(CacheMode.OFF));
      int reads = store.reads.get();
      for (int i = 0; i < 3; i++) {
        assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.BYPASS);
      }
      assertThat(store.reads).as("look-ups while it is off").hasValue(reads);
      set(LiveSettings.NONE);
      assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.HIT);
      assertThat(bedrock.calls).hasValue(4);
    }
  }

  /** An answer in memory needs no look-up here for an hour, and must wait for the settings. */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenMemoryCouldAnswer_obeysTheSettings(CallingStyle style) {
    try (BedrockCache cache = built(builder().invalidationDelay("chat", Duration.ofHours(1)))) {
      ask(style, cache);
      assertThat(outcome(style, cache).source()).isEqualTo(CacheSource.HOT);
      set(LiveSettings.mode(CacheMode.OFF));
      assertThat(outcome(style, cache).reason()).contains(CacheReason.SWITCHED_OFF);
      set(LiveSettings.NONE);
      assertThat(outcome(style, cache).source()).isEqualTo(CacheSource.HOT);
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenThePercentageChanges_obeysIt(CallingStyle style) {
    try (BedrockCache cache = built(builder())) {
      ask(style, cache);
      set(new LiveSettings(null, 0.0, Set.of()));
      assertThat(outcome(style, cache).reason()).contains(CacheReason.NOT_IN_ROLLOUT);
      assertThat(cache.rolloutPercent()).isZero();
      set(new LiveSettings(null, 100.0, Set.of()));
      assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.HIT);
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenItsEndpointIsSwitchedOff_goesPast(CallingStyle style) {
    try (BedrockCache cache = built(builder())) {
      ask(style, cache);
      set(new LiveSettings(null, null, Set.of("chat", "default")));
      assertThat(outcome(style, cache).reason()).contains(CacheReason.SWITCHED_OFF);
      Caller caller = style.over(bedrock, cache);
      assertThat(
              CacheOutcome.of(
                      caller.forScope(CacheScope.user("alice")).converse(FakeBedrock.ask("other")))
                  .reason())
          .as("a scope without an endpoint has the one named default")
          .contains(CacheReason.SWITCHED_OFF);
      caller.forScope(CacheScope.user("alice").endpoint("plan")).converse(QUESTION);
      assertThat(
              CacheOutcome.of(
                      caller.forScope(CacheScope.user("alice").endpoint("plan")).converse(QUESTION))
                  .status())
          .isEqualTo(CacheOutcome.Status.HIT);
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenObserving_obeysThat(CallingStyle style) {
    try (BedrockCache cache = built(builder())) {
      ask(style, cache);
      set(LiveSettings.mode(CacheMode.OBSERVE));
      assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.BYPASS);
      assertThat(cache.mode()).isEqualTo(CacheMode.OBSERVE);
    }
  }

  /**
   * A look-up for a namespace's marker has the settings with it: they need no read of their own.
   */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenLookUpsBringTheSettings_readsThemNotByThemselves(CallingStyle style) {
    try (BedrockCache cache = built(builder())) {
      ask(style, cache);
      assertThat(store.settingsReads).as("of the first call").hasValue(1);
      for (int i = 0; i < 3; i++) {
        time.advance(DELAY);
        assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.HIT);
      }
      assertThat(store.settingsReads).hasValue(1);
      store.settings = LiveSettings.mode(CacheMode.OFF).toJson();
      time.advance(DELAY);
      ask(style, cache); // this look-up brings it
      assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.BYPASS);
      assertThat(store.settingsReads).hasValue(1);
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whileTheStoreFails_keepsTheLastSettings(CallingStyle style) {
    try (BedrockCache cache = built(builder())) {
      set(LiveSettings.mode(CacheMode.OFF));
      ask(style, cache);
      store.failReads = new IOException("away");
      for (int i = 0; i < 3; i++) {
        set(LiveSettings.NONE);
        assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.BYPASS);
      }
      assertThat(cache.mode()).isEqualTo(CacheMode.OFF);
      store.failReads = null;
      set(LiveSettings.NONE);
      ask(style, cache);
      assertThat(cache.mode()).isEqualTo(CacheMode.ON);
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whileTheStoreHangs_isAnsweredWithTheLastSettings(CallingStyle style) {
    store.hang = true;
    try (BedrockCache cache = built(builder())) {
      assertThat(ask(style, cache).stopReason()).isNotNull();
      assertThat(bedrock.calls).hasValue(1);
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenTheSettingsAreNotValid_keepsTheLastAndCountsOneFault(CallingStyle style) {
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
    try (BedrockCache cache = built(builder().metricsSink(sink))) {
      set(LiveSettings.mode(CacheMode.OFF));
      ask(style, cache);
      store.settings = "{\"mode\": \"offf\"}";
      for (int i = 0; i < 3; i++) {
        time.advance(DELAY.plusMillis(1));
        assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.BYPASS);
      }
      assertThat(cache.stats().faults()).containsEntry(CacheFault.SETTINGS_UNREADABLE, 1L);
      assertThat(told).containsExactly("* SETTINGS_UNREADABLE");
    }
  }

  /**
   * In mode OFF every call goes to Bedrock, also one that is only to be answered from the cache.
   */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenItIsFoundOff_goesToBedrockWhateverItAsksFor(CallingStyle style) {
    store.settings = LiveSettings.mode(CacheMode.OFF).toJson();
    try (BedrockCache cache = built(builder())) {
      ConverseRequest onlyIfCached =
          QUESTION.toBuilder()
              .overrideConfiguration(o -> CacheControl.ONLY_IF_CACHED.applyTo(o))
              .build();
      style.over(bedrock, cache).forScope(ALICE).converse(onlyIfCached);
      assertThat(bedrock.calls).hasValue(1);
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenThisProcessIsOff_staysOff(CallingStyle style) {
    store.settings = LiveSettings.mode(CacheMode.ON).toJson();
    try (BedrockCache cache = built(builder().mode(CacheMode.OFF))) {
      ask(style, cache);
      assertThat(cache.mode()).isEqualTo(CacheMode.OFF);
      cache.mode(CacheMode.OBSERVE);
      ask(style, cache);
      assertThat(cache.mode()).isEqualTo(CacheMode.ON);
      cache.mode(CacheMode.OFF);
      assertThat(cache.mode()).isEqualTo(CacheMode.OFF);
      assertThat(store.settingsReads).hasValue(1);
    }
  }

  /** A stream whose call reads the settings first is as the bare client gives it. */
  @Test
  void stream_whenTheSettingsAreReadFirst_isWhatTheBareClientGives() {
    CannedHttp http = CannedHttp.always(StreamCalls.WHOLE);
    Listener bare = Listener.eager();
    StreamCalls.start(http.client(), bare).join();
    try (BedrockCache cache = built(builder())) {
      for (CacheMode mode : List.of(CacheMode.OFF, CacheMode.ON, CacheMode.ON, CacheMode.OBSERVE)) {
        set(LiveSettings.mode(mode));
        Listener through = Listener.eager();
        StreamCalls.start(StreamCalls.cached(http.client(), cache), through).join();
        assertThat(through.events).isEqualTo(bare.events);
        assertThat(through.story()).isEqualTo(bare.story());
      }
      assertThat(http.calls()).as("one of them was a hit").isEqualTo(4);
    }
  }

  @Test
  void unlessDisabled_whenTheEnvironmentSaysOff_isOff() {
    assertThat(LiveSources.unlessDisabled(() -> CacheMode.OFF, () -> CacheMode.ON).get())
        .isEqualTo(CacheMode.OFF);
    assertThat(LiveSources.unlessDisabled(() -> CacheMode.ON, () -> CacheMode.OBSERVE).get())
        .isEqualTo(CacheMode.OBSERVE);
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void liveSettings_fromAnotherSource_areObeyed(CallingStyle style) {
    try (BedrockCache cache =
        builder().liveSettings(() -> LiveSettings.mode(CacheMode.OFF).toJson()).build()) {
      assertThat(outcome(style, cache).reason()).contains(CacheReason.SWITCHED_OFF);
      assertThat(store.settingsReads).hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void liveSettings_whenTheSourceThrows_areThisProcesss(CallingStyle style) {
    try (BedrockCache cache =
        builder()
            .liveSettings(
                () -> {
                  throw new IOException("no such agent");
                })
            .build()) {
      ask(style, cache);
      assertThat(outcome(style, cache).status()).isEqualTo(CacheOutcome.Status.HIT);
    }
  }

  @Test
  void build_whenThereIsNoStoreToReadFrom_saysWhatToDo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BedrockCache.builder().liveSettingsFromStore().build())
        .withMessageContaining("give a store, or a source with liveSettings(...)");
  }
}
