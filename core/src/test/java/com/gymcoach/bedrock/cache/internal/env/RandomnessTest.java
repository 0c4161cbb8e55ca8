package com.gymcoach.bedrock.cache.internal.env;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RandomnessTest {
  /** The next random number of a thread is in the snapshot, so all clones draw it. */
  @Property(tries = 20)
  void s_s_clonesThatWereRestored_drawDifferently(@ForAll long next) {
    RandomGenerator source = () -> next;
    Set<Double> drawn =
        IntStream.range(0, 100)
            .mapToObj(
                clone -> {
                  Randomness random = new Randomness(source);
                  assertThat(random.nextDouble()).isEqualTo(source.nextDouble());
                  random.renew();
                  return random.nextDouble();
                })
            .collect(Collectors.toSet());
    assertThat(drawn).hasSizeGreaterThan(90).allMatch(value -> value >= 0 && value < 1);
  }
}
