package com.gymcoach.bedrock.cache.spi.store;

import com.gymcoach.bedrock.proof.ModelCheck;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** The circuit counts concurrent calls as if they came one after the other. */
class CircuitLincheckTest {
  /** The calls before: one more failure opens the circuit. */
  private static final int BEFORE = Circuit.MIN_CALLS - 1;

  private static final int FAILED_BEFORE = Circuit.MIN_CALLS / 2 - 1;

  /** The real circuit. */
  public static final class Real {
    private final Circuit circuit = new Circuit();

    public Real() {
      for (int call = 0; call < BEFORE; call++) {
        circuit.count(call < FAILED_BEFORE);
      }
    }

    @Operation
    public boolean fail() {
      return circuit.count(true);
    }

    @Operation
    public boolean succeed() {
      return circuit.count(false);
    }

    @Operation
    public boolean open() {
      return circuit.open();
    }

    @Operation
    public boolean close() {
      return circuit.close();
    }

    @Operation
    public boolean isOpen() {
      return circuit.isOpen();
    }
  }

  /** The model: a list of the latest outcomes. */
  public static final class Model {
    private final Deque<Boolean> outcomes = new ArrayDeque<>();
    private boolean open;

    public Model() {
      for (int call = 0; call < BEFORE; call++) {
        count(call < FAILED_BEFORE);
      }
    }

    private boolean count(boolean failed) {
      if (open) {
        return false;
      }
      outcomes.addLast(failed);
      if (outcomes.size() > Circuit.WINDOW) {
        outcomes.removeFirst();
      }
      long failures = outcomes.stream().filter(each -> each).count();
      open = failed && outcomes.size() >= Circuit.MIN_CALLS && 2 * failures >= outcomes.size();
      return open;
    }

    public boolean fail() {
      return count(true);
    }

    public boolean succeed() {
      return count(false);
    }

    public boolean open() {
      boolean was = open;
      open = true;
      return !was;
    }

    public boolean close() {
      boolean was = open;
      if (open) {
        outcomes.clear();
      }
      open = false;
      return was;
    }

    public boolean isOpen() {
      return open;
    }
  }

  /** A circuit that reads its window, and then writes the next one. */
  public static final class Broken {
    private volatile int calls = BEFORE;
    private volatile int failures = FAILED_BEFORE;
    private volatile boolean open;

    private boolean count(int failed) {
      if (open) {
        return false;
      }
      calls++;
      failures += failed;
      if (failed > 0 && calls >= Circuit.MIN_CALLS && 2 * failures >= calls) {
        open = true;
      }
      return open;
    }

    @Operation
    public boolean fail() {
      return count(1);
    }

    @Operation
    public boolean succeed() {
      return count(0);
    }

    @Operation
    public boolean isOpen() {
      return open;
    }
  }

  @Test
  void circuit_whenCalledConcurrently_countsAsOneAfterTheOther() {
    ModelCheck.holds(Real.class, Model.class);
  }

  @Test
  void control_circuitThatIsNotAtomic_isFound() {
    ModelCheck.isBroken(Broken.class, Model.class);
  }
}
