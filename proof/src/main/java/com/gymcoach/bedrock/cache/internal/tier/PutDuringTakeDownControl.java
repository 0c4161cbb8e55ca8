package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.fence.Fence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The control without fences: an answer put after the removal is served. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "No old answer was served.")
@Outcome(
    id = "1",
    expect = Expect.ACCEPTABLE_INTERESTING,
    desc = "An old answer was served without protection.")
@State
public class PutDuringTakeDownControl {
  private final Cell cell = Cell.unfenced();
  private final Fence fence = cell.fence();

  /** Takes the fence down and removes the answers. */
  @Actor
  public void invalidate() {
    cell.invalidate();
  }

  /** Puts an answer that was made under the fence. */
  @Actor
  public void put() {
    cell.keep(Cell.OLD, fence);
  }

  /** Looks the answer up after both. */
  @Arbiter
  public void later(I_Result result) {
    result.r1 = cell.linked() == Cell.OLD || cell.lookedUp() == Cell.OLD ? 1 : 0;
  }
}
