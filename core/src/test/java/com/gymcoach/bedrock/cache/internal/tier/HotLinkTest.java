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
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A link serves no answer that has left the tier; shown by links whose slots are not emptied. */
class HotLinkTest {
  private static final Duration TTL = Duration.ofHours(1);
  private static final Duration RETENTION = Duration.ofHours(2);
  private static final long MAX_BYTES = 100;
  private static final Partition ALICE =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final EntryAddress ADDRESS = address(0);

  private static final HotTier.Leaving EMPTIED =
      new HotTier.Leaving(HotSlot::unlink, HotSlot::empty);
  private static final HotTier.Leaving FULL = new HotTier.Leaving(slot -> {}, slot -> {});

  private final FakeTime time = new FakeTime();
  private final Fences fences = new Fences(time);
  private final HotLink link = new HotLink(ADDRESS);

  /** Returns how many answers are held without Caffeine. */
  int maxFirst() {
    return HotTier.MAX_FIRST;
  }

  private HotTable.Limits limits() {
    return new HotTable.Limits(MAX_BYTES, maxFirst());
  }

  private static EntryAddress address(int number) {
    return new EntryAddress(ALICE, "chat", new Digest(number, 6, 7, 8));
  }

  private HotEntry entry(Object answer, int weight) {
    return new HotEntry(
        new Kept<>(answer, false, weight),
        Lifetime.from(time, TTL, RETENTION),
        fences.of(ALICE, "chat"),
        null,
        Double.NaN);
  }

  private @Nullable Object get(HotTier tier) {
    HotEntry entry = tier.get(link, time.nanoTime(), time.epochMillis());
    return entry == null ? null : entry.answer().response();
  }

  /** Returns a tier with one answer, to which the link leads. */
  private HotTier tier(HotTier.Leaving leaving) {
    HotTier tier = new HotTier(time, limits(), TTL, leaving);
    assertThat(tier.put(ADDRESS, entry("old", 10))).isTrue();
    assertThat(get(tier)).isEqualTo("old");
    assertThat(get(tier)).isEqualTo("old");
    assertThat(link.slot()).isNotNull();
    return tier;
  }

  /** A way in which an answer leaves the tier. */
  enum Way {
    REFRESHED((test, tier) -> tier.put(ADDRESS, test.entry("new", 1)), "new"),
    REFRESHED_FROM_THE_STORE(
        (test, tier) -> {
          test.time.advance(Duration.ofNanos(1)); // or it would not be younger
          tier.promote(ADDRESS, test.entry("new", 1));
        },
        "new"),
    REPLACED_BY_ONE_TOO_LARGE((test, tier) -> tier.put(ADDRESS, test.entry("new", 101)), null),
    EVICTED(HotLinkTest::fill, null),
    REMOVED((test, tier) -> tier.removeAll(Set.of(ALICE), null), null),
    REMOVED_BY_ENDPOINT((test, tier) -> tier.removeAll(Set.of(ALICE), "chat"), null),
    CLEARED((test, tier) -> tier.clear(), null),
    CLOSED((test, tier) -> tier.close(), null),
    FENCED((test, tier) -> test.fences.takeDown(ALICE, "chat"), null),
    EXPIRED((test, tier) -> test.time.advance(TTL), null),
    EXPIRED_WHILE_FROZEN((test, tier) -> test.time.jump(TTL), null),
    EXPIRED_AND_ASKED_AGAIN(
        (test, tier) -> {
          test.time.advance(TTL.plus(RETENTION));
          assertThat(tier.put(ADDRESS, test.entry("new", 1))).isTrue();
        },
        "new");

    @SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
    private final BiConsumer<HotLinkTest, HotTier> leave;

    private final @Nullable String then;

    Way(BiConsumer<HotLinkTest, HotTier> leave, @Nullable String then) {
      this.leave = leave;
      this.then = then;
    }

    /** Returns whether only the emptied slot stops the answer, and neither a fence nor a clock. */
    boolean needsTheSlot() {
      return switch (this) {
        case REFRESHED,
            REFRESHED_FROM_THE_STORE,
            REPLACED_BY_ONE_TOO_LARGE,
            EVICTED,
            REMOVED,
            REMOVED_BY_ENDPOINT ->
            true;
        default -> false;
      };
    }
  }

