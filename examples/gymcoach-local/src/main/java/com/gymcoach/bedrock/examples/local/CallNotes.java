package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.tracing.CallTracer;
import com.gymcoach.bedrock.cache.spi.tracing.Trace;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notes how the cache handled each call, for the thread that made it. The function's reply says
 * only where an answer came from; this says why, and what failed meanwhile. Thread-safe.
 */
final class CallNotes implements CallTracer, MetricsSink {
  /** How the cache handled a call, and the faults that its caller did not notice. */
  record Note(CacheOutcome outcome, Set<CacheFault> faults) {
    /** Returns the reason's name; empty if there is none. */
    String reason() {
      return outcome.reason().map(Enum::name).orElse("");
    }

    /** Returns the faults' names, sorted, with commas between. */
    String faultNames() {
      return faults.stream().map(Enum::name).sorted().collect(Collectors.joining(", "));
    }
  }

  private final ThreadLocal<Optional<Note>> latest = ThreadLocal.withInitial(Optional::empty);

  /**
   * The faults of calls that have not returned yet, by their outcome. The sink may hear of a call
   * on another thread than the caller's. The trace then ends on the caller's thread, with the same
   * outcome object.
   */
  private final Map<CacheOutcome, Set<CacheFault>> faults =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /** Returns the note on the latest call of this thread, once. Empty if it made none. */
  Optional<Note> take() {
    Optional<Note> note = latest.get();
    latest.remove();
    return note;
  }

  @Override
  public void record(CacheEvent event) {
    if (!event.faults().isEmpty() && !event.background()) {
      faults.put(event.outcome(), Set.copyOf(event.faults()));
    }
  }

  @Override
  public Trace begin(CallContext call) {
    return new Trace() {
      @Override
      public Scope makeCurrent() {
        return () -> {};
      }

      @Override
      public void end(
          @Nullable CacheOutcome outcome, @Nullable TokenUsage usage, @Nullable Throwable failure) {
        if (outcome != null) {
          Set<CacheFault> met = faults.remove(outcome);
          latest.set(Optional.of(new Note(outcome, met == null ? Set.of() : met)));
        }
      }
    };
  }
}
