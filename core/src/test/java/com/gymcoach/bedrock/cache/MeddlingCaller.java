package com.gymcoach.bedrock.cache;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;
import software.amazon.awssdk.core.async.SdkPublisher;

/**
 * A handler of a stream, with its subscriber, that does something harmful in one of its callbacks.
 */
final class MeddlingCaller<R, E> implements EventStreamResponseHandler<R, E>, Subscriber<E> {
  /** A callback of the handler or the subscriber; {@code onNext} three times. */
  enum Place {
    RESPONSE_RECEIVED,
    ON_EVENT_STREAM,
    ON_SUBSCRIBE,
    FIRST_NEXT,
    MIDDLE_NEXT,
    LAST_NEXT,
    ON_ERROR,
    ON_COMPLETE,
    COMPLETE,
    EXCEPTION_OCCURRED
  }

  /** The action at that point. */
  enum Deed {
    NOTHING,
    THROWS_AN_EXCEPTION,
    THROWS_AN_ERROR,
    BLOCKS,
    CANCELS,
    REQUESTS_NONE,
    NEVER_REQUESTS,
    SUBSCRIBES_TWICE
  }

  private final Place place;
  private final Deed deed;
  private final int eventsInAll;
  private final CountDownLatch release;

  /** Opens when the deed is about to be done. */
  final CountDownLatch begun = new CountDownLatch(1);

  /** The calls of the handler, in order; events by their kind only. */
  final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  final List<E> events = Collections.synchronizedList(new ArrayList<>());
  private volatile @Nullable SdkPublisher<E> publisher;
  private volatile @Nullable Subscription subscription;

  MeddlingCaller(Place place, Deed deed, int eventsInAll, CountDownLatch release) {
    this.place = place;
    this.deed = deed;
    this.eventsInAll = eventsInAll;
    this.release = release;
  }

  private void at(Place here) {
    if (here != place) {
      return;
    }
    begun.countDown();
    Subscription held = subscription;
    SdkPublisher<E> stream = publisher;
    switch (deed) {
      case NOTHING, NEVER_REQUESTS -> {}
      case THROWS_AN_EXCEPTION -> throw new IllegalStateException("the caller's own");
      case THROWS_AN_ERROR -> throw new AssertionError("the caller's own");
      case BLOCKS -> {
        try {
          release.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      case CANCELS -> {
        if (held != null) {
          held.cancel();
        }
      }
      case REQUESTS_NONE -> {
        if (held != null) {
          held.request(0);
        }
      }
      case SUBSCRIBES_TWICE -> {
        if (stream != null) {
          stream.subscribe(new Indifferent<>());
        }
      }
    }
  }

  @Override
  public void responseReceived(R response) {
    heard.add("response");
    at(Place.RESPONSE_RECEIVED);
  }

  @Override
  public void onEventStream(SdkPublisher<E> stream) {
    heard.add("stream");
    publisher = stream;
    at(Place.ON_EVENT_STREAM);
    stream.subscribe(this);
  }

  @Override
  public void exceptionOccurred(Throwable failure) {
    heard.add("exception " + failure.getClass().getSimpleName());
    at(Place.EXCEPTION_OCCURRED);
  }

  @Override
  public void complete() {
    heard.add("complete");
    at(Place.COMPLETE);
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    at(Place.ON_SUBSCRIBE);
    if (deed != Deed.NEVER_REQUESTS) {
      given.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(E event) {
    events.add(event);
    heard.add("event");
    int count = events.size();
    at(count == 1 ? Place.FIRST_NEXT : count == eventsInAll ? Place.LAST_NEXT : Place.MIDDLE_NEXT);
  }

  @Override
  public void onError(Throwable failure) {
    heard.add("error " + failure.getClass().getSimpleName());
    at(Place.ON_ERROR);
  }

  @Override
  public void onComplete() {
    heard.add("end");
    at(Place.ON_COMPLETE);
  }

  private static final class Indifferent<E> implements Subscriber<E> {
    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(E event) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }
}
