package com.gymcoach.bedrock.cache.internal.stream;

import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;

/** Adapts a generic stream handler to the type that each operation requires. */
public final class StreamHandlers {
  private StreamHandlers() {}

  /**
   * Returns a handler for ConverseStream: the given one if it has that type, otherwise a wrapper.
   */
  @SuppressWarnings("NullAway") // passes null through; the client rejects it
  public static ConverseStreamResponseHandler converse(
      EventStreamResponseHandler<ConverseStreamResponse, ConverseStreamOutput> handler) {
    return handler == null || handler instanceof ConverseStreamResponseHandler
        ? (ConverseStreamResponseHandler) handler
        : new Converse(handler);
  }

  /**
   * Returns a handler for InvokeModelWithResponseStream: the given one if it has that type,
   * otherwise a wrapper.
   */
  @SuppressWarnings("NullAway")
  public static InvokeModelWithResponseStreamResponseHandler invokeModel(
      EventStreamResponseHandler<InvokeModelWithResponseStreamResponse, ResponseStream> handler) {
    return handler == null || handler instanceof InvokeModelWithResponseStreamResponseHandler
        ? (InvokeModelWithResponseStreamResponseHandler) handler
        : new InvokeModel(handler);
  }

  private abstract static class Handler<R, E> implements EventStreamResponseHandler<R, E> {
    private final EventStreamResponseHandler<R, E> handler;

    Handler(EventStreamResponseHandler<R, E> handler) {
      this.handler = handler;
    }

    @Override
    public void responseReceived(R response) {
      handler.responseReceived(response);
    }

    @Override
    public void onEventStream(SdkPublisher<E> events) {
      handler.onEventStream(events);
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
      handler.exceptionOccurred(failure);
    }

    @Override
    public void complete() {
      handler.complete();
    }
  }

  private static final class Converse extends Handler<ConverseStreamResponse, ConverseStreamOutput>
      implements ConverseStreamResponseHandler {
    Converse(EventStreamResponseHandler<ConverseStreamResponse, ConverseStreamOutput> handler) {
      super(handler);
    }
  }

  private static final class InvokeModel
      extends Handler<InvokeModelWithResponseStreamResponse, ResponseStream>
      implements InvokeModelWithResponseStreamResponseHandler {
    InvokeModel(
        EventStreamResponseHandler<InvokeModelWithResponseStreamResponse, ResponseStream> handler) {
      super(handler);
    }
  }
}
