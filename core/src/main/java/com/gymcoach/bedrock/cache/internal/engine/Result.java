package com.gymcoach.bedrock.cache.internal.engine;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A value or the failure that came in its place. Stages carry it as their value, because a failed
 * stage would wrap the exception on its way and the caller is owed the very same object.
 */
public record Result<T extends @Nullable Object>(
    @Nullable T valueOrNull, @Nullable Throwable failure) {

  /** Returns the success. */
  public static <T extends @Nullable Object> Result<T> of(T value) {
    return new Result<>(value, null);
  }

  /** Returns the failure. */
  public static <T extends @Nullable Object> Result<T> failed(Throwable failure) {
    return new Result<>(null, Objects.requireNonNull(failure));
  }

  /** Returns what went wrong, without what a stage, or the SDK's async client, wraps around it. */
  public static Throwable bare(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** Returns whether there is a value. */
  public boolean ok() {
    return failure == null;
  }
}
