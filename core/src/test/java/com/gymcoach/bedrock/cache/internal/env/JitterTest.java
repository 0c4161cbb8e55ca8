package com.gymcoach.bedrock.cache.internal.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class JitterTest {
  /** What a thread draws next is in the snapshot, so all clones draw it. */
  @Property(tries = 20)
  void s_s_clonesThatWereRestored_drawDifferently(
      @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double next) {
    Set<Double> drawn =
        IntStream.range(0, 100)
            .mapToObj(
                clone -> {
                  Jitter jitter = new Jitter(() -> next);
                  assertThat(jitter.getAsDouble()).isEqualTo(next);
                  jitter.renew();
                  return jitter.getAsDouble();
                })
            .collect(Collectors.toSet());
    assertThat(drawn).hasSizeGreaterThan(90).allMatch(value -> value >= 0 && value < 1);
  }
}
