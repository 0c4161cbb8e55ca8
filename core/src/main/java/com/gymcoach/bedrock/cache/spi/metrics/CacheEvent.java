package com.gymcoach.bedrock.cache.spi.metrics;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Describes one call, reported once when the call ends. Contains no prompt, no answer and no user
 * id.
 *
 * @param operation the operation's name, such as {@code Converse}
 * @param endpoint the scope's endpoint, or {@code default} if it has none
 * @param modelId the model as the request named it
 * @param outcome how the cache handled the call, as the caller sees it
 * @param latency from the call's start to its end
 * @param usage the tokens that the answer cost when Bedrock gave it, or null if it does not say
 * @param store the call's use of the store, or null if it did not use it
 * @param cost the call's cost and saving
 * @param faults the faults that occurred during the call without failing it
 * @param failed whether the call ended in an exception
 * @param background whether the cache itself made the call in the background, to refresh a stale
 *     answer or to verify a hit: Bedrock was called, but the call belongs to no caller and does not
 *     count as a miss
 */
public record CacheEvent(
    String operation,
    String endpoint,
    String modelId,
    CacheOutcome outcome,
    Duration latency,
    @Nullable TokenUsage usage,
    @Nullable StoreUse store,
    CallCost cost,
    Set<CacheFault> faults,
    boolean failed,
    boolean background) {

  /**
   * Returns whether the call failed for its caller. A call that ended in a {@link
   * com.gymcoach.bedrock.cache.CacheMissException} did not fail: it asked not to go to Bedrock.
   */
  public boolean inError() {
    return failed && outcome.reason().orElse(null) != CacheReason.ONLY_IF_CACHED;
  }
}
