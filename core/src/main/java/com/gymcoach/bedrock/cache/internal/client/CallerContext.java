package com.gymcoach.bedrock.cache.internal.client;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a caller's thread held when it made its call. The wrapped client is called in it. */
public final class CallerContext {
  private final @Nullable Executor captured;
  private final Consumer<Throwable> failures;

  private CallerContext(@Nullable Executor captured, Consumer<Throwable> failures) {
    this.captured = captured;
    this.failures = failures;
  }

  /**
   * Captures what this thread holds.
   *
   * @param capture the service's own code
   * @param failures is given what that code throws, now or later
   */
  public static CallerContext capture(Supplier<Executor> capture, Consumer<Throwable> failures) {
    try {
      return new CallerContext(capture.get(), failures);
    } catch (Throwable broken) { // in other languages callbacks throw what they like
      failures.accept(broken);
      return new CallerContext(null, failures);
    }
  }

  /** Calls the client once, whatever the service's code does, and returns or throws as it does. */
  public <T> T call(Supplier<T> client) {
    Executor context = captured;
    if (context == null) {
      return client.get();
    }
    FutureTask<T> call = new FutureTask<>(client::get);
    try {
      context.execute(call);
    } catch (Throwable broken) { // in other languages callbacks throw what they like
      failures.accept(broken);
    }
    call.run(); // does nothing where it has run
    return result(call);
  }

  private static <T> T result(FutureTask<T> call) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return call.get();
        } catch (InterruptedException e) { // an executor that took another thread after all
          interrupted = true;
        } catch (ExecutionException e) {
          throw CallerContext.<RuntimeException>asIs(e.getCause() == null ? e : e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // thrown on as it came
  private static <X extends Throwable> X asIs(Throwable failure) throws X {
    throw (X) failure;
  }
}
