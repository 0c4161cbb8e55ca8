package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into the pieces of a stream. A piece has whole words and the white space after them.
 * It never ends within a character that takes two {@code char}s.
 */
final class TextPieces {
  /** The length that a piece has at least, unless the text ends. */
  static final int MIN_LENGTH = 24;

  /** The length after which a piece ends without white space, as in a text without spaces. */
  static final int MAX_LENGTH = 256;

  private TextPieces() {}

  /** Returns the pieces in order; an empty text is one piece. */
  static List<String> of(String text) {
    List<String> pieces = new ArrayList<>(1 + text.length() / MIN_LENGTH);
    int from = 0;
    do {
      int to = end(text, from);
      pieces.add(text.substring(from, to));
      from = to;
    } while (from < text.length());
    return pieces;
  }

  private static int end(String text, int from) {
    int last = Math.min(text.length(), from + MAX_LENGTH);
    for (int to = from + MIN_LENGTH; to < last; to++) {
      if (Character.isWhitespace(text.charAt(to - 1)) && !Character.isWhitespace(text.charAt(to))) {
        return to;
      }
    }
    boolean splitsCharacter =
        last < text.length()
            && Character.isHighSurrogate(text.charAt(last - 1))
            && Character.isLowSurrogate(text.charAt(last));
    return splitsCharacter ? last - 1 : last;
  }
}
