package com.gymcoach.bedrock.cache;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.MDC;

/**
 * Carries context held by a caller's thread, such as a trace span or the MDC, to the thread that
 * calls the wrapped client. If an async call misses in the store, the cache calls the wrapped
 * client on a thread of the store's client; without the cache, the call would run on the caller's
 * thread.
 *
 * <p>{@code OpenTelemetryContext.propagation()} of {@code bedrock-cache-telemetry-opentelemetry}
 * carries OpenTelemetry's context. {@code MicrometerContext.propagation()} of {@code
 * bedrock-cache-metrics-micrometer} carries everything registered with Micrometer's
 * context-propagation. A plain thread-local, such as one that an interceptor reads, needs its own
 * implementation.
 *
 * <p>Implementations must be thread-safe. If one throws, the call is made without the context, and
 * the fault {@code CALLBACK_FAILED} is counted.
 */
@FunctionalInterface
public interface ContextPropagation {
  /**
   * Captures the context of the current thread.
   *
   * @return an executor that runs a task in that context on the calling thread, before {@code
   *     execute} returns, and then restores that thread's previous context. It is used once for
   *     each call to the wrapped client
   */
  Executor capture();

  /** Returns a propagation that carries nothing. */
  static ContextPropagation none() {
    return () -> Runnable::run;
  }

  /** Returns a propagation that carries SLF4J's MDC. */
  static ContextPropagation mdc() {
    return () -> {
      Map<String, String> captured = MDC.getCopyOfContextMap();
      return task -> {
        Map<String, String> before = MDC.getCopyOfContextMap();
        MDC.setContextMap(captured == null ? Map.of() : captured);
        try {
          task.run();
        } finally {
          MDC.setContextMap(before == null ? Map.of() : before);
        }
      };
    };
  }

  /** Returns a propagation that combines the given ones. */
  static ContextPropagation all(ContextPropagation... several) {
    List<ContextPropagation> each = List.of(several);
    return () -> {
      Executor all = Runnable::run;
      for (ContextPropagation one : each) {
        Executor outer = all;
        Executor inner = one.capture();
        all = task -> outer.execute(() -> inner.execute(task));
      }
      return all;
    };
  }
}
