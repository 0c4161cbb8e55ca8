package com.gymcoach.bedrock.cache.internal.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.env.Randomness;
import com.gymcoach.bedrock.cache.internal.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When live settings are read, and which are in force. Every timer fires when the test says so. */
class SettingsWatchTest {
  private static final Duration MAX_AGE = Duration.ofSeconds(10);
  private static final Duration PERIOD = Duration.ofSeconds(5);
  private static final Duration BUDGET = Duration.ofMillis(50);
  private static final String OFF = "{\"mode\": \"off\"}";

  private final FakeTime time = new FakeTime();
  private final List<CompletableFuture<String>> reads = new ArrayList<>();
  private final List<CompletableFuture<Void>> timers = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private Supplier<CompletionStage<String>> reading =
      () -> {
        CompletableFuture<String> read = new CompletableFuture<>();
        reads.add(read);
        return read;
      };

  private final SettingsWatch watch = watch(MAX_AGE);

  private SettingsWatch watch(Duration maxAge) {
    return new SettingsWatch(
        new SettingsWatch.Source() {
          @Override
          public CompletionStage<String> read() {
            return reading.get();
          }

          @Override
          public Duration budget() {
            return BUDGET;
          }
        },
        maxAge,
        new Environment(
            time,
            Runnable::run,
            Runnable::run,
            delay -> {
              assertThat(delay).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
              CompletableFuture<Void> timer = new CompletableFuture<>();
              timers.add(timer);
              return timer;
            },
            new Randomness()),
        failures::add);
  }

  /** Lets a period pass and the timer fire. */
  private void pass(Duration by) {
    time.advance(by);
    timers.get(timers.size() - 1).complete(null);
  }

  private void answer(String text) {
    reads.get(reads.size() - 1).complete(text);
  }

  @Test
  void settings_beforeAnyRead_areNoneAndOutdated() {
    assertThat(watch.settings()).isEqualTo(LiveSettings.NONE);
    assertThat(watch.isOutdated()).isTrue();
  }

  @Test
  void refresh_whenItHasRead_isInForceForTheMaxAge() {
    CompletionStage<?> refreshed = watch.refresh();
    assertThat(watch.isOutdated()).as("others may wait for the same read").isTrue();
    assertThat(watch.refresh()).isSameAs(refreshed);
    answer(OFF);
    assertThat(refreshed.toCompletableFuture()).isCompleted();
    assertThat(watch.settings()).isEqualTo(LiveSettings.mode(CacheMode.OFF));
    time.advance(MAX_AGE);
    assertThat(watch.isOutdated()).isFalse();
    time.advance(Duration.ofMillis(1));
    assertThat(watch.isOutdated()).isTrue();
    assertThat(reads).hasSize(1);
  }

  /** A machine that is frozen does not count the time, but its wall clock shows it. */
  @Test
  void isOutdated_afterAFreeze_isTrue() {
    watch.refresh();
    answer(OFF);
    time.jump(Duration.ofHours(1));
    assertThat(watch.isOutdated()).isTrue();
    watch.refresh();
    answer("{\"mode\": \"on\"}");
    assertThat(watch.isOutdated()).isFalse();
    assertThat(watch.settings().mode()).isEqualTo(CacheMode.ON);
  }

  @Test
  void start_whileNobodyAsks_readsOnceInAPeriod() {
    watch.start();
    assertThat(reads).isEmpty();
    for (int i = 1; i <= 3; i++) {
      pass(PERIOD);
      assertThat(reads).hasSize(i);
      answer("{\"rolloutPercent\": " + i + "}");
      assertThat(watch.settings().rolloutPercent()).isEqualTo(i);
      assertThat(watch.isOutdated()).isFalse();
    }
  }

  @Test
  void start_whenLookUpsBringTheSettings_readsNothing() {
    watch.start();
    for (int i = 0; i < 3; i++) {
      time.advance(PERIOD.minusSeconds(1));
      watch.seen(OFF, Moment.now(time));
      pass(Duration.ofSeconds(1));
    }
    assertThat(reads).isEmpty();
    assertThat(watch.settings().mode()).isEqualTo(CacheMode.OFF);
  }

