package com.gymcoach.bedrock.cache.spi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CircuitTest {
  private enum Step {
    SUCCESS,
    FAILURE,
    OPEN,
    CLOSE
  }

  /** The outcomes that the bits stand for, in order. */
  private static final class Model {
    private final Deque<Boolean> failed = new ArrayDeque<>();
    private boolean open;

    boolean step(Step step) {
      boolean wasOpen = open;
      switch (step) {
        case SUCCESS, FAILURE -> count(step == Step.FAILURE);
        case OPEN -> open = true;
        case CLOSE -> open = false;
      }
      if (open) {
        failed.clear();
      }
      return open != wasOpen;
    }

    private void count(boolean failure) {
      if (open) {
        return;
      }
      failed.addLast(failure);
      if (failed.size() > 16) {
        failed.removeFirst();
      }
      long failures = failed.stream().filter(f -> f).count();
      open = failure && failed.size() >= 8 && failures * 100.0 / failed.size() >= 50;
    }
  }

  private static boolean step(Circuit circuit, Step step) {
    return switch (step) {
      case SUCCESS -> circuit.count(false);
      case FAILURE -> circuit.count(true);
      case OPEN -> circuit.open();
      case CLOSE -> circuit.close();
    };
  }

  @Property
  void count_always_opensLikeAListOfTheLastOutcomes(
      @ForAll @Size(max = 60) List<Boolean> start, @ForAll @Size(max = 60) List<Step> steps) {
    Circuit circuit = new Circuit();
    Model model = new Model();
    List<Step> all = new ArrayList<>();
    start.forEach(failed -> all.add(failed ? Step.FAILURE : Step.SUCCESS));
    all.addAll(steps);
    for (Step step : all) {
      assertThat(step(circuit, step)).isEqualTo(model.step(step));
      assertThat(circuit.isOpen()).isEqualTo(model.open);
    }
  }

  /** The backend works again: that must not refuse it the next call. */
  @Test
  void count_ofASuccessAfterSevenFailures_doesNotOpen() {
    Circuit circuit = new Circuit();
    for (int failure = 1; failure < Circuit.MIN_CALLS; failure++) {
      assertThat(circuit.count(true)).isFalse();
    }
    assertThat(circuit.count(false)).isFalse();
    assertThat(circuit.isOpen()).isFalse();
    assertThat(circuit.count(true)).isTrue();
  }

  /** Full windows are rare among random ones, because most open at the eighth call. */
  @Property
  void count_whenFewCallsFail_opensLikeAListOfTheLastOutcomes(
      @ForAll @Size(min = 20, max = 80) List<Boolean> pairs) {
    Circuit circuit = new Circuit();
    Model model = new Model();
    for (boolean failed : pairs) {
      for (Step step : List.of(Step.SUCCESS, failed ? Step.FAILURE : Step.SUCCESS)) {
        assertThat(step(circuit, step)).isEqualTo(model.step(step));
        assertThat(circuit.isOpen()).isEqualTo(model.open);
      }
    }
  }

  /** Each circuit gets eight failures from two threads, which reach it together. */
  @Test
  void count_byTwoThreads_losesNoOutcomeAndOpensOnce() throws Exception {
    Circuit[] circuits = Stream.generate(Circuit::new).limit(50_000).toArray(Circuit[]::new);
    AtomicIntegerArray openings = new AtomicIntegerArray(circuits.length);
    AtomicInteger arrived = new AtomicInteger();
    Callable<Void> half =
        () -> {
          for (int i = 0; i < circuits.length; i++) {
            arrived.incrementAndGet();
            for (int spins = 0; arrived.get() < 2 * (i + 1); spins++) {
              if (spins > 10_000) {
                LockSupport.parkNanos(1_000); // there may be one core only
              }
            }
            for (int failure = 0; failure < Circuit.MIN_CALLS / 2; failure++) {
              openings.addAndGet(i, circuits[i].count(true) ? 1 : 0);
            }
          }
          return null;
        };
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      for (Future<Void> ended : pool.invokeAll(List.of(half, half))) {
        ended.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(circuits).allMatch(Circuit::isOpen);
    assertThat(IntStream.range(0, circuits.length).map(openings::get)).containsOnly(1);
  }
}
