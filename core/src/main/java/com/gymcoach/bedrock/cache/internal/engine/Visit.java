package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.sdk.RequestOverrides;
import java.time.Duration;
import software.amazon.awssdk.awscore.AwsRequest;

/** One call in the engine, planned and not answered yet. For one thread at a time. */
public final class Visit<Q extends AwsRequest, R> {
  final Call<Q, R> call;
  final CallRecord log;
  final Plan plan;

  /** Whether the cache only watches. */
  final boolean observed;

  Visit(Call<Q, R> call, CallRecord log, Plan plan, boolean observed) {
    this.call = call;
    this.log = log;
    this.plan = plan;
    this.observed = observed;
  }

  /** Returns the request to send: who has waited for another's call has less time for its own. */
  public Q request() {
    Duration left = log.left();
    return left == null ? call.request() : RequestOverrides.within(call.request(), left);
  }
}
