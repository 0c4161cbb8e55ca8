package com.gymcoach.bedrock.cache.internal.stream;

import java.util.function.UnaryOperator;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Gives a subscriber events of its own: what it changes in one, no other caller sees. */
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
