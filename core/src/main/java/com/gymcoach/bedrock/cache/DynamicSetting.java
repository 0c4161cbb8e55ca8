package com.gymcoach.bedrock.cache;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A setting read from the service's supplier while the cache runs. If the supplier fails, the last
 * value stays in force. Thread-safe.
 */
final class DynamicSetting<T> {
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

  void set(T value) {
    decides = () -> value;
    last = value;
  }
}
