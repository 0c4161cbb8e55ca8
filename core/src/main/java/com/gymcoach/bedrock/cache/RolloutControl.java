package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.engine.RolloutState;
import com.gymcoach.bedrock.cache.internal.live.SettingsWatch;
import com.gymcoach.bedrock.cache.internal.time.Moment;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether and for whom the cache is on: this process's own settings, and over them the live
 * settings, if there are any. OFF in this process wins. Thread-safe.
 */
final class RolloutControl implements RolloutState.Live {
  private final DynamicSetting<CacheMode> mode;
  private final DynamicSetting<Double> percent;
  private final @Nullable SettingsWatch watch;

  /** The state of the last call, so that calls under the same settings share one object. */
  private volatile @Nullable RolloutState last;

  RolloutControl(
      DynamicSetting<CacheMode> mode,
      DynamicSetting<Double> percent,
      @Nullable SettingsWatch watch) {
    this.mode = mode;
    this.percent = percent;
    this.watch = watch;
  }

  /** Sets the mode of this process. */
  void mode(CacheMode own) {
    mode.set(own);
  }

  /** Sets the percentage of this process. */
  void percent(double own) {
    percent.set(own);
  }

  @Override
  public RolloutState state() {
    CacheMode ownMode = mode.get();
    double ownPercent = percent.get();
    SettingsWatch live = watch;
    if (live == null) {
      return shared(ownMode, ownPercent, Set.of(), false);
    } else if (ownMode == CacheMode.OFF) {
      return shared(CacheMode.OFF, ownPercent, Set.of(), false);
    }
    boolean outdated = live.isOutdated();
    LiveSettings set = live.settings();
    return shared(
        set.mode() == null ? ownMode : set.mode(),
        set.rolloutPercent() == null ? ownPercent : set.rolloutPercent(),
        set.endpointsOff(),
        outdated);
  }

  private RolloutState shared(
      CacheMode now, double percentNow, Set<String> endpointsOff, boolean outdated) {
    RolloutState state = last;
    if (state == null
        || state.mode() != now
        || state.percent() != percentNow
        || state.outdated() != outdated
        || !state.endpointsOff().equals(endpointsOff)) {
      state =
          new RolloutState(now, percentNow, endpointsOff, watch == null ? null : this, outdated);
      last = state;
    }
    return state;
  }

  @Override
  public CompletionStage<?> refresh() {
    return required().refresh();
  }

  @Override
  public Duration budget() {
    return required().budget();
  }

  @Override
  public void seen(String text, Moment began) {
    required().seen(text, began);
  }

  private SettingsWatch required() {
    if (watch == null) {
      throw new IllegalStateException("There are no live settings");
    }
    return watch;
  }

  void start() {
    if (watch != null) {
      watch.start();
    }
  }

  void close() {
    if (watch != null) {
      watch.close();
    }
  }
}
