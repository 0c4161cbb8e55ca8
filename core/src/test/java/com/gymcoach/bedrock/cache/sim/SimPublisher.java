package com.gymcoach.bedrock.cache.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;

/** The events of a stream as Bedrock sends them: one after the other, and only those wanted. */
final class SimPublisher<E> implements SdkPublisher<E>, Subscription {
  private static final long PAUSE = 2_000_000;

  private final EventLoop loop;
  private final List<E> events;
  private final @Nullable Throwable failure;
  private final Runnable ended;
  private @Nullable Subscriber<? super E> subscriber;
  private long wanted;
  private int sent;
  private boolean sending;
  private boolean over;

  /**
   * Creates a stream without a subscriber.
   *
   * @param failure the failure after the events, or null for a normal end
   * @param ended called once after the end, but not after a cancellation
   */
  SimPublisher(EventLoop loop, List<E> events, @Nullable Throwable failure, Runnable ended) {
    this.loop = loop;
    this.events = events;
    this.failure = failure;
    this.ended = ended;
  }

  @Override
  public void subscribe(Subscriber<? super E> given) {
    subscriber = given;
    given.onSubscribe(this);
    send();
  }

  @Override
  public void request(long n) {
    wanted = wanted + n < 0 ? Long.MAX_VALUE : wanted + n;
    send();
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      ended.run(); // as with the SDK, whose call then ends as if all had been sent
    }
  }

  /** Ends the stream, because its call has been ended. */
  void abort(Throwable why) {
    if (!over) {
      over = true;
      Subscriber<? super E> to = subscriber;
      if (to != null) {
        to.onError(why);
      }
    }
  }

  private void send() {
    if (sending || over || subscriber == null || (wanted == 0 && sent < events.size())) {
      return;
    }
    sending = true;
    loop.after(
        PAUSE,
        () -> {
          sending = false;
          Subscriber<? super E> to = subscriber;
          if (over || to == null) {
            return;
          }
          if (sent < events.size()) {
            wanted--;
            to.onNext(events.get(sent++));
            send();
            return;
          }
          over = true;
          if (failure == null) {
            to.onComplete();
          } else {
            to.onError(failure);
          }
          ended.run();
        });
  }
}
