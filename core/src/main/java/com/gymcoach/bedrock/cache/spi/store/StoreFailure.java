package com.gymcoach.bedrock.cache.spi.store;

import java.util.Objects;

/**
 * A {@link StoreGuard}'s view of a failed request: how to name it in the log, and whether it counts
 * against the backend.
 *
 * @param name the name in the log, such as an error code or the exception's class. Never its
 *     message, which may contain a key
 * @param kind whether and how it counts
 */
public record StoreFailure(String name, Kind kind) {
  /** Whether a failure counts against the backend. */
  public enum Kind {
    /** Counts as one of the failures that open the circuit breaker. */
    ORDINARY,
    /** Opens the circuit breaker at once and for long: only an operator can end it. */
    PERMANENT,
    /** Says nothing about the backend, such as an interrupt of the caller. */
    UNRELATED
  }

  /** Checks that nothing is null. */
  public StoreFailure {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
  }

  /** Returns an ordinary failure, named after the exception's class. */
  public static StoreFailure ordinary(Throwable failure) {
    return new StoreFailure(failure.getClass().getSimpleName(), Kind.ORDINARY);
  }
}
