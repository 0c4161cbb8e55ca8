package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.call.Result;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The context of a caller's thread at the time of its call. A call made later, on another thread,
 * runs in this context.
 */
public final class CallerContext {
  private final @Nullable Executor captured;
  private final Consumer<Throwable> failures;

  private CallerContext(@Nullable Executor captured, Consumer<Throwable> failures) {
    this.captured = captured;
    this.failures = failures;
  }

  /**
   * Captures the context of the current thread.
   *
   * @param capture the service's code that captures the context
   * @param failures receives each exception that this code throws, now or later
   */
  public static CallerContext capture(Supplier<Executor> capture, Consumer<Throwable> failures) {
    try {
      return new CallerContext(capture.get(), failures);
    } catch (Throwable broken) { // callbacks in other JVM languages can throw any Throwable
      failures.accept(broken);
      return new CallerContext(null, failures);
    }
  }

  /**
   * Calls the client exactly once, whatever the service's code does. Returns or throws what the
   * client returns or throws.
   */
  public <T> T call(Supplier<T> client) {
    Executor context = captured;
    if (context == null) {
      return client.get();
    }
    FutureTask<T> call = new FutureTask<>(client::get);
    try {
      context.execute(call);
    } catch (Throwable broken) { // callbacks in other JVM languages can throw any Throwable
      failures.accept(broken);
    }
    call.run(); // no effect if the executor has already run it
    return result(call);
  }

  private static <T> T result(FutureTask<T> call) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return call.get();
        } catch (InterruptedException e) { // the executor is running the call on another thread
          interrupted = true;
        } catch (ExecutionException e) {
          throw Result.<RuntimeException>unchanged(e.getCause() == null ? e : e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
