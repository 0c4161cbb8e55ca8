package com.gymcoach.bedrock.cache;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A setting that is either a fixed value or read from the service's supplier while the cache runs.
 * If the supplier fails, the last value stays in force. Thread-safe.
 */
final class DynamicSetting<T> {
  /** Supplies a value that cannot change, so that no call has to ask for it. */
  record Fixed<T>(T value) implements Supplier<T> {
    @Override
    public T get() {
      return value;
    }
  }

  private final Consumer<Throwable> failures;
  private volatile Supplier<? extends @Nullable T> decides;
  private volatile T last;

  /**
   * Creates a setting that has the value {@code before} until the supplier first returns one.
   *
   * @param failures receives every exception that {@code decides} throws
   */
  DynamicSetting(Supplier<? extends @Nullable T> decides, T before, Consumer<Throwable> failures) {
    this.failures = failures;
    this.decides = decides;
    this.last = before;
  }

  T get() {
    T decided;
    try {
      decided = decides.get();
    } catch (Throwable failed) { // in Kotlin or Scala a callback may throw checked exceptions
      failures.accept(failed);
      return last;
    }
    if (decided == null) {
      return last;
    }
    if (decided != last) {
      last = decided;
    }
    return decided;
  }

  /** Returns whether the value stays until {@link #set} changes it. */
  boolean isFixed() {
    return decides instanceof Fixed;
  }

  void set(T value) {
    decides = new Fixed<>(value);
    last = value;
  }
}
