package com.gymcoach.bedrock.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store's one connection. It is made on the store's threads, at first when the store is built.
 * Lettuce connects again by itself when a connection breaks; a connection that has become silent,
 * or could not be made, is replaced here. Thread-safe.
 */
final class Links {
  private final Supplier<CompletionStage<Link>> connector;
  private final Executor threads;
  private final AtomicReference<@Nullable CompletableFuture<Link>> current =
      new AtomicReference<>();
  private volatile boolean closed;

  Links(Supplier<CompletionStage<Link>> connector, Executor threads) {
    this.connector = connector;
    this.threads = threads;
  }

  /**
   * Returns the connection, or the one that is being made. Fails at once while Lettuce is
   * connecting again: requests must not pile up for a server that is away.
   */
  CompletableFuture<Link> get() {
    CompletableFuture<Link> now = current.get();
    if (now == null || now.isCompletedExceptionally()) {
      CompletableFuture<Link> next = new CompletableFuture<>();
      if (!current.compareAndSet(now, next)) {
        return get();
      }
      connect(next);
      now = next;
    }
    Link made = made(now);
    return made != null && !made.isOpen()
        ? CompletableFuture.failedFuture(new RedisFailures.NotConnectedException())
        : now.copy();
  }

  private void connect(CompletableFuture<Link> next) {
    try {
      threads.execute(() -> connectHere(next));
    } catch (Throwable refused) { // also if there is no thread: the caller's request fails with it
      next.completeExceptionally(refused);
    }
    if (closed) {
      drop(next);
    }
  }

  private void connectHere(CompletableFuture<Link> next) {
    try {
      connector
          .get()
          .whenComplete(
              (link, failure) -> {
                if (failure != null) {
                  next.completeExceptionally(RedisFailures.bare(failure));
                } else if (!next.complete(link)) {
                  link.close(); // given up in the meantime
                }
              });
    } catch (Throwable thrown) { // the client is shut down, or refuses its own settings
      next.completeExceptionally(thrown);
    }
  }

  /** Gives the connection up, so that the next request makes another. */
  void replace() {
    CompletableFuture<Link> now = current.get();
    if (now != null) {
      replace(now);
    }
  }

  /** Gives the connection up if it is still this one. */
  void replace(Link useless) {
    CompletableFuture<Link> now = current.get();
    if (now != null && useless.equals(made(now))) {
      replace(now);
    }
  }

  /** Returns the connection, or null if it is being made or could not be made. */
  private static @Nullable Link made(CompletableFuture<Link> connection) {
    return connection.isDone() && !connection.isCompletedExceptionally() ? connection.join() : null;
  }

  private void replace(CompletableFuture<Link> now) {
    if (current.compareAndSet(now, null)) {
      drop(now);
    }
  }

  private static void drop(CompletableFuture<Link> given) {
    if (!given.completeExceptionally(new RedisFailures.NotConnectedException())
        && !given.isCompletedExceptionally()) {
      given.join().close();
    }
  }

  void close() {
    closed = true;
    replace();
  }
}
