package com.gymcoach.bedrock.cache.internal.call;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A value or the failure in its place. Stages carry it as their value, because a failed stage would
 * wrap the exception, and the caller must get the same exception object.
 */
public record Result<T extends @Nullable Object>(
    @Nullable T valueOrNull, @Nullable Throwable failure) {

  /** Returns a successful result. */
  public static <T extends @Nullable Object> Result<T> of(T value) {
    return new Result<>(value, null);
  }

  /** Returns a failed result. */
  public static <T extends @Nullable Object> Result<T> failed(Throwable failure) {
    return new Result<>(null, Objects.requireNonNull(failure));
  }

  /** Returns the exception without the wrapper added by a stage or by the SDK's async client. */
  public static Throwable bare(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** Returns whether there is a value. */
  public boolean ok() {
    return failure == null;
  }

  /** Returns the value, or throws the failure unchanged and whatever its type. */
  public @Nullable T orThrow() {
    if (failure != null) {
      throw Result.<RuntimeException>unchanged(failure);
    }
    return valueOrNull;
  }

  /** Throws an exception unchanged, whatever its type. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // a sneaky throw is just that
  public static <E extends Throwable> E unchanged(Throwable failure) throws E {
    throw (E) failure;
  }
}
