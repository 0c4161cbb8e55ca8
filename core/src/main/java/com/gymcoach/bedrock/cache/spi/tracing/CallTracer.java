package com.gymcoach.bedrock.cache.spi.tracing;

import com.gymcoach.bedrock.cache.CallContext;
import org.jspecify.annotations.Nullable;

/**
 * Traces calls through the cache. {@code OpenTelemetryTracer} of {@code
 * bedrock-cache-telemetry-opentelemetry} makes a span for each call. Implementations must be
 * thread-safe and quick. If a tracer or a trace throws, the call continues without it, and the
 * fault {@code CALLBACK_FAILED} is counted.
 */
@FunctionalInterface
public interface CallTracer {
  /**
   * Begins the trace of a call, on the caller's thread, when the cache has decided how to handle
   * the call. Not called while the mode is {@link com.gymcoach.bedrock.cache.CacheMode#OFF}.
   *
   * @return the trace, or null to leave this call untraced
   */
  @Nullable Trace begin(CallContext call);
}
