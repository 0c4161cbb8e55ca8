package com.gymcoach.bedrock.cache.internal.fence;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two invalidations at once. The one that finds the fence gone from the table returns at once; its
 * caller relies on that the fence is down, though the other one has not returned.
 */
class TwoInvalidationsTest {
  private static final Partition ALICE =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final String ENDPOINT = "chat";

  /** A way to invalidate the endpoint of a scope. */
  enum Way {
    ENDPOINT_ALONE(fences -> fences.takeDown(ALICE, ENDPOINT)),
    SCOPE(fences -> fences.takeDown(ALICE, null)),
    NAMESPACE(Fences::takeDownAll);

    @SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
    private final Consumer<Fences> invalidate;

    Way(Consumer<Fences> invalidate) {
      this.invalidate = invalidate;
    }
  }

  /** Invalidates a second time, right after the first invalidation has changed the table. */
  private static final class Interrupted extends Fences {
    private final Way second;
    private final Fence fence = of(ALICE, ENDPOINT);
    private boolean first = true;

    Interrupted(Way second) {
      super(new FakeTime());
      this.second = second;
    }

    private void interrupt() {
      if (first) {
        first = false;
        second.invalidate.accept(this);
        assertThat(fence.stands()).isFalse();
      }
    }

    @Override
    void remove(PartitionFence parent) {
      super.remove(parent);
      interrupt();
    }

    @Override
    void remove(Fence gone) {
      super.remove(gone);
      interrupt();
    }
  }

  private static List<List<Way>> pairs() {
    return Stream.of(Way.ENDPOINT_ALONE, Way.SCOPE)
        .flatMap(one -> Stream.of(Way.values()).map(other -> List.of(one, other)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void takeDown_whileAnotherIsBetweenTwoSteps_returnsOnlyWhenTheFenceIsDown(List<Way> pair) {
    Interrupted fences = new Interrupted(pair.get(1));
    pair.get(0).invalidate.accept(fences);
    assertThat(fences.first).isFalse();
  }

  @Test
  void of_afterBoth_returnsAFenceThatStands() {
    for (List<Way> pair : pairs()) {
      Interrupted fences = new Interrupted(pair.get(1));
      pair.get(0).invalidate.accept(fences);
      assertThat(fences.of(ALICE, ENDPOINT).stands()).as("%s", pair).isTrue();
    }
  }
}