  /** Adds answers that are read more, so that the first one is evicted. */
  private static void fill(HotLinkTest test, HotTier tier) {
    for (int i = 1; i <= 200; i++) {
      EntryAddress other = address(1 + i % 20);
      tier.put(other, test.entry("other", 10));
      for (int reads = 0; reads < 20; reads++) {
        tier.get(other, test.time.nanoTime(), test.time.epochMillis());
      }
    }
    assertThat(tier.getStale(ADDRESS)).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void get_whenTheAnswerHasLeft_servesItNoMore(Way way) {
    HotTier tier = tier(EMPTIED);
    HotSlot first = Objects.requireNonNull(link.slot());
    way.leave.accept(this, tier);
    assertThat(get(tier)).isEqualTo(way.then);
    boolean isHeld = way == Way.FENCED || way == Way.EXPIRED || way == Way.EXPIRED_WHILE_FROZEN;
    assertThat(first.entry() != null).isEqualTo(isHeld); // else it would stay in memory
  }

  /** The control: nothing but the emptied slot stops these. */
  @ParameterizedTest
  @EnumSource
  void get_whenSlotsAreNotEmptied_servesWhatHasLeft(Way way) {
    HotTier tier = tier(FULL);
    way.leave.accept(this, tier);
    assertThat(get(tier)).isEqualTo(way.needsTheSlot() ? "old" : way.then);
  }

  /** An error of the JVM within Caffeine retires the whole table, and its slots with it. */
  @Test
  void get_whenTheStackEndedWithinCaffeine_servesNothingOfTheOldTable() {
    boolean[] ends = {false};
    HotTier tier =
        tier(
            new HotTier.Leaving(
                slot -> {
                  if (ends[0]) {
                    throw new StackOverflowError();
                  }
                },
                HotSlot::empty));
    ends[0] = true;
    assertThat(catchThrowable(() -> tier.put(ADDRESS, entry("new", 1))))
        .isInstanceOf(StackOverflowError.class);
    assertThat(get(tier)).isNull();
    ends[0] = false;
    assertThat(tier.put(ADDRESS, entry("newest", 1))).isTrue();
    assertThat(get(tier)).isEqualTo("newest");
  }

  /** Otherwise Caffeine would evict the answer that is read most. */
  @Test
  void get_whenAnAnswerIsReadThroughItsLink_keepsItRatherThanOneNeverRead() {
    HotTier tier = tier(EMPTIED);
    for (int i = 1; i < 1_000; i++) {
      for (int reads = 0; reads < 4; reads++) {
        time.advance(Duration.ofMillis(2));
        assertThat(get(tier)).as("after %d others", i).isEqualTo("old");
      }
      tier.put(address(i), entry("other", 1));
    }
  }

  @Test
  void get_byManyThreadsWhileItIsRefreshed_neverGoesBackInTime() throws Exception {
    assertThat(stepsBack(EMPTIED)).isZero();
  }

  /** The control of the race: the same run without emptied slots. */
  @Test
  void get_byManyThreadsWhileItIsRefreshedAndSlotsStayFull_goesBackInTime() throws Exception {
    assertThat(stepsBack(FULL)).isPositive();
  }

  /** Returns how many reads were answered with an older answer than was put before they began. */
  private int stepsBack(HotTier.Leaving leaving) throws Exception {
    int readers = 3;
    int last = 20_000;
    HotTier tier = new HotTier(time, limits(), TTL, leaving);
    AtomicInteger put = new AtomicInteger();
    AtomicInteger back = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(readers);
    assertThat(tier.put(ADDRESS, entry(0, 1))).isTrue();
    CompletableFuture<?>[] reading = new CompletableFuture<?>[readers];
    for (int i = 0; i < readers; i++) {
      reading[i] =
          CompletableFuture.runAsync(
              () -> {
                assertThat(get(tier)).isNotNull();
                await(start);
                int least;
                do {
                  least = put.get();
                  Object seen = get(tier);
                  if (seen != null && (int) seen < least) {
                    back.incrementAndGet();
                  }
                } while (least < last);
              },
              task -> new Thread(task, "reader").start());
    }
    for (int version = 1; version <= last; version++) {
      tier.put(ADDRESS, entry(version, 1));
      put.set(version);
    }
    CompletableFuture.allOf(reading).get();
    return back.get();
  }

  private static void await(CyclicBarrier start) {
    try {
      start.await();
    } catch (Exception broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** Returns a tier whose table was retired by an error, with a link to an answer in it. */
  private HotTier retired(Object answer) {
    boolean[] ends = {false};
    HotTier tier =
        new HotTier(
            time,
            limits(),
            TTL,
            new HotTier.Leaving(
                slot -> {
                  if (ends[0]) {
                    throw new OutOfMemoryError("for this test");
                  }
                },
                HotSlot::empty));
    tier.put(ADDRESS, entry(answer, 10));
    tier.put(address(1), entry("other", 1));
    assertThat(get(tier)).isSameAs(answer);
    ends[0] = true;
    assertThat(catchThrowable(() -> tier.put(address(1), entry("newer", 1))))
        .isInstanceOf(OutOfMemoryError.class);
    ends[0] = false;
    return tier;
  }

  @Test
  void slots_whenTheTableWasRetiredByAnError_holdNoAnswerOnceTheTierIsUsed() {
    HotTier tier = retired("old");
    HotSlot slot = Objects.requireNonNull(link.slot());
    tier.put(address(2), entry("another", 1));

    assertThat(slot.holdsAnswer()).isFalse();
    assertThat(get(tier)).isNull();
    assertThat(link.slot()).isNull();
  }

  @Test
  void removeAll_whenTheTableWasRetiredByAnError_leavesNoAnswerInSlots() {
    HotTier tier = retired("old");
    HotSlot slot = Objects.requireNonNull(link.slot());
    tier.removeAll(Set.of(ALICE), null);

    assertThat(slot.holdsAnswer()).isFalse();
  }

  /** Caffeine logs what its listener throws, and the answer is gone from the table. */
  @Test
  void link_whenAnEvictedSlotCouldNotBeEmptied_leadsToNothingThatHasLeft() {
    boolean[] ends = {false};
    HotTier tier =
        tier(
            new HotTier.Leaving(
                HotSlot::unlink,
                slot -> {
                  if (ends[0]) {
                    throw new StackOverflowError("for this test");
                  }
                  slot.empty();
                }));
    ends[0] = true;
    Throwable unused = catchThrowable(() -> fill(this, tier));
    ends[0] = false;

    assertThat(tier.getStale(ADDRESS)).isNull();
    assertThat(get(tier)).isNull();
  }
}
