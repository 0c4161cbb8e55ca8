package com.gymcoach.bedrock.cache.spi.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A check that a request passes just before it is sent, on the thread that sends it. A store gets
 * it from {@link StoreGuard#go}; the request's budget starts there.
 */
public interface BeforeSend {
  /** Sends every request. */
  BeforeSend OPEN =
      new BeforeSend() {
        @Override
        public <T> CompletableFuture<T> pass(Supplier<CompletableFuture<T>> call) {
          return call.get();
        }
      };

  /** Sends the request, or returns a failed future instead. */
  <T> CompletableFuture<T> pass(Supplier<CompletableFuture<T>> call);

  /**
   * Returns whether the request is a probe, which only tries the backend: no caller waits for it.
   */
  default boolean isProbe() {
    return false;
  }

  /**
   * Returns this check, with requests that are sent in a context.
   *
   * @param context as for {@link CacheStore#read(StoreQuery, Executor)}, or null if there is none
   */
  default BeforeSend in(@Nullable Executor context) {
    if (context == null) {
      return this;
    }
    BeforeSend check = this;
    return new BeforeSend() {
      @Override
      public <T> CompletableFuture<T> pass(Supplier<CompletableFuture<T>> call) {
        return check.pass(() -> StoreThreads.callIn(context, call));
      }

      @Override
      public boolean isProbe() {
        return check.isProbe();
      }
    };
  }
}
