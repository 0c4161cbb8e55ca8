package com.gymcoach.bedrock.cache;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.MDC;

/**
 * Carries what a caller's thread holds, such as a trace's span or the MDC, to the thread on which
 * the wrapped client is called. An async call that misses in the store reaches the wrapped client
 * on a thread of the store's client; the bare client would be called on the caller's.
 *
 * <p>OpenTelemetry's context is carried by {@code OpenTelemetryContext.propagation()} of {@code
 * bedrock-cache-telemetry-opentelemetry}, and what is registered with Micrometer's
 * context-propagation by {@code MicrometerContext.propagation()} of {@code
 * bedrock-cache-metrics-micrometer}. A plain thread-local, such as one that an interceptor reads,
 * needs an implementation of its own.
 *
 * <p>Implementations must be thread-safe. If one throws, the call is made without it, and the fault
 * {@code CALLBACK_FAILED} is counted.
 */
@FunctionalInterface
public interface ContextPropagation {
  /**
   * Captures the context of the thread that calls this.
   *
   * @return an executor that runs a task in that context, on the thread that hands the task over
   *     and before it returns, and then puts back what that thread held. It is used once for each
   *     call that is made to the wrapped client
   */
  Executor capture();

  /** Returns one that captures nothing. */
  static ContextPropagation none() {
    return () -> Runnable::run;
  }

  /** Returns one that carries SLF4J's MDC. */
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

  /** Returns one that carries what each of these carries. */
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
