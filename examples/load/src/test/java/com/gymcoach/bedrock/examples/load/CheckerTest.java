package com.gymcoach.bedrock.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.examples.load.Samples.Growth;
import com.gymcoach.bedrock.examples.load.Samples.Heap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckerTest {
  private static final Duration BOUND = Duration.ofSeconds(2);
  private static final long BOUND_NANOS = BOUND.toNanos();
  private static final Ask ASK = new Ask("user-1", "chat", 3, Operation.CONVERSE, 0);

  private final Checker checker = new Checker(BOUND, 2);

  private @Nullable String wrong(long notBefore, String text, boolean fromCache) {
    return checker.wrong(ASK.user(), ASK.digest(), notBefore, text, fromCache);
  }

  private static String answer(Ask to, long askedAt) {
    return Stamp.on("Rest.", Stamp.userDigest(to.user()), to.digest(), askedAt);
  }

  @Test
  void wrong_ofTheRightAnswer_isNull() {
    assertThat(wrong(1_000, answer(ASK, 1_000), true)).isNull();
  }

  @Test
  void wrong_ofAnothersAnswer_saysWhose() {
    String others = answer(new Ask("user-2", "chat", 3, Operation.CONVERSE, 0), 1_000);
    assertThat(wrong(0, others, true)).isEqualTo("another user's");
    for (Ask other :
        List.of(
            new Ask("user-1", "chat", 4, Operation.CONVERSE, 0),
            new Ask("user-1", "meal-plan", 3, Operation.CONVERSE, 0),
            new Ask("user-1", "chat", 3, Operation.CONVERSE_STREAM, 0))) {
      assertThat(wrong(0, answer(other, 1_000), true)).isEqualTo("another request's");
    }
    assertThat(wrong(0, "Rest.", true)).isEqualTo("no stamp");
  }

  @Test
  void wrong_ofAPart_isNobodysFaultButTheCaches() {
    String whole = answer(ASK, 1_000);
    String part = whole.substring(0, whole.length() - 8);
    assertThat(wrong(0, part, true)).isEqualTo("cut short");
    assertThat(wrong(0, part, false)).isNull();
  }

  @Test
  void notBefore_onTheSameInstance_isWhenTheLatestInvalidationBegan() {
    checker.invalidated("user-1", 0, 5_000, 10, true);
    checker.invalidated("user-1", 0, 4_000, 20, true);
    assertThat(checker.notBefore("user-1", 0, 21)).isEqualTo(5_000);
    assertThat(checker.notBefore("user-2", 0, 21)).isZero();
    assertThat(wrong(5_000, answer(ASK, 4_000), true)).isEqualTo("from before an invalidation");
  }

  @Test
  void notBefore_onAnotherInstance_countsBeyondTheBound() {
    checker.invalidated("user-1", 0, 5_000, 10, true);
    assertThat(checker.notBefore("user-1", 1, 10 + BOUND_NANOS)).isZero();
    assertThat(checker.notBefore("user-1", 1, 11 + BOUND_NANOS)).isEqualTo(5_000);
  }

  @Test
  void notBefore_whenTheTableHasNotAcknowledged_concernsTheInstanceAlone() {
    checker.invalidated("user-1", 0, 5_000, 10, false);
    assertThat(checker.notBefore("user-1", 0, 11)).isEqualTo(5_000);
    assertThat(checker.notBefore("user-1", 1, 11 + BOUND_NANOS)).isZero();
  }

  @Test
  void converse_whenALengthIsGiven_hasAPromptOfAtLeastThatLengthAndItsOwnDigest() {
    Ask asked = new Ask("user-1", "chat", 3, Operation.CONVERSE, 40_000);
    String prompt = asked.converse().messages().get(0).content().get(0).text();
    assertThat(prompt).hasSizeBetween(40_000, 40_100);
    assertThat(asked.digest()).isNotEqualTo(ASK.digest());
  }

  @Test
  void growth_ofAHeapThatGrows_isByTheHourWithoutItsBeginning() {
    Growth growth = Samples.growth(heaps(6));
    assertThat(growth.megabytesPerHour()).isCloseTo(6, within(growth.error()));
    assertThat(growth.error()).isBetween(0.1, 1.0);
    assertThat(Samples.growth(heaps(6).subList(0, 2)).megabytesPerHour()).isNaN();
  }

  @Test
  void growth_ofAHeapThatStays_isZeroWithinItsError() {
    Growth growth = Samples.growth(heaps(0));
    assertThat(growth.megabytesPerHour()).isCloseTo(0, within(growth.error()));
  }

  /** Returns two hours of heap sizes that spread over 2 MB, after a third of less. */
  private static List<Heap> heaps(double megabytesPerHour) {
    Random random = new Random(1);
    List<Heap> heaps = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      double filling = i < 40 ? -50 : 0;
      heaps.add(
          new Heap(i * 60, 100 + filling + i / 60.0 * megabytesPerHour + 2 * random.nextDouble()));
    }
    return heaps;
  }
}
