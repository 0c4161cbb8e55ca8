package com.gymcoach.bedrock.dynamodb;

import java.nio.ByteBuffer;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A body in one piece, published on the thread that requests it. */
final class Once implements Subscription {
  private final Subscriber<? super ByteBuffer> subscriber;
  private final ByteBuffer body;
  private boolean done;

  private Once(Subscriber<? super ByteBuffer> subscriber, ByteBuffer body) {
    this.subscriber = subscriber;
    this.body = body;
  }

  static void to(Subscriber<? super ByteBuffer> subscriber, ByteBuffer body) {
    subscriber.onSubscribe(new Once(subscriber, body));
  }

  @Override
  public void request(long n) {
    if (!done) {
      done = true;
      subscriber.onNext(body);
      subscriber.onComplete();
    }
  }

  @Override
  public void cancel() {
    done = true;
  }
}
