package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/** One call with what it carries along on its way. */
record Step<Q extends AwsRequest, R>(
    Call<Q, R> call, OnceOnlyCall<R> origin, WaitStrategy waiting, CallRecord log) {

  /** Returns the same call, made anew and for nobody who is waiting. */
  Step<Q, R> again(TimeSource time) {
    CallRecord own = new CallRecord(time);
    own.time();
    log.left(null); // what this caller had left is nothing to that call
    return new Step<>(call, new OnceOnlyCall<>(origin.bedrockCall().again()), waiting, own);
  }

  /**
   * Returns whether this call may read and write entries of the store. It may always read markers.
   */
  boolean usesEntries() {
    return !call.client().isPrivate();
  }

  /** Returns what is left of the call's own time, or null where it has any time. */
  @Nullable Duration remaining() {
    Duration timeout = call.timeout();
    return timeout == null ? null : timeout.minus(log.elapsed());
  }
}
