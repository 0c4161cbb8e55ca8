package com.gymcoach.bedrock.cache;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What somebody else decides while the cache runs; their failure changes nothing. Thread-safe. */
final class DynamicSetting<T> {
  private final Consumer<Throwable> failures;
  private volatile Supplier<? extends @Nullable T> decides;
  private volatile T last;

  /**
   * Returns a switch that stands so until somebody has decided.
   *
   * @param failures is given what {@code decides} throws
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
    } catch (Throwable failed) { // a callback: in other languages they throw what they like
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
