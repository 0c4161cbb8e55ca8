package com.gymcoach.bedrock.opentelemetry;

import com.gymcoach.bedrock.cache.ContextPropagation;
import io.opentelemetry.context.Context;

/**
 * Carries OpenTelemetry's context from the caller's thread to the thread on which the wrapped
 * client is called, so that the span of the call to Bedrock is a child of the caller's span.
 *
 * <pre>{@code
 * BedrockCache cache =
 *     BedrockCache.builder().contextPropagation(OpenTelemetryContext.propagation()).build();
 * }</pre>
 */
public final class OpenTelemetryContext {
  private OpenTelemetryContext() {}

  /**
   * Returns a propagation of {@link Context#current()}: the current span, the baggage and
   * everything else in it. After the call the thread has its previous context again.
   */
  public static ContextPropagation propagation() {
    return () -> Context.current().wrap(Runnable::run);
  }
}
