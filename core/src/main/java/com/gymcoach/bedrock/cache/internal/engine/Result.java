package com.gymcoach.bedrock.cache.internal.engine;

import java.util.Objects;
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

  /** Returns whether there is a value. */
  public boolean ok() {
    return failure == null;
  }
}
