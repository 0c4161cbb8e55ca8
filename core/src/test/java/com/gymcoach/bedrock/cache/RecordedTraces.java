package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.tracing.CallTracer;
import com.gymcoach.bedrock.cache.spi.tracing.Trace;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A tracer that keeps its traces, and may throw at any of its methods. */
final class RecordedTraces implements CallTracer {
  /** The trace that is current on a thread. */
  static final ThreadLocal<@Nullable Trace> CURRENT = new ThreadLocal<>();

  /** The tracer's methods. */
  enum Method {
    BEGIN,
    MAKE_CURRENT,
    CLOSE,
    FOLLOWS,
    END
  }

  final List<Recorded> traces = new CopyOnWriteArrayList<>();

  /** Opens when a call follows another one. */
  final CountDownLatch following = new CountDownLatch(1);

  /** Called in each method; may throw. */
  volatile Consumer<Method> fault = method -> {};

  @Override
  public Trace begin(CallContext call) {
    fault.accept(Method.BEGIN);
    Recorded begun = new Recorded(call);
    traces.add(begun);
    return begun;
  }

  /** A trace, and what it was told. */
  final class Recorded implements Trace {
    final CallContext call;
    final List<Trace> leaders = new CopyOnWriteArrayList<>();
    final CountDownLatch ended = new CountDownLatch(1);
    volatile @Nullable CacheOutcome outcome;
    volatile @Nullable TokenUsage usage;
    volatile @Nullable Throwable failure;

    Recorded(CallContext call) {
      this.call = call;
    }

    @Override
    public Scope makeCurrent() {
      fault.accept(Method.MAKE_CURRENT);
      Trace before = CURRENT.get();
      CURRENT.set(this);
      return () -> {
        CURRENT.set(before);
        fault.accept(Method.CLOSE);
      };
    }

    @Override
    public void follows(Trace leader) {
      leaders.add(leader);
      following.countDown();
      fault.accept(Method.FOLLOWS);
    }

    @Override
    public void end(
        @Nullable CacheOutcome how, @Nullable TokenUsage tokens, @Nullable Throwable why) {
      if (ended.getCount() == 0) {
        throw new IllegalStateException("ended twice");
      }
      outcome = how;
      usage = tokens;
      failure = why;
      ended.countDown();
      fault.accept(Method.END);
    }
  }
}
