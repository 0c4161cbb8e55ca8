package com.gymcoach.bedrock.cache.internal.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.HdrHistogram.AtomicHistogram;

class LatenciesTest {
  private static final long HOUR = 3_600_000_000L;

  /** With fewer than fit the list, with more, and with a reader in between. */
  @Property
  void copy_always_hasEveryLatencyAsOftenAsItCounts(
      @ForAll @Size(max = 2 * Latencies.MAX_LISTED) List<@LongRange(max = 2 * HOUR) Long> micros,
      @ForAll @IntRange(min = 1, max = 16) int calls,
      @ForAll @IntRange(max = 3 * Latencies.MAX_LISTED) int readAfter) {
    Latencies latencies = new Latencies(Counters.PRECISE);
    AtomicHistogram expected = new AtomicHistogram(HOUR, Counters.PRECISE);
    for (int i = 0; i < micros.size(); i++) {
      if (i == readAfter) {
        assertThat(latencies.copy()).isEqualTo(expected);
      }
      latencies.record(micros.get(i), calls + i);
      expected.recordValueWithCount(Math.min(HOUR, micros.get(i)), calls + i);
    }
    assertThat(latencies.copy()).isEqualTo(expected);
  }
}
