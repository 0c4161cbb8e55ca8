package com.gymcoach.bedrock.cache.internal.tier;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Callers cannot tell whether the first answers are in a plain map or in Caffeine. */
class HotTableTest {
  private static final Duration TTL = Duration.ofHours(1);
  private static final Duration RETENTION = Duration.ofHours(2);
  private static final Partition ALICE =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final Partition BOB =
      new Partition("default", new Digest(4, 3, 2, 1), Partition.WHOLE);

  private final FakeTime time = new FakeTime();
  private final Fences fences = new Fences(time);

  private HotTier tier(long maxBytes, int first) {
    return new HotTier(
        time,
        new HotTable.Limits(maxBytes, first),
        Duration.ofDays(1),
        new HotTier.Leaving(HotSlot::unlink, HotSlot::empty));
  }

  private static EntryAddress address(int number) {
    return new EntryAddress(
        number % 2 == 0 ? ALICE : BOB,
        number % 3 == 0 ? "chat" : "plan",
        new Digest(number, 0, 0, 0));
  }

  private HotEntry entry(EntryAddress address, Object answer, int weight) {
    return new HotEntry(
        new Kept<>(answer, false, weight),
        Lifetime.from(time, TTL, RETENTION),
        fences.of(address.partition(), address.endpoint()),
        null,
        Double.NaN);
  }

  private @Nullable Object answer(@Nullable HotEntry entry) {
    return entry == null ? null : entry.answer().response();
  }

  private enum Step {
    PUT,
    PROMOTE,
    PUT_TOO_LARGE,
    REMOVE_USER,
    REMOVE_ENDPOINT,
    FENCE,
    CLEAR,
    WAIT,
    WAIT_LONG
  }

  @Property(tries = 300)
  void anyStep_always_hasTheEffectThatItHasInCaffeine(
      @ForAll @Size(max = 40) List<Step> steps,
      @ForAll @Size(value = 40) List<@IntRange(max = 7) Integer> numbers) {
    HotTier plain = tier(1_000, 3);
    HotTier caffeine = tier(1_000, 0);
    List<HotLink> links = new ArrayList<>();
    List<HotLink> caffeineLinks = new ArrayList<>();
    for (int number = 0; number <= 7; number++) {
      links.add(new HotLink(address(number)));
      caffeineLinks.add(new HotLink(address(number)));
    }
    for (int i = 0; i < steps.size(); i++) {
      EntryAddress address = address(numbers.get(i));
      assertThat(step(plain, steps.get(i), address, i))
          .isEqualTo(step(caffeine, steps.get(i), address, i));
      pass(steps.get(i));
      for (int number = 0; number <= 7; number++) {
        long now = time.nanoTime();
        long wall = time.epochMillis();
        assertThat(answer(plain.get(address(number), now, wall)))
            .isEqualTo(answer(caffeine.get(address(number), now, wall)));
        assertThat(answer(plain.get(links.get(number), now, wall)))
            .isEqualTo(answer(caffeine.get(caffeineLinks.get(number), now, wall)));
        assertThat(answer(plain.getStale(address(number))))
            .isEqualTo(answer(caffeine.getStale(address(number))));
      }
    }
  }

  private Object step(HotTier tier, Step step, EntryAddress address, int version) {
    return switch (step) {
      case PUT -> tier.put(address, entry(address, version, 10));
      case PUT_TOO_LARGE -> tier.put(address, entry(address, version, 1_001));
      case PROMOTE -> {
        tier.promote(address, entry(address, version, 10));
        yield true;
      }
      case REMOVE_USER -> tier.removeAll(Set.of(address.partition()), null);
      case REMOVE_ENDPOINT -> tier.removeAll(Set.of(address.partition()), address.endpoint());
      case CLEAR -> {
        tier.clear();
        yield tier.entries();
      }
      case FENCE, WAIT, WAIT_LONG -> true;
    };
  }

  private void pass(Step step) {
    switch (step) {
      case FENCE -> fences.takeDown(ALICE, "chat");
      case WAIT -> time.advance(Duration.ofMinutes(25));
      case WAIT_LONG -> time.advance(TTL.plus(RETENTION));
      default -> time.advance(Duration.ofMillis(1));
    }
  }

  @Test
  void put_whenThereAreTooManyForThePlainMap_losesNone() {
    HotTier tier = tier(1_000, 3);
    for (int i = 0; i < 20; i++) {
      assertThat(tier.put(address(i), entry(address(i), i, 1))).isTrue();
      assertThat(tier.entries()).isEqualTo(i + 1);
      assertThat(tier.bytes()).isEqualTo(i + 1);
      for (int held = 0; held <= i; held++) {
        assertThat(answer(tier.getStale(address(held)))).isEqualTo(held);
      }
    }
  }

  @Test
  void put_whenTheFirstAnswersAreTooLargeTogether_holdsNoMoreThanAllowed() {
    HotTier tier = tier(100, 32);
    for (int i = 0; i < 20; i++) {
      tier.put(address(i), entry(address(i), i, 30));
      assertThat(tier.bytes()).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void put_whenOneOfTheFirstAnswersHasExpired_keepsItNoLonger() {
    HotTier tier = tier(1_000, 32);
    HotLink link = new HotLink(address(0));
    tier.put(address(0), entry(address(0), "old", 1));
    tier.get(link, time.nanoTime(), time.epochMillis());
    HotSlot slot = Objects.requireNonNull(link.slot());
    time.advance(TTL.plus(RETENTION));
    tier.put(address(1), entry(address(1), "new", 1));
    assertThat(slot.holdsAnswer()).isFalse();
    assertThat(tier.entries()).isEqualTo(1);
  }

  @Test
  void put_byManyThreadsWhileCaffeineTakesOver_losesNone() throws Exception {
    int threads = 4;
    int each = 10;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < 200; round++) {
        HotTier tier = tier(1_000, 20);
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Callable<Void>> puts = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
          int from = thread * each;
          puts.add(
              () -> {
                start.await();
                for (int i = from; i < from + each; i++) {
                  assertThat(tier.put(address(i), entry(address(i), i, 1))).isTrue();
                  assertThat(answer(tier.getStale(address(i)))).isEqualTo(i);
                }
                return null;
              });
        }
        for (Future<Void> ended : pool.invokeAll(puts)) {
          ended.get();
        }
        for (int i = 0; i < threads * each; i++) {
          assertThat(answer(tier.getStale(address(i)))).isEqualTo(i);
        }
        assertThat(tier.removeAll(Set.of(ALICE, BOB), null)).hasSize(threads * each);
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
