package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.internal.stream.EventLog.Place;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Hands the events of a log to one subscriber, as many as it asks for and as fast as it asks, from
 * whichever thread brings the news that there is something to hand over. One thread does so at a
 * time, in a loop: a subscriber that asks for one more event within {@code onNext} costs no stack.
 */
public final class LogReader<E> implements Subscription {

  /** Hears what becomes of the subscription; never while a lock is held. */
  public interface Listener {
    /** There is a subscriber; called before it is told so. */
    void subscribed(LogReader<?> reader);

    /** The subscriber has asked for events; called before it is given any. */
    default void requested() {}

    /** The subscriber asked for no events or fewer, which the specification forbids. */
    void misused(LogReader<?> reader, long n);

    /** The subscriber has what it wanted. */
    void cancelled();

    /** The subscriber has everything, the end included. */
    void ended(@Nullable Throwable failure);

    /**
     * The subscriber threw, which the specification forbids; it gets no more events.
     *
     * @return whether the exception is to be thrown at whoever brought the event, who will say how
     *     the stream ends; otherwise the listener ends it
     */
    boolean threw(LogReader<?> reader, Throwable thrown);
  }

  private final Listener listener;
  private final AtomicLong requested = new AtomicLong();
  private final AtomicInteger news = new AtomicInteger();
  private Place<E> at;
  private long given;
  private boolean broken;
  private volatile @Nullable Throwable failing;

  /** Null once the subscription is over: nobody must be kept in memory by it (rule 3.13). */
  private volatile @Nullable Subscriber<? super E> subscriber;

  LogReader(Place<E> from, Subscriber<? super E> subscriber, Listener listener) {
    this.at = from;
    this.subscriber = subscriber;
    this.listener = listener;
  }

  @Override
  public void request(long n) {
    if (subscriber == null) {
      return;
    }
    if (n <= 0) {
      listener.misused(this, n);
      return;
    }
    requested.updateAndGet(before -> before + n < 0 ? Long.MAX_VALUE : before + n);
    listener.requested();
    handOver();
  }

  @Override
  public void cancel() {
    if (subscriber != null) {
      subscriber = null;
      listener.cancelled();
    }
  }

  /** Ends the subscription with a failure that is not the log's, before anything else. */
  public void fail(Throwable failure) {
    failing = failure;
    handOver();
  }

  long requested() {
    return requested.get();
  }

  /** Hands over what there is and was asked for. */
  void handOver() {
    if (news.getAndIncrement() != 0) {
      return; // the thread that is at it looks again
    }
    int seen = 1;
    do {
      handOverAll();
      seen = news.addAndGet(-seen);
    } while (seen != 0);
  }

  private void handOverAll() {
    Subscriber<? super E> to;
    while ((to = subscriber) != null) {
      if (failing != null) {
        end(to, failing);
        return;
      }
      Place<E> next = at.next();
      if (next == null) {
        return;
      }
      E event = next.event;
      if (event == null) {
        end(to, next.failure);
        return;
      }
      if (!broken && given == requested.get()) {
        return;
      }
      at = next;
      given++;
      if (!broken) {
        give(to, event);
      }
    }
  }

  private void give(Subscriber<? super E> to, E event) {
    try {
      to.onNext(event);
    } catch (Throwable thrown) {
      broken = true;
      if (listener.threw(this, thrown)) {
        news.set(0);
        throw thrown;
      }
    }
  }

  private void end(Subscriber<? super E> to, @Nullable Throwable failure) {
    subscriber = null;
    if (failure == null) {
      to.onComplete();
    } else {
      to.onError(failure);
    }
    listener.ended(failure);
  }
}
