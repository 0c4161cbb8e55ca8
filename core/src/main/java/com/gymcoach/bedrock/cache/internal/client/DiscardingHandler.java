package com.gymcoach.bedrock.cache.internal.client;

import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.async.SdkPublisher;

/** The handler of a stream that is fetched to be kept, and that nobody listens to. */
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
