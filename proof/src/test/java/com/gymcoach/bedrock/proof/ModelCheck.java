package com.gymcoach.bedrock.proof;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Compares a concurrent class with a sequential model of the same operations. Lincheck invents
 * scenarios of two threads and runs each in many interleavings.
 */
public final class ModelCheck {
  private static final int SCENARIOS = Integer.getInteger("lincheck.iterations", 30);
  private static final int INTERLEAVINGS = Integer.getInteger("lincheck.invocations", 500);

  private ModelCheck() {}

  /** Fails if an interleaving has results that the model cannot have. */
  public static void holds(Class<?> real, Class<?> model) {
    long began = System.nanoTime();
    options(model).check(real);
    System.out.printf(
        "%s: %d scenarios, up to %d interleavings each, in %d ms%n",
        real.getName().replaceAll(".*\\.", ""),
        SCENARIOS,
        INTERLEAVINGS,
        (System.nanoTime() - began) / 1_000_000);
  }

  /** Fails unless an interleaving is found that the model cannot have. */
  public static void isBroken(Class<?> broken, Class<?> model) {
    assertThatThrownBy(() -> options(model).check(broken))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options(Class<?> model) {
    return new ModelCheckingOptions()
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(2)
        .iterations(SCENARIOS)
        .invocationsPerIteration(INTERLEAVINGS)
        .minimizeFailedScenario(false)
        .sequentialSpecification(model);
  }
}
