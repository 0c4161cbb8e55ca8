package com.gymcoach.bedrock.cache.internal.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Detects texts in which a reader sees nothing. */
public final class Blank {
  /**
   * The tags with which models mark reasoning within their text if the body has no field for it:
   * gpt-oss and DeepSeek on InvokeModel. With DeepSeek, the opening tag may already be in the
   * prompt.
   */
  private static final List<String> REASONING = List.of("reasoning", "think");

  private Blank() {}

  /** Returns whether a text is null, empty, or consists of invisible characters only. */
  public static boolean is(@Nullable String text) {
    if (text == null) {
      return true;
    }
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      if (shows(character)) {
        return false;
      }
      i += Character.charCount(character);
    }
    return true;
  }

  /** Returns a text without the tagged reasoning at its beginning. */
  public static String withoutReasoning(String text) {
    String rest = text;
    for (String mark : REASONING) {
      String start = "<" + mark + ">";
      String end = "</" + mark + ">";
      int from = rest.indexOf(start);
      int to = rest.indexOf(end);
      if (from < 0) {
        rest = to < 0 ? rest : rest.substring(to + end.length());
      } else if (is(rest.substring(0, from))) {
        rest = to < 0 ? "" : rest.substring(to + end.length());
      }
    }
    return rest;
  }

  private static boolean shows(int character) {
    if (Character.isSpaceChar(character)) {
      return false;
    }
    return switch (Character.getType(character)) {
      // Tabs and line ends; zero-width spaces and joiners, marks of direction, the byte order mark,
      // the soft hyphen.
      case Character.FORMAT, Character.CONTROL -> false;
      default -> !isFiller(character);
    };
  }

  /**
   * Returns whether a character is invisible although it is a letter, mark or symbol, or only
   * modifies the one before it.
   */
  private static boolean isFiller(int character) {
    return character == 0x034F // combining grapheme joiner
        || character == 0x115F // Hangul fillers
        || character == 0x1160
        || character == 0x3164
        || character == 0xFFA0
        || character == 0x17B4 // Khmer inherent vowels
        || character == 0x17B5
        || character == 0x2800 // braille without a dot
        || (character >= 0x180B && character <= 0x180F) // Mongolian selectors
        || (character >= 0xFE00 && character <= 0xFE0F) // variation selectors
        || (character >= 0xE0100 && character <= 0xE01EF);
  }
}
