package com.gymcoach.bedrock.cache.internal.stream;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs actions, in order, after the caller's subscriber has received everything, or when the SDK
 * tries again. Actions come from one thread at a time; the subscriber may be on another thread.
 */
final class AfterDelivery {
  /** Completes when the subscriber has received everything; null while there is no subscriber. */
  private volatile @Nullable CompletableFuture<Void> delivery;

  /** Completes when all actions have run. */
  private volatile CompletableFuture<Void> lastAction = CompletableFuture.completedFuture(null);

  /**
   * Begins a stream that has no subscriber yet. If the SDK tries again, this ends the wait for the
   * attempt before: its subscriber may never ask for the rest.
   */
  void streamBegun() {
    delivered();
    delivery = null;
  }

  /** Records that the stream has a subscriber, to wait for. */
  void subscribed() {
    delivery = new CompletableFuture<>();
  }

  /** Records that the subscriber has received everything or will receive no more. */
  void delivered() {
    CompletableFuture<Void> waited = delivery;
    if (waited != null) {
      waited.complete(null);
    }
  }

  /**
   * Runs an action: at once if nothing has to be waited for.
   *
   * @return a stage that fails if the action is run later and throws; the actions behind it still
   *     run
   */
  CompletableFuture<Void> run(Runnable action) {
    CompletableFuture<Void> waited = delivery;
    CompletableFuture<Void> before = lastAction;
    if ((waited == null || waited.isDone()) && before.isDone()) {
      action.run();
      return before;
    }
    CompletableFuture<Void> both =
        waited == null ? before : CompletableFuture.allOf(before, waited);
    CompletableFuture<Void> ran = both.thenRun(action);
    lastAction = ran.exceptionally(thrown -> null);
    return ran;
  }
}
