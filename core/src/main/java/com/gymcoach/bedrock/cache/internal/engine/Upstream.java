package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import java.util.concurrent.CompletionStage;

/** A call to Bedrock as a facade makes it. Used for one call; thread-safe. */
public interface Upstream<R> {

  /**
   * Makes the call. It may throw, as a sync client does, or return a stage that fails.
   *
   * @param outcome why the call is made; whether the answer is kept is not known yet
   */
  CompletionStage<R> begin(CacheOutcome outcome);

  /** Others wait for the answer now: it must not come at the pace of the one who asked. */
  default void hurry() {}

  /**
   * Says what to do once it is certain, maybe long before the answer is there, that it will be fit
   * for the one who asked only.
   */
  default void ifUnshareable(Runnable what) {}

  /** Nobody waits for the answer any more. */
  default void abandon() {
    cancel();
  }

  /**
   * Returns whether the call went as it did because of what the caller did in it, and would have
   * gone otherwise for another.
   */
  default boolean brokenByCaller() {
    return false;
  }

  /** Returns a call like this one that has not been made, for nobody who is waiting. */
  default Upstream<R> again() {
    return this;
  }

  /** Ends the call, if that can be done. */
  default void cancel() {}
}
