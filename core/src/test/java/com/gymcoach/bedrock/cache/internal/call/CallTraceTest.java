package com.gymcoach.bedrock.cache.internal.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.tracing.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A trace is ended once, and is current exactly while a task runs. */
class CallTraceTest {
  private final List<String> told = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  private final Trace trace =
      new Trace() {
        @Override
        public Scope makeCurrent() {
          told.add("current");
          return () -> told.add("closed");
        }

        @Override
        public void end(
            @Nullable CacheOutcome outcome,
            @Nullable TokenUsage usage,
            @Nullable Throwable failure) {
          told.add("end " + failure);
        }
      };

  private CallTrace begun() {
    return Objects.requireNonNull(
        CallTrace.begin(
            call -> trace, new CallContext("Converse", "model", "chat"), failures::add));
  }

  @Test
  void end_whenCalledAgain_endsTheTraceOnce() {
    CallTrace begun = begun();
    begun.end(null);
    begun.end(new IllegalStateException("late"));
    assertThat(told).containsExactly("end null");
  }

  @Test
  void run_makesTheTraceCurrentWhileTheTaskRuns() {
    begun().run(() -> told.add("task"));
    assertThat(told).containsExactly("current", "task", "closed");
  }

  @Test
  void run_whenTheTaskThrows_closesTheScopeAndThrowsIt() {
    IllegalStateException thrown = new IllegalStateException("task");
    assertThatThrownBy(
            () ->
                begun()
                    .run(
                        () -> {
                          throw thrown;
                        }))
        .isSameAs(thrown);
    assertThat(told).containsExactly("current", "closed");
    assertThat(failures).isEmpty();
  }

  @Test
  void begin_whenTheTracerLeavesTheCallUntraced_returnsNull() {
    CallContext call = new CallContext("Converse", "model", "chat");
    assertThat(CallTrace.begin(untraced -> null, call, failures::add)).isNull();
    assertThat(failures).isEmpty();
  }
}
