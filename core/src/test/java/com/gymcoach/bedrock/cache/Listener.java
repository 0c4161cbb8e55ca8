package com.gymcoach.bedrock.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/** A handler and its subscriber, who write down what they hear. */
final class Listener implements ConverseStreamResponseHandler, Subscriber<ConverseStreamOutput> {
  /** The calls of the handler, in order: events as they came, the rest by name. */
  final List<Object> heard = Collections.synchronizedList(new ArrayList<>());

  final List<ConverseStreamOutput> events = Collections.synchronizedList(new ArrayList<>());
  private volatile @Nullable ConverseStreamResponse response;
  volatile @Nullable Throwable failure;
  volatile @Nullable Subscription subscription;
  volatile @Nullable SdkPublisher<ConverseStreamOutput> publisher;
  private final long first;
  private final AtomicBoolean inOnNext = new AtomicBoolean();
  private volatile Consumer<ConverseStreamOutput> onEvent = event -> {};
  private volatile Runnable onEnd = () -> {};
  private volatile Runnable whenSubscribed = () -> {};

  private Listener(long first) {
    this.first = first;
  }

  /** One that wants everything. */
  static Listener eager() {
    return new Listener(Long.MAX_VALUE);
  }

  /** Creates one that requests this many events at first. */
  static Listener wanting(long events) {
    return new Listener(events);
  }

  /** Does something at each event. */
  Listener doing(Consumer<ConverseStreamOutput> what) {
    onEvent = what;
    return this;
  }

  /** Does something when all has come. */
  Listener doingAtTheEnd(Runnable what) {
    onEnd = what;
    return this;
  }

  /** Does something before the handler returns from taking the stream. */
  Listener doingWhenSubscribed(Runnable what) {
    whenSubscribed = what;
    return this;
  }

  void request(long n) {
    Subscription held = subscription;
    if (held != null) {
      held.request(n);
    }
  }

  void cancel() {
    Subscription held = subscription;
    if (held != null) {
      held.cancel();
    }
  }

  ConverseStreamResponse response() {
    ConverseStreamResponse began = response;
    if (began == null) {
      throw new AssertionError("There was no response");
    }
    return began;
  }

  CacheOutcome outcome() {
    return CacheOutcome.of(response());
  }

  /** Returns the calls without the outcome. */
  List<String> story() {
    return heard.stream()
        .map(one -> one instanceof ConverseStreamOutput event ? event.toString() : one.toString())
        .toList();
  }

  @Override
  public void responseReceived(ConverseStreamResponse received) {
    response = received;
    heard.add("response");
  }

  @Override
  public void onEventStream(SdkPublisher<ConverseStreamOutput> stream) {
    heard.add("stream");
    publisher = stream;
    stream.subscribe(this);
    whenSubscribed.run();
  }

  @Override
  public void exceptionOccurred(Throwable thrown) {
    heard.add("exception " + thrown.getClass().getSimpleName());
  }

  @Override
  public void complete() {
    heard.add("complete");
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    if (first > 0) {
      given.request(first);
    }
  }

  @Override
  public void onNext(ConverseStreamOutput event) {
    if (inOnNext.getAndSet(true)) {
      heard.add("two events at once");
    }
    heard.add(event);
    events.add(event);
    try {
      onEvent.accept(event);
    } finally {
      inOnNext.set(false);
    }
  }

  @Override
  public void onError(Throwable thrown) {
    failure = thrown;
    heard.add("error " + thrown.getClass().getSimpleName());
  }

  @Override
  public void onComplete() {
    heard.add("end");
    onEnd.run();
  }
}
