package com.gymcoach.bedrock.cache.internal.events;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a caller's handler, and after it, on the same thread, the delivery that the handler has
 * asked for. This spares a second thread where the handler subscribes and requests, as the SDK's
 * own handlers do.
 *
 * <p>A delivery never runs inside the handler, because the handler may not be ready for it. A
 * delivery that another thread asks for runs on the executor. Thread-safe.
 */
public final class HandlerThread implements Executor {
  private final Executor executor;

  /** The thread that runs the handler, while it does so. */
  private volatile @Nullable Thread inHandler;

  /** The delivery that is to run after the handler. */
  private final AtomicReference<@Nullable Runnable> held = new AtomicReference<>();

  /**
   * Creates one for a single handler.
   *
   * @param executor runs the deliveries that are not asked for by the handler
   */
  public HandlerThread(Executor executor) {
    this.executor = executor;
  }

  /** Runs the handler, and then the delivery that it has asked for. */
  public void run(Runnable handler) {
    inHandler = Thread.currentThread();
    try {
      handler.run();
    } finally {
      inHandler = null;
      Runnable delivery = held.getAndSet(null);
      if (delivery != null) {
        delivery.run();
      }
    }
  }

  /** Holds the delivery until the handler has returned, if the handler asks for it. */
  @Override
  public void execute(Runnable delivery) {
    if (inHandler == Thread.currentThread()) {
      held.set(delivery);
    } else {
      executor.execute(delivery);
    }
  }

  /**
   * Hands a held delivery to the executor, if another thread than the handler's calls this: that
   * one waits for it, and the handler may be slow.
   */
  public void release() {
    if (held.get() == null || inHandler == Thread.currentThread()) {
      return;
    }
    Runnable delivery = held.getAndSet(null);
    if (delivery != null) {
      executor.execute(delivery);
    }
  }
}
