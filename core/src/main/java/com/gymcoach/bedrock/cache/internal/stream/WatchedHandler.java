package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.internal.call.CallerCode;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.async.SdkPublisher;

/**
 * Wraps a caller's handler and records when its code is running. Exceptions reach the SDK, as they
 * would without a cache. A handler that throws before the stream has ended breaks it for the
 * followers.
 */
final class WatchedHandler<R, E> implements EventStreamResponseHandler<R, E> {
  private final EventStreamResponseHandler<R, E> caller;
  private final CallerCode code;
  private final Runnable onBroken;

  WatchedHandler(EventStreamResponseHandler<R, E> caller, CallerCode code, Runnable onBroken) {
    this.caller = caller;
    this.code = code;
    this.onBroken = onBroken;
  }

  @Override
  public void responseReceived(R response) {
    run(code.handler(), () -> caller.responseReceived(response));
  }

  @Override
  public void onEventStream(SdkPublisher<E> events) {
    run(code.handler(), () -> caller.onEventStream(events));
  }

  @Override
  public void exceptionOccurred(Throwable failure) {
    run(code.ending(), () -> caller.exceptionOccurred(failure));
  }

  @Override
  public void complete() {
    run(code.ending(), caller::complete);
  }

  private void run(CallerCode.Callback callback, Runnable call) {
    callback.enter();
    try {
      call.run();
    } catch (Throwable thrown) { // callbacks in other JVM languages can throw any Throwable
      onBroken.run();
      throw thrown;
    } finally {
      callback.exit();
    }
  }
}
