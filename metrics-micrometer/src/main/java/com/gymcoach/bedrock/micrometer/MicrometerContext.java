package com.gymcoach.bedrock.micrometer;

import com.gymcoach.bedrock.cache.ContextPropagation;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.Objects;

/**
 * Carries thread-locals from the caller's thread to the thread on which the wrapped client is
 * called: those for which a {@link ThreadLocalAccessor} is registered with Micrometer's
 * context-propagation, such as the current observation.
 *
 * <pre>{@code
 * BedrockCache cache =
 *     BedrockCache.builder().contextPropagation(MicrometerContext.propagation()).build();
 * }</pre>
 */
public final class MicrometerContext {
  private MicrometerContext() {}

  /**
   * Returns a propagation of all thread-locals registered with {@link
   * ContextRegistry#getInstance()}. A thread-local that is not set on the caller's thread is not
   * set during the call either. After the call the thread has its previous values again.
   */
  public static ContextPropagation propagation() {
    // Without clearMissing, a value left on the thread by another caller would be visible.
    return propagation(ContextSnapshotFactory.builder().clearMissing(true).build());
  }

  /**
   * Returns a propagation of the thread-locals that a factory captures.
   *
   * @param snapshots the factory; unless it is built with {@code clearMissing(true)}, a
   *     thread-local that the caller's thread has not set keeps the value of the other thread
   */
  public static ContextPropagation propagation(ContextSnapshotFactory snapshots) {
    Objects.requireNonNull(snapshots, "snapshots");
    return () -> snapshots.captureAll().wrapExecutor(Runnable::run);
  }
}
