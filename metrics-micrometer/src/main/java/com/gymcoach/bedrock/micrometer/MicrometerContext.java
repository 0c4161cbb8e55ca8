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
 * BedrockCache.builder().contextPropagation(MicrometerContext.propagation())
 * }</pre>
 */
public final class MicrometerContext {
  private MicrometerContext() {}

  /**
   * Returns a propagation of all thread-locals that are registered with {@link
   * ContextRegistry#getInstance()}. A thread-local that the caller's thread has not set is not set
   * during the call either. After the call the thread has the values that it had before.
   */
  public static ContextPropagation propagation() {
    // Without clearMissing, a value that another caller left on the thread would be seen.
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
