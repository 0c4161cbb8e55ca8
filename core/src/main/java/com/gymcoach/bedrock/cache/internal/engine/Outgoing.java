package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.sdk.RequestOverrides;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * The request of a call as it is sent to Bedrock. It holds nothing of the caller but its request,
 * so that a background call does not keep the caller's handler.
 */
public final class Outgoing<Q extends AwsRequest, R> implements Supplier<Q> {
  private final CallRecord log;
  private final @Nullable Duration timeout;
  private Q request;

  /** Null unless the request is a batch of texts, of which only some may have to be sent. */
  private @Nullable BatchCall<Q, R> batch;

  Outgoing(CallerRequest<Q, R> call, CallRecord log) {
    this.request = call.request();
    this.timeout = call.timeout();
    this.log = log;
  }

  /** Sends only those texts of a batch that have to be, from now on; all of them if it is null. */
  void batch(@Nullable BatchCall<Q, R> texts) {
    batch = texts;
  }

  /**
   * Returns the request to send. If the caller has waited for another call, the time limit is
   * shortened accordingly.
   */
  @Override
  public Q get() {
    return limited(request);
  }

  /** Returns a second request of the same call, which has only the time that the first has left. */
  private Q inTimeLeft(Q whole) {
    if (timeout == null) {
      return whole;
    }
    Duration left = timeout.minus(log.elapsed());
    if (left.isNegative() || left.isZero()) {
      throw ApiCallTimeoutException.create(timeout.toMillis());
    }
    return RequestOverrides.within(whole, left);
  }

  private Q limited(Q whole) {
    Duration left = log.left();
    return left == null ? whole : RequestOverrides.within(whole, left);
  }

  /** Returns a client's response to the request. */
  public R send(Function<Q, R> client) {
    BatchCall<Q, R> texts = batch;
    return texts == null
        ? client.apply(get())
        : texts.send(
            request, some -> client.apply(limited(some)), whole -> client.apply(inTimeLeft(whole)));
  }

  /** Returns an async client's response to the request. */
  public CompletableFuture<R> sendLater(Function<Q, CompletableFuture<R>> client) {
    BatchCall<Q, R> texts = batch;
    return texts == null
        ? client.apply(get())
        : texts.sendLater(
            request, some -> client.apply(limited(some)), whole -> client.apply(inTimeLeft(whole)));
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
