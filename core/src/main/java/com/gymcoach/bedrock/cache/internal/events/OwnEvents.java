package com.gymcoach.bedrock.cache.internal.events;

import java.util.function.UnaryOperator;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Copies each event for a subscriber, so that no other caller sees its changes. */
record OwnEvents<E>(Subscriber<? super E> subscriber, UnaryOperator<E> copy)
    implements Subscriber<E> {
  @Override
  public void onSubscribe(Subscription subscription) {
    subscriber.onSubscribe(subscription);
  }

  @Override
  public void onNext(E event) {
    subscriber.onNext(copy.apply(event));
  }

  @Override
  public void onError(Throwable failure) {
    subscriber.onError(failure);
  }

  @Override
  public void onComplete() {
    subscriber.onComplete();
  }
}
