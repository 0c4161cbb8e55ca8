package com.gymcoach.bedrock.cache.internal.stream;

import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.async.SdkPublisher;

/** Discards a stream that is fetched only for the cache, on behalf of no caller. */
final class DiscardingHandler<R, E> implements EventStreamResponseHandler<R, E> {
  @Override
  public void responseReceived(R response) {}

  @Override
  public void onEventStream(SdkPublisher<E> events) {}

  @Override
  public void exceptionOccurred(Throwable failure) {}

  @Override
  public void complete() {}
}
