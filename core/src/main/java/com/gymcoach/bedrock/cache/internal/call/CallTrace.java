package com.gymcoach.bedrock.cache.internal.call;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.tracing.CallTracer;
import com.gymcoach.bedrock.cache.spi.tracing.Trace;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call's trace, guarded: whatever the service's tracer throws changes nothing for the caller.
 * Thread-safe.
 */
public final class CallTrace {
  private final Trace trace;
  private final Consumer<Throwable> failures;
  private volatile @Nullable CacheOutcome outcome;
  private volatile @Nullable TokenUsage usage;
  private final AtomicBoolean ended = new AtomicBoolean();

  private CallTrace(Trace trace, Consumer<Throwable> failures) {
    this.trace = trace;
    this.failures = failures;
  }

  /**
   * Begins a trace. Returns null if the tracer does not trace this call, or throws.
   *
   * @param failures receives each exception that the tracer's code throws, now or later
   */
  public static @Nullable CallTrace begin(
      CallTracer tracer, CallContext call, Consumer<Throwable> failures) {
    try {
      Trace trace = tracer.begin(call);
      return trace == null ? null : new CallTrace(trace, failures);
    } catch (Throwable broken) { // callbacks in other JVM languages can throw any Throwable
      failures.accept(broken);
      return null;
    }
  }

  /** Runs code exactly once, in the trace if there is one, and returns or throws what it does. */
  public static <T> T in(@Nullable CallTrace trace, Supplier<T> code) {
    if (trace == null) {
      return code.get();
    }
    Trace.Scope scope = trace.enter();
    try {
      return code.get();
    } finally {
      if (scope != null) {
        trace.guarded(scope::close);
      }
    }
  }

  /** Runs a task exactly once in the trace, and throws what it throws. */
  public void run(Runnable task) {
    Object unused =
        in(
            this,
            () -> {
              task.run();
              return this;
            });
  }

  private Trace.@Nullable Scope enter() {
    try {
      return trace.makeCurrent();
    } catch (Throwable broken) { // callbacks in other JVM languages can throw any Throwable
      failures.accept(broken);
      return null;
    }
  }

  /** Records that the call follows another one. */
  public void follows(CallTrace leader) {
    guarded(() -> trace.follows(leader.trace));
  }

  /** Records how the call is handled, as far as it is known. A later call replaces this. */
  public void outcome(CacheOutcome known, @Nullable TokenUsage tokens) {
    outcome = known;
    usage = tokens;
  }

  /** Ends the trace, with the failure that the caller gets, or null. Later calls have no effect. */
  public void end(@Nullable Throwable failure) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    Throwable seen = failure == null ? null : Result.bare(failure);
    guarded(() -> trace.end(outcome, usage, seen));
  }

  private void guarded(Runnable told) {
    try {
      told.run();
    } catch (Throwable broken) { // callbacks in other JVM languages can throw any Throwable
      failures.accept(broken);
    }
  }
}
