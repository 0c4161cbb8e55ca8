package com.gymcoach.bedrock.cache.internal.events;

import com.gymcoach.bedrock.cache.internal.events.EventBuffer.Cursor;
import com.gymcoach.bedrock.cache.internal.events.EventBuffer.End;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Delivers the events of a buffer to one subscriber, according to its demand. A new event is
 * delivered on the thread that brings it. Events that are already buffered are delivered on the
 * executor, because the subscriber may process events on the thread on which it requests them: the
 * executor must not run a task within the call that submits it, unless the service chose so. One
 * thread at a time delivers, in a loop, so a subscriber that requests one more event within {@code
 * onNext} does not deepen the stack.
 */
public final class BufferSubscription<E> implements Subscription {

  /** Receives the events of a subscription's life. Never called while a lock is held. */
  public interface Listener {
    /** Called when there is a subscriber, before its {@code onSubscribe}. */
    void subscribed(BufferSubscription<?> reader);

    /**
     * Called when the subscriber requests events, before it receives any.
     *
     * @return whether to deliver buffered events now; if false, the thread that brings events
     *     delivers them
     */
    default boolean requested() {
      return true;
    }

    /**
     * Called when events or a failure wait for a delivery that has begun, or that the executor has
     * accepted.
     */
    default void deliveryAwaited() {}

    /**
     * Called when the subscriber requests zero or fewer events, which the specification forbids.
     */
    void invalidDemand(BufferSubscription<?> reader, long n);

    /** Called when the subscriber cancels. */
    void cancelled();

    /** Called when the subscriber has received everything, including the end. */
    void ended(@Nullable Throwable failure);

    /**
     * Called when the subscriber throws, which the specification forbids. It gets no more events.
     *
     * @return true to rethrow the exception to the code that brought the event, which then ends the
     *     stream; false if the listener ends it
     */
    boolean threw(BufferSubscription<?> reader, Throwable thrown);
  }

  private final Listener listener;
  private final Executor executor;
  private final AtomicLong requested = new AtomicLong();

  /**
   * Greater than zero while a thread delivers. Starts at 1 for the thread that calls {@link
   * #begin}.
   */
  private final AtomicInteger wip = new AtomicInteger(1);

  private final Cursor<E> position;
  private long delivered;
  private boolean subscriberThrew;
  private volatile @Nullable Throwable pendingFailure;

  /**
   * Null once the subscription is over, so that it does not keep the subscriber in memory (Reactive
   * Streams rule 3.13).
   */
  private volatile @Nullable Subscriber<? super E> subscriber;

  /** Creates a subscription. Call {@link #begin} next. */
  BufferSubscription(
      Cursor<E> from, Subscriber<? super E> subscriber, Listener listener, Executor executor) {
    this.position = from.copy();
    this.subscriber = Objects.requireNonNull(subscriber, "subscriber"); // Reactive Streams rule 1.9
    this.listener = listener;
    this.executor = executor;
  }

  /** Calls the subscriber's {@code onSubscribe}. From then on it may receive events. */
  void begin() {
    Subscriber<? super E> target = subscriber;
    if (target != null) {
      callOnSubscribe(target);
    }
    if (listener.requested()) {
      executor.execute(this::drainLoop);
    } else {
      drainLoop();
    }
  }

  /** Calls {@code onSubscribe}. If it throws, the subscription ends with that exception. */
  private void callOnSubscribe(Subscriber<? super E> target) {
    try {
      target.onSubscribe(this);
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
      listener.invalidDemand(this, n);
      return;
    }
    requested.updateAndGet(before -> before + n < 0 ? Long.MAX_VALUE : before + n);
    if (!listener.requested()) {
      return;
    }
    if (wip.getAndIncrement() == 0) {
      executor.execute(this::drainLoop);
    } else {
      listener.deliveryAwaited();
    }
  }

  @Override
  public void cancel() {
    if (subscriber != null) {
      subscriber = null;
      listener.cancelled();
    }
  }

  /** Ends the subscription with the given failure, ahead of any buffered events. */
  public void fail(Throwable failure) {
    pendingFailure = failure;
    if (wip.getAndIncrement() == 0) {
      drainLoop();
    } else {
      listener.deliveryAwaited();
    }
  }

  long requested() {
    return requested.get();
  }

  /** Delivers the events that are available and requested. */
  void drain() {
    if (wip.getAndIncrement() == 0) { // otherwise the delivering thread looks again
      drainLoop();
    }
  }

  private void drainLoop() {
    int seen = 1;
    do {
      deliverAvailable();
      seen = wip.addAndGet(-seen);
    } while (seen != 0);
  }

  private void deliverAvailable() {
    Subscriber<? super E> to;
    while ((to = subscriber) != null) {
      if (pendingFailure != null) {
        end(to, pendingFailure);
        return;
      }
      E event = position.event();
      if (event == null) {
        End end = position.end();
        if (end != null) {
          end(to, end.failure());
          return;
        }
        event = position.event(); // it may have come with the end
        if (event == null) {
          return;
        }
      }
      if (!subscriberThrew && delivered == requested.get()) {
        return;
      }
      position.advance();
      delivered++;
      if (!subscriberThrew) {
        deliver(to, event);
      }
    }
  }

  private void deliver(Subscriber<? super E> to, E event) {
    try {
      to.onNext(event);
    } catch (Throwable thrown) {
      subscriberThrew = true;
      if (listener.threw(this, thrown)) {
        wip.set(0);
        throw thrown;
      }
    }
  }

  private void end(Subscriber<? super E> to, @Nullable Throwable failure) {
    subscriber = null;
    Throwable result = failure;
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
      result = thrown;
    }
    listener.ended(result);
  }
}
