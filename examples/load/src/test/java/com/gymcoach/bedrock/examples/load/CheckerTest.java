package com.gymcoach.bedrock.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.examples.load.Samples.Heap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckerTest {
  private static final Duration BOUND = Duration.ofSeconds(2);
  private static final long BOUND_NANOS = BOUND.toNanos();
  private static final Ask ASK = new Ask("user-1", "chat", 3, Operation.CONVERSE);

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
    String others = answer(new Ask("user-2", "chat", 3, Operation.CONVERSE), 1_000);
    assertThat(wrong(0, others, true)).isEqualTo("another user's");
    for (Ask other :
        List.of(
            new Ask("user-1", "chat", 4, Operation.CONVERSE),
            new Ask("user-1", "meal-plan", 3, Operation.CONVERSE),
            new Ask("user-1", "chat", 3, Operation.CONVERSE_STREAM))) {
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
  void slope_ofAHeapThatGrows_isByTheHour() {
    List<Heap> heaps = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      double filling = i < 10 ? -50 : 0;
      heaps.add(new Heap(i * 60, 100 + filling + i * 0.1 + (i % 2) * 0.01));
    }
    assertThat(Samples.slope(heaps)).isCloseTo(6, within(0.1));
    assertThat(Samples.slope(heaps.subList(0, 2))).isNaN();
  }
}
