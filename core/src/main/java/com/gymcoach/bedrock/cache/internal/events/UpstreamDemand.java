package com.gymcoach.bedrock.cache.internal.events;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * Requests events from Bedrock's stream: one thread at a time, in a loop, and never more than were
 * wanted. While the caller's {@code onSubscribe} runs, demand made on its thread is held back, so
 * no event arrives before the caller knows its subscription.
 */
final class UpstreamDemand {
  private final LongSupplier wanted;
  private final AtomicInteger wip = new AtomicInteger();
  private volatile @Nullable Subscription subscription;

  /** The thread that announces the subscription to the caller, while it does so. */
  private volatile @Nullable Thread announcingThread;

  /**
   * The invalid demand that the caller made within its {@code onSubscribe}, or 0; used only by that
   * thread.
   */
  private long heldInvalidDemand;

  /** The number of events requested in total; used only by the thread that requests. */
  private long requested;

  /**
   * Creates the demand of a stream that has not begun.
   *
   * @param wanted supplies the total number of events wanted so far
   */
  UpstreamDemand(LongSupplier wanted) {
    this.wanted = wanted;
  }

  /**
   * Begins with Bedrock's subscription, and announces the caller's own subscription to it on this
   * thread. Call {@link #update} next.
   *
   * @param caller the caller's subscription, or null if it is not to be announced
   */
  void begin(Subscription given, @Nullable BufferSubscription<?> caller) {
    subscription = given;
    if (caller == null) {
      return;
    }
    announcingThread = Thread.currentThread();
    try {
      caller.begin();
    } finally {
      announcingThread = null;
    }
    if (heldInvalidDemand != 0) {
      send(heldInvalidDemand);
    }
  }

  /** Requests the events that are wanted and have not been requested. */
  void update() {
    Subscription from = subscription;
    if (from == null || isAnnouncing() || wip.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      long goal = wanted.getAsLong();
      if (goal > requested) {
        long more = goal == Long.MAX_VALUE ? Long.MAX_VALUE : goal - requested;
        requested = goal;
        from.request(more);
      }
      seen = wip.addAndGet(-seen);
    } while (seen != 0);
  }

  /** Passes an invalid demand of zero or less to the SDK, which handles it as without a cache. */
  void requestInvalid(long n) {
    if (isAnnouncing()) {
      heldInvalidDemand = n == 0 ? Long.MIN_VALUE : n;
    } else {
      send(n);
    }
  }

  /** Cancels Bedrock's stream, if it has begun. */
  void cancel() {
    Subscription held = subscription;
    if (held != null) {
      held.cancel();
    }
  }

  private boolean isAnnouncing() {
    return announcingThread == Thread.currentThread();
  }

  private void send(long n) {
    Subscription to = subscription;
    if (to != null) {
      to.request(n);
    }
  }
}