  @Test
  void seen_whenItIsOlderThanWhatIsKnown_isIgnored() {
    Moment early = Moment.now(time);
    time.advance(Duration.ofMillis(1));
    watch.seen(OFF, Moment.now(time));
    watch.seen("{\"mode\": \"on\"}", early);
    assertThat(watch.settings().mode()).isEqualTo(CacheMode.OFF);
  }

  @Test
  void seen_whenTheyWereRemoved_areNone() {
    watch.seen(OFF, Moment.now(time));
    time.advance(Duration.ofMillis(1));
    watch.seen("", Moment.now(time));
    assertThat(watch.settings()).isEqualTo(LiveSettings.NONE);
  }

  @Test
  void seen_whenTheyAreNotValid_keepsTheLastAndReportsOnce() {
    watch.seen(OFF, Moment.now(time));
    for (int i = 0; i < 3; i++) {
      time.advance(Duration.ofSeconds(1));
      watch.seen("{\"mode\": \"offf\"}", Moment.now(time));
    }
    assertThat(watch.settings().mode()).isEqualTo(CacheMode.OFF);
    assertThat(watch.isOutdated()).as("nobody waits for them again").isFalse();
    assertThat(failures).hasSize(1);
    watch.seen("another", Moment.now(time));
    assertThat(failures).hasSize(2);
    watch.seen(OFF, Moment.now(time));
    watch.seen("another", Moment.now(time));
    assertThat(failures).as("it was mended in between").hasSize(3);
  }

  @Test
  void refresh_whileTheSourceFails_letsNobodyWaitAgain() {
    watch.start();
    watch.refresh();
    answer(OFF);
    for (int i = 0; i < 20; i++) {
      pass(PERIOD);
      assertThat(watch.isOutdated()).as("while the read is under way").isFalse();
      reads.get(reads.size() - 1).completeExceptionally(new IllegalStateException("away"));
      assertThat(watch.isOutdated()).isFalse();
    }
    assertThat(watch.settings().mode()).isEqualTo(CacheMode.OFF);
    assertThat(failures).hasSize(20);
    time.advance(MAX_AGE.multipliedBy(2)); // frozen: the timer did not fire
    assertThat(watch.isOutdated()).isTrue();
  }

  /** A read that hangs holds a caller no longer than its budget, and the next read is not held. */
  @Test
  void refresh_whileTheSourceHangs_isNotWaitedForAgain() {
    CompletionStage<?> hanging = watch.refresh();
    time.advance(BUDGET);
    assertThat(watch.isOutdated()).isFalse();
    time.advance(MAX_AGE);
    assertThat(watch.isOutdated()).isTrue();
    assertThat(watch.refresh()).isNotSameAs(hanging);
    answer(OFF);
    assertThat(watch.settings().mode()).isEqualTo(CacheMode.OFF);
    reads.get(0).complete("{\"mode\": \"on\"}");
    assertThat(watch.settings().mode()).as("the older read came late").isEqualTo(CacheMode.OFF);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @SuppressWarnings("NullAway") // what a source of the service's may do
  void refresh_whenTheSourceThrowsOrReturnsNull_ends(boolean throwing) {
    reading =
        () -> {
          if (throwing) {
            throw new NoClassDefFoundError("gone");
          }
          return null;
        };
    assertThat(watch.refresh().toCompletableFuture()).isCompleted();
    assertThat(failures).hasSize(1);
  }

  @Test
  @SuppressWarnings("NullAway") // what a source of the service's may do
  void refresh_whenTheTextIsNull_isAFailure() {
    watch.refresh();
    answer(null);
    assertThat(failures).hasSize(1);
    assertThat(watch.isOutdated()).isFalse();
  }

  @Test
  void close_whenCalledTwice_endsTheReads() {
    watch.start();
    watch.close();
    watch.close();
    pass(PERIOD);
    assertThat(reads).isEmpty();
    assertThat(timers).hasSize(1);
    assertThat(watch.isOutdated()).isFalse();
  }

  @Test
  void start_whenTheDelayIsTiny_doesNotReadInALoop() {
    SettingsWatch hasty = watch(Duration.ZERO); // its timer checks the period
    hasty.start();
    assertThat(timers).hasSize(1);
    assertThat(Objects.requireNonNull(hasty.settings())).isEqualTo(LiveSettings.NONE);
  }
}
