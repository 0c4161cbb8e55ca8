package com.gymcoach.bedrock.cache.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlankTest {
  private static final int[] BLANKS = {
    ' ', '\t', '\n', '\r', 0x0B, 0x0C, 0x00, 0x1F, 0x7F, 0x85, 0xA0, 0xAD, 0x034F, 0x061C, 0x115F,
    0x1160, 0x1680, 0x17B4, 0x17B5, 0x180B, 0x180E, 0x180F, 0x2000, 0x2003, 0x2007, 0x200A, 0x200B,
    0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x202F, 0x205F, 0x2060, 0x2064,
    0x2066, 0x2800, 0x3000, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xE0001, 0xE0100, 0xE01EF
  };

  @Provide
  Arbitrary<String> blanks() {
    return Arbitraries.integers()
        .between(0, BLANKS.length - 1)
        .list()
        .ofMaxSize(40)
        .map(
            places ->
                places.stream()
                    .map(place -> Character.toString(BLANKS[place]))
                    .reduce("", String::concat));
  }

  @Property
  void is_ofCharactersThatShowNothing_isTrue(@ForAll("blanks") String blanks) {
    assertThat(Blank.is(blanks)).isTrue();
  }

  @Property
  void is_whenOneCharacterShowsSomething_isFalse(
      @ForAll("blanks") String before, @ForAll("blanks") String after) {
    for (String shown :
        new String[] {"0", ".", "\u00e9", "\u6df1", "\ud83d\udcaa", "\ud83d", "-"}) {
      assertThat(Blank.is(before + shown + after)).as(shown).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x17B3, 0x17B6, 0x180A, 0x1810, 0xFDFF, 0xFE10, 0xE00FF, 0xE01F0})
  void is_ofTheNeighboursOfFillers_isFalse(int character) {
    assertThat(Blank.is(Character.toString(character))).isFalse();
  }

  @Test
  void is_ofEachBlank_isTrue() {
    for (int blank : BLANKS) {
      assertThat(Blank.is(Character.toString(blank))).as("%x", blank).isTrue();
    }
  }

  @Test
  void is_ofNothing_isTrue() {
    assertThat(Blank.is(null)).isTrue();
    assertThat(Blank.is("")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "<think>a</think>b, b",
    "<think>a</think>b</think>c, b</think>c",
    "a</think>b, b",
    "</think>b, b",
    "<reasoning>a</reasoning>b, b",
    "' <think>a</think>', ''",
    "<think>a, ''",
    "<reasoning>a, ''",
  })
  void withoutReasoning_whenItIsMarked_isTheRest(String text, String rest) {
    assertThat(Blank.withoutReasoning(text)).isEqualTo(rest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "Write <think>a</think>.", "a <reasoning>", "thinking", "<think"})
  void withoutReasoning_whenNoneLeads_isTheText(String text) {
    assertThat(Blank.withoutReasoning(text)).isEqualTo(text);
  }
}
