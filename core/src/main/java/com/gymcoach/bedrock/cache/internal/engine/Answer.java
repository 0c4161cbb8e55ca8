package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import org.jspecify.annotations.Nullable;

/** How a call ends: a response or a failure, and what the cache had to do with it. */
record Answer<R>(Result<R> result, CacheOutcome outcome) {

  /** The outcome of a call that Bedrock did not answer. */
  static final CacheOutcome NOT_ANSWERED = CacheOutcome.notStored(CacheReason.ABSENT);

  static <R> Answer<R> of(@Nullable R response, CacheOutcome outcome) {
    return new Answer<>(new Result<>(response, null), outcome);
  }

  static <R> Answer<R> failed(Throwable failure) {
    return new Answer<>(Result.failed(failure), NOT_ANSWERED);
  }
}
