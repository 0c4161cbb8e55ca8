package com.gymcoach.bedrock.opentelemetry;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.tracing.CallTracer;
import com.gymcoach.bedrock.cache.spi.tracing.Trace;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Passes calls on to a tracer and counts: a span that is ended twice shows only here. */
final class CountedTraces implements CallTracer {
  private final CallTracer tracer;

  /** How often each trace has been ended. */
  final List<AtomicInteger> ends = new CopyOnWriteArrayList<>();

  final AtomicInteger openScopes = new AtomicInteger();

  CountedTraces(CallTracer tracer) {
    this.tracer = tracer;
  }

  @Override
  public @Nullable Trace begin(CallContext call) {
    Trace trace = tracer.begin(call);
    AtomicInteger ended = new AtomicInteger();
    ends.add(ended);
    return trace == null ? null : new Counted(trace, ended);
  }

  private final class Counted implements Trace {
    private final Trace trace;
    private final AtomicInteger ended;

    Counted(Trace trace, AtomicInteger ended) {
      this.trace = trace;
      this.ended = ended;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // the cache closes it, as the interface says
    public Scope makeCurrent() {
      Scope scope = trace.makeCurrent();
      openScopes.incrementAndGet();
      return () -> {
        openScopes.decrementAndGet();
        scope.close();
      };
    }

    @Override
    public void follows(Trace leader) {
      trace.follows(((Counted) leader).trace);
    }

    @Override
    public void end(
        @Nullable CacheOutcome outcome, @Nullable TokenUsage usage, @Nullable Throwable failure) {
      ended.incrementAndGet();
      trace.end(outcome, usage, failure);
    }
  }
}
