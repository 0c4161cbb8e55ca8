package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Where a text is cut when it is played as a stream. */
class TextPiecesTest {
  @Test
  void of_whenTheTextIsShort_isOnePiece() {
    assertThat(TextPieces.of("Squat deep.")).containsExactly("Squat deep.");
    assertThat(TextPieces.of("")).containsExactly("");
  }

  @Test
  void of_whenTheTextIsLong_cutsAfterWhiteSpace() {
    assertThat(TextPieces.of("Keep your heels on the floor, and your back  straight throughout."))
        .containsExactly(
            "Keep your heels on the floor, ", "and your back  straight ", "throughout.");
  }

  @Test
  void of_whenThereIsNoWhiteSpace_cutsAtTheLongestLength() {
    String word = "x".repeat(TextPieces.MAX_LENGTH + 1);
    assertThat(TextPieces.of(word)).containsExactly(word.substring(1), "x");
  }

  @Test
  void of_whenTheLongestPieceWouldEndWithinACharacter_endsBeforeIt() {
    String text = "x".repeat(TextPieces.MAX_LENGTH - 1) + "\ud83d\ude00y";
    assertThat(TextPieces.of(text))
        .containsExactly("x".repeat(TextPieces.MAX_LENGTH - 1), "\ud83d\ude00y");
  }

  /** Lone surrogates are in the texts as well: nothing may be lost or changed. */
  @Property
  void of_anyText_isWholeCutAtWordsAndNeverWithinACharacter(@ForAll("texts") String text) {
    List<String> pieces = TextPieces.of(text);
    assertThat(String.join("", pieces)).isEqualTo(text);
    for (int i = 0; i + 1 < pieces.size(); i++) {
      String piece = pieces.get(i);
      String next = pieces.get(i + 1);
      char last = piece.charAt(piece.length() - 1);
      assertThat(Character.isHighSurrogate(last) && Character.isLowSurrogate(next.charAt(0)))
          .isFalse();
      assertThat(piece.length()).isBetween(TextPieces.MIN_LENGTH, TextPieces.MAX_LENGTH);
      assertThat(Character.isWhitespace(last) || piece.length() >= TextPieces.MAX_LENGTH - 1)
          .as(piece)
          .isTrue();
      if (piece.length() < TextPieces.MAX_LENGTH - 1) {
        assertThat(Character.isWhitespace(next.charAt(0))).isFalse();
      }
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a", "word", " ", "\n", "\ud83d\ude00", "\ud83d", "\ude00", "x".repeat(90))
        .list()
        .ofMaxSize(60)
        .map(parts -> String.join("", parts));
  }
}
