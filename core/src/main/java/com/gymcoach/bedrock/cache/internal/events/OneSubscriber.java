package com.gymcoach.bedrock.cache.internal.events;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A publisher that accepts one subscriber and rejects others, as the SDK's HTTP clients do.
 * Otherwise, code that subscribes twice would work only while its answers come from the cache.
 */
public final class OneSubscriber<E> implements Publisher<E> {
  private enum Refused implements Subscription {
    REFUSED;

    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  private final Consumer<Subscriber<? super E>> first;
  private final Consumer<Throwable> refused;
  private final AtomicBoolean taken = new AtomicBoolean();

  /**
   * Creates a publisher without a subscriber.
   *
   * @param first receives the first subscriber
   * @param refused receives the reason each time another subscriber has been rejected
   */
  public OneSubscriber(Consumer<Subscriber<? super E>> first, Consumer<Throwable> refused) {
    this.first = first;
    this.refused = refused;
  }

  @Override
  public void subscribe(Subscriber<? super E> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber"); // Reactive Streams rule 1.9
    if (taken.compareAndSet(false, true)) {
      first.accept(subscriber);
      return;
    }
    Throwable refusal = new IllegalStateException("This publisher only supports one subscriber");
    subscriber.onSubscribe(Refused.REFUSED);
    subscriber.onError(refusal);
    refused.accept(refusal);
  }
}
