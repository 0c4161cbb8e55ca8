package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheMissException;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.call.Result;
import org.jspecify.annotations.Nullable;

/** The end of a call: a response or a failure, and the cache's outcome. */
record Answer<R>(Result<R> result, CacheOutcome outcome) {

  /** The outcome of a call that Bedrock did not answer. */
  static final CacheOutcome NOT_ANSWERED = Outcome.miss(CacheReason.ABSENT);

  static <R> Answer<R> of(@Nullable R response, CacheOutcome outcome) {
    return new Answer<>(new Result<>(response, null), outcome);
  }

  /** Returns the answer to a call that must not go to Bedrock: a {@link CacheMissException}. */
  static <R> Answer<R> notKept(CacheOutcome outcome) {
    return new Answer<>(Result.failed(CacheMissException.create()), outcome);
  }

  static <R> Answer<R> failed(Throwable failure) {
    return new Answer<>(Result.failed(failure), NOT_ANSWERED);
  }
}
