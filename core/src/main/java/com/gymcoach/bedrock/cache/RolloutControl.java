package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.engine.RolloutState;
import com.gymcoach.bedrock.cache.internal.live.SettingsWatch;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether and for whom the cache is on: this process's own settings, and over them the live
 * settings, if there are any. OFF in this process wins. Thread-safe.
 */
final class RolloutControl {
  private final DynamicSetting<CacheMode> mode;
  private final DynamicSetting<Double> percent;
  private final @Nullable SettingsWatch watch;
  private final RolloutState.@Nullable Live live;

  /** The state of the last call, so that calls under the same settings share one object. */
  private volatile @Nullable RolloutState last;

  /**
   * The state of every call until this process sets another one, or null if each call must ask a
   * supplier or the live settings.
   */
  private volatile @Nullable RolloutState fixed;

  RolloutControl(
      DynamicSetting<CacheMode> mode,
      DynamicSetting<Double> percent,
      @Nullable SettingsWatch watch) {
    this.mode = mode;
    this.percent = percent;
    this.watch = watch;
    this.live = watch == null ? null : new RolloutState.Live(watch, this::state);
    this.fixed = fixedState();
  }

  /** Sets the mode of this process. */
  synchronized void mode(CacheMode own) {
    mode.set(own);
    fixed = fixedState();
  }

  /** Sets the percentage of this process. */
  synchronized void percent(double own) {
    percent.set(own);
    fixed = fixedState();
  }

  private @Nullable RolloutState fixedState() {
    return watch == null && mode.isFixed() && percent.isFixed()
        ? RolloutState.of(mode.get(), percent.get())
        : null;
  }

  /** Returns whether and for whom the cache is on now. */
  RolloutState state() {
    RolloutState always = fixed;
    return always == null ? ask() : always;
  }

  private RolloutState ask() {
    CacheMode ownMode = mode.get();
    double ownPercent = percent.get();
    if (watch == null || ownMode == CacheMode.OFF) {
      return shared(ownMode, ownPercent, Set.of(), false);
    }
    boolean outdated = watch.isOutdated();
    LiveSettings set = watch.settings();
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
      state = new RolloutState(now, percentNow, endpointsOff, live, outdated);
      last = state;
    }
    return state;
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
