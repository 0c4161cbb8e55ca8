package com.gymcoach.bedrock.cache.internal.compare;

import java.util.HashMap;
import java.util.Map;

/**
 * The share of words that two texts have in common, from 0 to 1: the F1 measure over bags of words
 * by which SQuAD scores answers (Rajpurkar et al. 2016), without its removal of English articles.
 * It is symmetric, and 1 only if both texts have the same words equally often.
 *
 * <p>A word is a run of letters, digits and combining marks, in lower case. Each ideograph is a
 * word. Only the first 100,000 words of a text count, which bounds the memory.
 */
final class WordOverlap {
  static final int MAX_WORDS = 100_000;

  private final Map<String, Integer> counts = new HashMap<>();
  private int words;

  private WordOverlap(String text) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < text.length() && words < MAX_WORDS; ) {
      int character = text.codePointAt(i);
      i += Character.charCount(character);
      boolean ideograph = Character.isIdeographic(character);
      if (ideograph || !belongsToWord(character)) {
        end(word);
      }
      if (ideograph || belongsToWord(character)) {
        word.appendCodePoint(Character.toLowerCase(character));
      }
      if (ideograph) {
        end(word);
      }
    }
    end(word);
  }

  private static boolean belongsToWord(int character) {
    return Character.isLetterOrDigit(character)
        || switch (Character.getType(character)) {
          case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
          default -> false;
        };
  }

  private void end(StringBuilder word) {
    if (!word.isEmpty() && words < MAX_WORDS) {
      counts.merge(word.toString(), 1, Integer::sum);
      words++;
    }
    word.setLength(0);
  }

  /** Returns the overlap of two texts; 1 if neither has a word. */
  static double of(String one, String other) {
    WordOverlap first = new WordOverlap(one);
    WordOverlap second = new WordOverlap(other);
    int all = first.words + second.words;
    if (all == 0) {
      return 1;
    }
    int common = 0;
    for (Map.Entry<String, Integer> word : first.counts.entrySet()) {
      common += Math.min(word.getValue(), second.counts.getOrDefault(word.getKey(), 0));
    }
    return 2.0 * common / all;
  }
}
