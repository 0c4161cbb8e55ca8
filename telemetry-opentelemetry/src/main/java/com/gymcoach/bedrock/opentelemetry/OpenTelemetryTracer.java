package com.gymcoach.bedrock.opentelemetry;

import com.gymcoach.bedrock.cache.CacheMissException;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.tracing.CallTracer;
import com.gymcoach.bedrock.cache.spi.tracing.Trace;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span for each call through the cache. The spans of its requests to the store and to
 * Bedrock become its children, on whichever thread they are made.
 *
 * <pre>{@code
 * BedrockCache cache =
 *     BedrockCache.builder().tracer(OpenTelemetryTracer.create(openTelemetry)).build();
 * }</pre>
 *
 * <p>{@code docs/observability.md} lists the attributes. None holds a prompt, an answer, a user or
 * an exception's message. Thread-safe.
 */
public final class OpenTelemetryTracer implements CallTracer {
  private static final String SCOPE_NAME = "com.gymcoach.bedrock.cache";

  static final AttributeKey<String> ENDPOINT = AttributeKey.stringKey("bedrock.cache.endpoint");
  static final AttributeKey<String> RESULT = AttributeKey.stringKey("bedrock.cache.result");
  static final AttributeKey<String> SOURCE = AttributeKey.stringKey("bedrock.cache.source");
  static final AttributeKey<String> REASON = AttributeKey.stringKey("bedrock.cache.reason");
  static final AttributeKey<Long> AGE = AttributeKey.longKey("bedrock.cache.age_seconds");
  static final AttributeKey<Long> TOKENS_SAVED = AttributeKey.longKey("bedrock.cache.tokens_saved");

  // From the semantic conventions. Their token counts are left to the span of the call to Bedrock:
  // on a hit they would bill tokens that were not used.
  static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
  static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.request.model");
  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  private final Tracer tracer;

  private OpenTelemetryTracer(Tracer tracer) {
    this.tracer = tracer;
  }

  /** Returns a tracer whose spans go where this OpenTelemetry sends them. */
  public static OpenTelemetryTracer create(OpenTelemetry openTelemetry) {
    return new OpenTelemetryTracer(openTelemetry.getTracer(SCOPE_NAME));
  }

  @Override
  public Trace begin(CallContext call) {
    Context parent = Context.current();
    SpanBuilder builder =
        tracer
            .spanBuilder("bedrock.cache " + call.operation())
            .setParent(parent)
            .setAttribute(ENDPOINT, call.endpoint())
            .setAttribute(MODEL, call.modelId());
    if (call.operation().startsWith("Converse")) { // InvokeModel may also be an embedding
      builder.setAttribute(OPERATION, "chat");
    }
    Span span = builder.startSpan();
    return new SpanTrace(span, parent.with(span));
  }

  private record SpanTrace(Span span, Context context) implements Trace {

    @Override
    @SuppressWarnings("MustBeClosedChecker") // the cache closes it, as the interface says
    public Scope makeCurrent() {
      io.opentelemetry.context.Scope scope = context.makeCurrent();
      return scope::close;
    }

    @Override
    public void follows(Trace leader) {
      if (leader instanceof SpanTrace other) {
        span.addLink(other.span.getSpanContext());
      }
    }

    @Override
    public void end(
        @Nullable CacheOutcome outcome, @Nullable TokenUsage usage, @Nullable Throwable failure) {
      try {
        if (outcome != null) {
          describe(outcome, usage);
        }
        if (failure != null && !(failure instanceof CacheMissException)) {
          span.setAttribute(RESULT, "failed");
          span.setAttribute(ERROR_TYPE, failure.getClass().getName());
          span.setStatus(StatusCode.ERROR);
        }
      } finally {
        span.end(); // a span that stays open is never exported
      }
    }

    private void describe(CacheOutcome outcome, @Nullable TokenUsage usage) {
      span.setAttribute(RESULT, outcome.status().name().toLowerCase(Locale.ROOT));
      span.setAttribute(
          SOURCE,
          outcome.status() == CacheOutcome.Status.COALESCED
              ? "bedrock" // the leader's call
              : outcome.source().wireName());
      outcome.reason().ifPresent(reason -> span.setAttribute(REASON, reason.name()));
      if (outcome.status() == CacheOutcome.Status.HIT) {
        span.setAttribute(AGE, outcome.age().toSeconds());
      }
      if (outcome.cached() && usage != null) {
        span.setAttribute(TOKENS_SAVED, usage.input() + usage.output());
      }
    }
  }
}
