package com.gymcoach.bedrock.cache.internal.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The bounds of memory hold at every instant, not only once an eviction has run. */
class HotTierTest {
  private static final Duration TTL = Duration.ofHours(1);
  private static final Partition WHOSE =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final EntryAddress ADDRESS =
      new EntryAddress(WHOSE, "chat", new Digest(5, 6, 7, 8));

  /**
   * Looks into the tier whenever the tier reads the clock. Caffeine reads it between taking an
   * entry in and evicting it, so this sees what another thread could see.
   */
  private static final class PeepingTime implements TimeSource {
    private final FakeTime time = new FakeTime();
    private final List<Integer> seen = new ArrayList<>();
    private @Nullable HotTier tier;
    private boolean looking;

    /** After how many more readings the stack ends; negative for never. */
    private int readingsLeft = -1;

    @Override
    public Instant now() {
      return time.now();
    }

    @Override
    public long nanoTime() {
      if (readingsLeft >= 0 && readingsLeft-- == 0) {
        throw new StackOverflowError();
      }
      HotTier watched = tier;
      if (watched != null && !looking) {
        looking = true;
        HotEntry entry = watched.get(ADDRESS, time.nanoTime(), time.epochMillis());
        if (entry != null) {
          seen.add(entry.weight());
        }
        looking = false;
      }
      return time.nanoTime();
    }
  }

  private final PeepingTime time = new PeepingTime();
  private final Fences fences = new Fences(time);

  /** Returns how many answers are held without Caffeine. */
  int maxFirst() {
    return HotTier.MAX_FIRST;
  }

  private HotTier tier(long maxBytes, Duration maxAge) {
    HotTier tier =
        new HotTier(
            time,
            new HotTable.Limits(maxBytes, maxFirst()),
            maxAge,
            new HotTier.Leaving(HotSlot::unlink, HotSlot::empty));
    time.seen.clear();
    time.tier = tier;
    return tier;
  }

  private @Nullable HotEntry get(HotTier tier) {
    return tier.get(ADDRESS, time.nanoTime(), time.epochMillis());
  }

  private HotEntry entry(String answer, int weight) {
    return new HotEntry(
        new Kept<>(answer, false, weight),
        Lifetime.from(time, TTL, Duration.ZERO),
        fences.of(WHOSE, "chat"),
        null,
        Double.NaN);
  }

  @Property(tries = 200)
  void put_whenAnswersAreLargerThanAllowed_areNeverSeen(
      @ForAll @IntRange(max = 5) int maxBytes,
      @ForAll @Size(max = 12) List<@IntRange(max = 8) Integer> weights,
      @ForAll boolean promoted) {
    HotTier tier = tier(maxBytes, TTL);
    for (int weight : weights) {
      HotEntry entry = entry("answer", weight);
      if (promoted) {
        tier.promote(ADDRESS, entry);
      } else {
        boolean kept = tier.put(ADDRESS, entry);
        assertThat(kept).isEqualTo(maxBytes > 0 && weight <= maxBytes);
        assertThat(tier.getStale(ADDRESS)).matches(held -> (held != null) == kept);
      }
      assertThat(tier.bytes()).isLessThanOrEqualTo(maxBytes);
    }
    assertThat(time.seen).allMatch(weight -> maxBytes > 0 && weight <= maxBytes);
  }

  @Test
  void put_whenNoBytesAreAllowed_holdsNotEvenWhatWeighsNothing() {
    HotTier tier = tier(0, TTL);
    assertThat(tier.put(ADDRESS, entry("answer", 0))).isFalse();
    tier.promote(ADDRESS, entry("answer", 0));
    assertThat(get(tier)).isNull();
    assertThat(tier.getStale(ADDRESS)).isNull();
    assertThat(tier.entries()).isZero();
    assertThat(tier.removeAll(Set.of(WHOSE), null)).isEmpty();
  }

  /** Or a refreshed answer would leave the old one to be served. */
  @Test
  void put_whenTheNewAnswerIsTooLarge_forgetsTheOldOne() {
    HotTier tier = tier(10, TTL);
    assertThat(tier.put(ADDRESS, entry("old", 1))).isTrue();
    assertThat(tier.put(ADDRESS, entry("new", 11))).isFalse();
    assertThat(get(tier)).isNull();
  }

  /** Caffeine may be left half done, and then its next writer never comes back. */
  @Test
  void put_whenTheStackEndsWithinCaffeine_laterAnswersGoToANewTable() {
    int anew = 0;
    for (int readings = 0; readings < 10; readings++) {
      HotTier tier = tier(10, TTL);
      assertThat(tier.put(ADDRESS, entry("old", 1))).isTrue();
      HotEntry entry = entry("new", 1);
      time.readingsLeft = readings;
      Throwable ended = catchThrowable(() -> tier.put(ADDRESS, entry));
      time.readingsLeft = -1;
      anew += ended != null && tier.entries() == 0 ? 1 : 0;
      assertThat(tier.put(ADDRESS, entry)).isTrue();
      assertThat(get(tier)).isNotNull();
    }
    assertThat(anew).isPositive();
  }

  @Test
  void removeAll_whenTheStackEndsWithinIt_laterAnswersGoToANewTable() {
    HotTier tier = tier(10, TTL);
    assertThat(tier.put(ADDRESS, entry("old", 1))).isTrue();
    time.readingsLeft = 0;
    Throwable ended = catchThrowable(() -> tier.removeAll(Set.of(WHOSE), null));
    time.readingsLeft = -1;
    assertThat(ended).isInstanceOf(StackOverflowError.class);
    assertThat(tier.entries()).isZero();
    HotEntry entry = entry("new", 1);
    assertThat(tier.put(ADDRESS, entry)).isTrue();
    assertThat(get(tier)).isNotNull();
  }
}
