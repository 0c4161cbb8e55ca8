package com.gymcoach.bedrock.cache.internal.tier;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The same without fences: the old answer is served. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "No old answer was served.")
@Outcome(
    id = "1",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "An old answer was served without protection.")
@State
public class StaleAfterInvalidationControl {
  private final Cell cell = Cell.unfenced().filled();

  /** Invalidates. */
  @Actor
  public void invalidate() {
    cell.invalidate();
  }

  /** Looks the answer up, as a call does that may begin after the invalidation. */
  @Actor
  public void call(I_Result result) {
    boolean after = cell.invalidated;
    result.r1 = cell.linked() == Cell.OLD && after ? 1 : 0;
  }
}
