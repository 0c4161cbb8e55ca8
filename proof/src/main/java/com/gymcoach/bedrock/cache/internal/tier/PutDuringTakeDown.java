package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.fence.Fence;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** An answer that is put into memory while its fence is taken down is not served. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "No old answer was served.")
@Outcome(id = "1", expect = Expect.FORBIDDEN, desc = "An old answer was served.")
@State
public class PutDuringTakeDown {
  private final Cell cell = Cell.fenced();
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
