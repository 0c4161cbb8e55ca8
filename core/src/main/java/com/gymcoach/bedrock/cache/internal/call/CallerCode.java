package com.gymcoach.bedrock.cache.internal.call;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tracks whether the caller's code is running inside a call: its stream handler, its subscriber or
 * a policy. Followers must not wait for such code, because it may never return. A thread inside it
 * must not wait for the call at all. Thread-safe.
 */
public final class CallerCode {
  private final Callback handler = new Callback();
  private final Callback subscriber = new Callback();
  private final Callback ending = new Callback();
  private final Callback service = new Callback();

  /**
   * One kind of callback. Callbacks of one kind run one after another, as the SDK and Reactive
   * Streams require, and do not nest.
   */
  public static final class Callback {
    private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();
    private int entered;
    private int enteredAtLastCheck;
    private int checksInside;

    private Callback() {}

    /**
     * Marks that the callback begins on this thread. Uses no memory fence, because it runs for each
     * event.
     */
    public void enter() {
      entered++;
      inside.lazySet(Thread.currentThread());
    }

    /** Marks that the callback has returned or thrown. */
    public void exit() {
      inside.lazySet(null);
    }

    /**
     * Returns for how many checks in a row, including this one, the same callback has been running.
     */
    private int check() {
      boolean same = inside.get() != null && entered == enteredAtLastCheck;
      checksInside = same ? checksInside + 1 : 0;
      enteredAtLastCheck = entered;
      return checksInside;
    }
  }

  /** Returns the callbacks at the start of a stream, such as {@code responseReceived}. */
  public Callback handler() {
    return handler;
  }

  /** Returns the callbacks of the stream's subscriber. */
  public Callback subscriber() {
    return subscriber;
  }

  /** Returns the callbacks at the end of a stream. */
  public Callback ending() {
    return ending;
  }

  /** Returns the callbacks to the service's policies, store and sealer. */
  public Callback service() {
    return service;
  }

  /** Returns whether this thread is inside one of the callbacks. */
  public boolean isRunningOnThisThread() {
    Thread current = Thread.currentThread();
    return handler.inside.get() == current
        || subscriber.inside.get() == current
        || ending.inside.get() == current
        || service.inside.get() == current;
  }

  /**
   * Returns for how many checks in a row the same callback has been running. Call it at equal
   * intervals, from one thread at a time.
   */
  public int check() {
    return Math.max(
        Math.max(handler.check(), subscriber.check()), Math.max(ending.check(), service.check()));
  }
}
