package com.gymcoach.bedrock.cache.spi.tracing;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import org.jspecify.annotations.Nullable;

/** The trace of one call. Used on several threads. */
public interface Trace {

  /** A trace that is current on a thread. */
  @FunctionalInterface
  interface Scope extends AutoCloseable {
    /** Makes the previous trace current again. Called once, on the same thread. */
    @Override
    void close();
  }

  /**
   * Makes the trace current on this thread: while the client's method runs on its caller's thread,
   * and around each request to the store and to Bedrock on any other. May be called again on a
   * thread where it is current. May be called after {@link #end}, because a stream is stored and a
   * stale answer refreshed after their caller has continued.
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
   * of an async method completes, also by a cancellation. The trace is then no longer current on
   * the caller's thread. Runs on the thread that completes the future, possibly after code that the
   * caller attached to it.
   *
   * @param outcome how the cache handled the call, or null if the call ended before that was known
   * @param usage the tokens that the answer cost when Bedrock gave it, or null if they are not
   *     known
   * @param failure what the caller gets instead of an answer, without a {@code CompletionException}
   *     around it, or null
   */
  void end(@Nullable CacheOutcome outcome, @Nullable TokenUsage usage, @Nullable Throwable failure);
}
