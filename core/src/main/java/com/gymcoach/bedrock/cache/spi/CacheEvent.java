package com.gymcoach.bedrock.cache.spi;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call, told once, when it ends. Holds no prompt, no answer and nobody's id.
 *
 * @param operation the operation's name, such as {@code Converse}
 * @param endpoint the service's own name for the use; {@code default} where it gave none
 * @param modelId the model as the request named it
 * @param outcome what the caller was told
 * @param latency from the call's start to its end
 * @param usage the tokens that the answer cost when it was made, or null where it does not say
 * @param store what the store was asked, or null where it was not
 * @param cost what the call cost and saved
 * @param faults what went wrong on the way without the caller noticing
 * @param failed whether the call ended in an exception
 * @param background whether the cache itself made the call, behind the back of a caller who was
 *     given a stale answer: it is nobody's call and no miss, but Bedrock was asked
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
   * Returns whether something went wrong for the caller. A call that was not to go to Bedrock, and
   * ended in a {@link com.gymcoach.bedrock.cache.CacheMissException}, had what it asked for.
   */
  public boolean inError() {
    return failed && outcome.reason().orElse(null) != CacheReason.ONLY_IF_CACHED;
  }
}
