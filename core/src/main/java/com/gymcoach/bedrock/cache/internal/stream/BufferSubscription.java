package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.internal.stream.EventBuffer.Place;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Hands the events of a log to one subscriber, as many as it asks for and as fast as it asks: from
 * the thread that brings an event, or elsewhere where the subscriber asks for those that have come,
 * for it may take them on the very thread that it asks on. One thread does so at a time, in a loop:
 * a subscriber that asks for one more event within {@code onNext} costs no stack.
 */
public final class BufferSubscription<E> implements Subscription {

  /** Hears what becomes of the subscription; never while a lock is held. */
  public interface Listener {
    /** There is a subscriber; called before it is told so. */
    void subscribed(BufferSubscription<?> reader);

    /**
     * The subscriber has asked for events; called before it is given any.
     *
     * @return whether those that have come are to be handed over; otherwise they are about to be,
     *     by who brings them
     */
    default boolean requested() {
      return true;
    }

    /** The subscriber asked for no events or fewer, which the specification forbids. */
    void misused(BufferSubscription<?> reader, long n);

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
    boolean threw(BufferSubscription<?> reader, Throwable thrown);
  }

  private final Listener listener;
  private final Executor elsewhere;
  private final AtomicLong requested = new AtomicLong();

  /** Not zero while a thread is at it; at first it is the one that tells of the subscription. */
  private final AtomicInteger wip = new AtomicInteger(1);

  private Place<E> at;
  private long given;
  private boolean broken;
  private volatile @Nullable Throwable failing;

  /** Null once the subscription is over: nobody must be kept in memory by it (rule 3.13). */
  private volatile @Nullable Subscriber<? super E> subscriber;

  /** Returns a reader for a subscriber who is to be told of it. To be followed by the next. */
  BufferSubscription(
      Place<E> from, Subscriber<? super E> subscriber, Listener listener, Executor elsewhere) {
    this.at = from;
    this.subscriber = Objects.requireNonNull(subscriber, "subscriber"); // rule 1.9
    this.listener = listener;
    this.elsewhere = elsewhere;
  }

  /** Tells the subscriber of the subscription; from then on it may be given events. */
  void begin() {
    Subscriber<? super E> told = subscriber;
    if (told != null) {
      tell(told);
    }
    if (listener.requested()) {
      elsewhere.execute(this::handOverInTurn);
    } else {
      handOverInTurn();
    }
  }

  /** One that throws hears no more, and has had everything. */
  private void tell(Subscriber<? super E> told) {
    try {
      told.onSubscribe(this);
    } catch (Throwable thrown) {
      subscriber = null;
      listener.ended(thrown);
      throw thrown;
    }
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
    if (listener.requested() && wip.getAndIncrement() == 0) {
      elsewhere.execute(this::handOverInTurn);
    }
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
    drain();
  }

  long requested() {
    return requested.get();
  }

  /** Hands over what there is and was asked for. */
  void drain() {
    if (wip.getAndIncrement() == 0) { // otherwise the thread that is at it looks again
      handOverInTurn();
    }
  }

  private void handOverInTurn() {
    int seen = 1;
    do {
      handOverAll();
      seen = wip.addAndGet(-seen);
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
        wip.set(0);
        throw thrown;
      }
    }
  }

  private void end(Subscriber<? super E> to, @Nullable Throwable failure) {
    subscriber = null;
    Throwable how = failure;
    try {
      if (failure == null) {
        to.onComplete();
      } else {
        to.onError(failure);
      }
    } catch (Throwable thrown) {
      if (listener.threw(this, thrown)) {
        throw thrown;
      }
      how = thrown;
    }
    listener.ended(how);
  }
}
