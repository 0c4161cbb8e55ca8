package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.internal.time.Moment;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
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

  /** Settings that can be refreshed. */
  public interface Live {
    /** Returns a stage that ends, and never fails, when the settings have been read. */
    CompletionStage<?> refresh();

    /** Returns how long a call may wait for a refresh. */
    Duration budget();

    /** Returns the state now. */
    RolloutState state();

    /** Takes the text of the settings that a look-up has read. */
    void seen(String text, Moment began);
  }

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
