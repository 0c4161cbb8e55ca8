package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.sdk.RequestOverrides;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * The request of a call as it is sent to Bedrock. It holds nothing of the caller but its request,
 * so that a background call does not keep the caller's handler.
 */
public final class Outgoing<Q extends AwsRequest> implements Supplier<Q> {
  private final CallRecord log;
  private Q request;

  Outgoing(Q request, CallRecord log) {
    this.request = request;
    this.log = log;
  }

  /**
   * Returns the request to send. If the caller has waited for another call, the time limit is
   * shortened accordingly.
   */
  @Override
  public Q get() {
    Duration left = log.left();
    return left == null ? request : RequestOverrides.within(request, left);
  }

  /** Sends a copy from now on: the caller may change the arrays of its request. */
  void replaceBy(CallerRequest<Q, ?> copy) {
    request = copy.request();
  }

  /** Limits the time that the request may take, or lets its own limit apply if that is null. */
  void limit(@Nullable Duration left) {
    log.left(left);
  }
}
