package com.gymcoach.bedrock.cache.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;

/** A caller's handler and its subscriber. Takes all events at once, or one after the other. */
abstract class StreamSink<R extends AwsResponse, E>
    implements EventStreamResponseHandler<R, E>, Subscriber<E> {
  /** How long a caller that takes one event after the other takes for each. */
  private static final long SLOWNESS = 5_000_000;

  private final boolean eager;
  private final Consumer<SdkResponse> responses;
  private final EventLoop loop;
  private final List<Object> events = new ArrayList<>();
  private final List<String> ends = new ArrayList<>();
  private @Nullable Subscription subscription;

  private StreamSink(EventLoop loop, boolean eager, Consumer<SdkResponse> responses) {
    this.loop = loop;
    this.eager = eager;
    this.responses = responses;
  }

  /** Takes the events of ConverseStream. */
  static final class OfConverse extends StreamSink<ConverseStreamResponse, ConverseStreamOutput>
      implements ConverseStreamResponseHandler {
    OfConverse(EventLoop loop, boolean eager, Consumer<SdkResponse> responses) {
      super(loop, eager, responses);
    }
  }

  /** Takes the events of InvokeModelWithResponseStream. */
  static final class OfInvoke
      extends StreamSink<InvokeModelWithResponseStreamResponse, ResponseStream>
      implements InvokeModelWithResponseStreamResponseHandler {
    OfInvoke(EventLoop loop, boolean eager, Consumer<SdkResponse> responses) {
      super(loop, eager, responses);
    }
  }

  /** Returns the events received. */
  List<Object> events() {
    return events;
  }

  /** Returns how the stream ended, as the handler and the subscriber were told. */
  List<String> ends() {
    return ends;
  }

  @Override
  public void responseReceived(R response) {
    responses.accept(response);
  }

  @Override
  public void onEventStream(SdkPublisher<E> publisher) {
    publisher.subscribe(this);
  }

  @Override
  public void exceptionOccurred(Throwable thrown) {
    ends.add("exception");
  }

  @Override
  public void complete() {
    ends.add("complete");
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    given.request(eager ? Long.MAX_VALUE : 1);
  }

  @Override
  public void onNext(E event) {
    events.add(event);
    Subscription from = subscription;
    if (!eager && from != null) {
      loop.after(SLOWNESS, () -> from.request(1));
    }
  }

  @Override
  public void onError(Throwable thrown) {
    ends.add("error");
  }

  @Override
  public void onComplete() {
    ends.add("end");
  }
}
