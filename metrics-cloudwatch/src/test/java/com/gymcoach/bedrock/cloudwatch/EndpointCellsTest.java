package com.gymcoach.bedrock.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointCellsTest {
  private static final int ROUNDS = 3_000;

  /** Each call may be the last: what is left of it when nothing is held is never sent. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void take_whileACallIsAdded_leavesNothingOfItWhenNothingIsHeld(boolean byModel) throws Exception {
    EndpointCells cells = new EndpointCells("chat", byModel);
    CacheEvent hit = Events.hot("chat");
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger added = new AtomicInteger();
    Thread caller =
        new Thread(
            () -> {
              for (int round = 1; round <= ROUNDS; round++) {
                awaitAtLeast(begun, round);
                cells.add(hit);
                added.set(round);
              }
            });
    caller.start();
    long hits = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      begun.set(round);
      hits += sent(cells);
      awaitAtLeast(added, round);
      while (cells.held() > 0) {
        hits += sent(cells);
      }
      assertThat(hits).isEqualTo(round);
    }
    caller.join();
  }

  private static void awaitAtLeast(AtomicInteger counter, int value) {
    for (int spins = 0; counter.get() < value; spins++) {
      if (spins > 10_000) {
        LockSupport.parkNanos(1_000); // there may be one core only
      }
    }
  }

  private static long sent(EndpointCells cells) {
    long hits = cells.take().sums().count(Metrics.CACHE_HITS);
    cells.commit();
    return hits;
  }

  @Test
  void held_afterACommit_isWhatWasAddedSince() {
    EndpointCells cells = new EndpointCells("chat", false);
    cells.addInvalidation();
    cells.take();
    cells.add(Events.hot("chat"));
    cells.commit();
    assertThat(cells.held()).isEqualTo(1);
    assertThat(sent(cells)).isEqualTo(1);
    assertThat(cells.held()).isZero();
  }
}
