package com.gymcoach.bedrock.cache.internal.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.internal.sdk.AnswerContent;
import com.gymcoach.bedrock.cache.internal.wire.CanonicalJson;
import java.util.Arrays;

/**
 * The result of comparing two answers. Holds nothing of either.
 *
 * @param overlap the share of words that the texts have in common, from 0 to 1; 1 unless the
 *     answers are different, and NaN if they are and neither has a text
 */
public record Comparison(Verdict verdict, double overlap) {

  /** Compares two answers. The result does not depend on their order. */
  public static Comparison of(AnswerContent one, AnswerContent other) {
    if (one.parts().equals(other.parts())) {
      return new Comparison(Verdict.EQUAL, 1);
    }
    String text = one.text();
    String otherText = other.text();
    if (!one.asksForTool() && !other.asksForTool() && !text.isEmpty() && !otherText.isEmpty()) {
      if (text.equals(otherText)) {
        return new Comparison(Verdict.SAME_TEXT, 1);
      }
      if (isSameJson(text, otherText)) {
        return new Comparison(Verdict.SAME_JSON, 1);
      }
    }
    boolean anyText = !text.isEmpty() || !otherText.isEmpty();
    return new Comparison(
        Verdict.DIFFERENT, anyText ? WordOverlap.of(text, otherText) : Double.NaN);
  }

  private static boolean isSameJson(String one, String other) {
    CanonicalJson first = CanonicalJson.of(one.getBytes(UTF_8));
    CanonicalJson second = CanonicalJson.of(other.getBytes(UTF_8));
    return first.canonical()
        && second.canonical()
        && Arrays.equals(first.buffer(), 0, first.length(), second.buffer(), 0, second.length());
  }
}
