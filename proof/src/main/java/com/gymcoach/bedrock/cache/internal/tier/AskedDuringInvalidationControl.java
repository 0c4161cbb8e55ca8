package com.gymcoach.bedrock.cache.internal.tier;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The same without fences: the answer is kept. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "No old answer was served.")
@Outcome(
    id = "1",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "An old answer was kept without protection.")
@State
public class AskedDuringInvalidationControl {
  private final Cell cell = Cell.unfenced();

  /** Invalidates. */
  @Actor
  public void invalidate() {
    cell.invalidate();
  }

  /** Asks the model and keeps its answer. */
  @Actor
  public void call() {
    cell.call();
  }

  /** Looks the answer up after both. */
  @Arbiter
  public void later(I_Result result) {
    result.r1 = cell.lookedUp() == Cell.OLD ? 1 : 0;
  }
}
