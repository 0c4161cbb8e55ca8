package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.internal.live.SettingsWatch;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether and for whom the cache is on, as one call finds it.
 *
 * @param percent the share of users served by the cache, in percent
 * @param endpointsOff the endpoints whose calls bypass the cache
 * @param live the settings that operators change while the process runs, or null if there are none
 * @param outdated whether the call must refresh the live settings first
 */
public record RolloutState(
    CacheMode mode,
    double percent,
    Set<String> endpointsOff,
    @Nullable Live live,
    boolean outdated) {

  /**
   * Settings that can be refreshed.
   *
   * @param watch keeps up with them
   * @param now returns the state after a refresh
   */
  public record Live(SettingsWatch watch, Supplier<RolloutState> now) {}

  /** Returns a state without live settings. */
  public static RolloutState of(CacheMode mode, double percent) {
    return new RolloutState(mode, percent, Set.of(), null, false);
  }

  /** Returns whether a call can go straight to the wrapped client. */
  public boolean isOff() {
    return mode == CacheMode.OFF && !outdated;
  }

  boolean observes() {
    return mode == CacheMode.OBSERVE;
  }
}
