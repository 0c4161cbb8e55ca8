package com.gymcoach.bedrock.cache.spi.tracing;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import org.jspecify.annotations.Nullable;

/** The trace of one call. Used on several threads. */
public interface Trace {

  /** A trace that is current on a thread. */
  @FunctionalInterface
  interface Scope extends AutoCloseable {
    /** Makes current what was current before. Called once, on the same thread. */
    @Override
    void close();
  }

  /**
   * Makes the trace current on this thread, around each request to the store and to Bedrock. May be
   * called again on a thread where it is current, and after {@link #end}: a stale answer is
   * refreshed when its caller has gone on.
   */
  Scope makeCurrent();

  /**
   * Records that the call waits for the answer to another caller's identical call. May be called
   * more than once, because a follower may outlive several leaders. By default does nothing.
   *
   * @param leader the other call's trace, made by the same tracer
   */
  default void follows(Trace leader) {}

  /**
   * Ends the trace. Called once: when a sync method returns or throws, and when the caller's future
   * of an async method completes, also by a cancellation.
   *
   * @param outcome how the cache handled the call, or null if the call ended before that was known
   * @param usage the tokens that the answer cost when Bedrock gave it, or null if they are not
   *     known
   * @param failure what the caller gets instead of an answer, or null
   */
  void end(@Nullable CacheOutcome outcome, @Nullable TokenUsage usage, @Nullable Throwable failure);
}
