package com.gymcoach.bedrock.warmup;

/** Makes names from a file harmless for a terminal. */
final class Printable {
  private static final int MAX_LENGTH = 256;

  private Printable() {}

  /** Returns a name with question marks for all characters that are not seen, and cut if long. */
  static String of(String name) {
    StringBuilder seen = new StringBuilder();
    name.codePoints().limit(MAX_LENGTH).forEach(c -> seen.appendCodePoint(isSeen(c) ? c : '?'));
    return seen.toString();
  }

  private static boolean isSeen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
