package com.gymcoach.bedrock.cache.internal.tier;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A remembered link never leads to an older answer than the table has. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "No old answer was served.")
@Outcome(id = "1", expect = Expect.FORBIDDEN, desc = "The link was behind the table.")
@State
public class LinkDuringRefresh {
  private final Cell cell = Cell.fenced().filled();

  /** Replaces the answer. */
  @Actor
  public void refresh() {
    cell.keep(Cell.NEW, cell.fence());
  }

  /** Looks the answer up, first in the table, then by the link. */
  @Actor
  public void call(I_Result result) {
    int first = cell.lookedUp();
    int second = cell.linked();
    result.r1 = second < first ? 1 : 0;
  }
}
