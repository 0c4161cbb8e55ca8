package com.gymcoach.bedrock.cache.internal.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WordOverlapTest {

  @Provide
  Arbitrary<List<String>> words() {
    return Arbitraries.of("rest", "squat", "set", "3", "für", "深").list().ofMaxSize(12);
  }

  @Property
  void of_isSymmetricAndFromZeroToOne(@ForAll String one, @ForAll String other) {
    double overlap = WordOverlap.of(one, other);
    assertThat(overlap).isBetween(0.0, 1.0).isEqualTo(WordOverlap.of(other, one));
    assertThat(WordOverlap.of(one, one)).isEqualTo(1);
  }

  @Property
  void of_isOneOnlyIfBothHaveTheSameWordsEquallyOften(
      @ForAll("words") List<String> one, @ForAll("words") List<String> other) {
    double overlap = WordOverlap.of(String.join(" ", one), String.join(" ", other));
    assertThat(overlap == 1).isEqualTo(sorted(one).equals(sorted(other)));
  }

  @Property
  void of_whenTheOrderDiffers_isOne(@ForAll("words") List<String> words, @ForAll long seed) {
    List<String> shuffled = new ArrayList<>(words);
    Collections.shuffle(shuffled, new Random(seed));
    assertThat(WordOverlap.of(String.join(", ", words), String.join("\n", shuffled))).isEqualTo(1);
  }

  private static List<String> sorted(List<String> words) {
    return words.stream().sorted().toList();
  }

  @Example
  void of_countsWordsAsOftenAsBothHaveThem() {
    assertThat(WordOverlap.of("Rest. Rest, then squat!", "rest then run"))
        .isCloseTo(2 * 2 / 7.0, within(1e-12));
    assertThat(WordOverlap.of("rest", "squat")).isZero();
    assertThat(WordOverlap.of("", "squat")).isZero();
    assertThat(WordOverlap.of("!", "?")).isEqualTo(1);
  }

  @Example
  void of_takesEachIdeographAsAWordAndKeepsCombiningMarks() {
    assertThat(WordOverlap.of("深蹲很好", "深蹲不好")).isEqualTo(0.75);
    assertThat(WordOverlap.of("विश्राम", "विश्वास")).isZero();
    assertThat(WordOverlap.of("𠀀a", "a𠀀")).isEqualTo(1);
  }

  @Example
  void of_whenATextIsLong_countsTheFirstWordsOnly() {
    String same = "a ".repeat(WordOverlap.MAX_WORDS);
    assertThat(WordOverlap.of(same, same + "b b b")).isEqualTo(1);
    assertThat(WordOverlap.of("a ".repeat(WordOverlap.MAX_WORDS - 1) + "b", same)).isLessThan(1);
  }
}
