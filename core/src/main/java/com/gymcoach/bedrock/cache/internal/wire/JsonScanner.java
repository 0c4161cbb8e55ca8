package com.gymcoach.bedrock.cache.internal.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads the strings and numbers of a JSON text strictly: the grammar of RFC 8259, in well-formed
 * UTF-8. Each method starts at {@link #at}, moves it past the token, and returns whether the token
 * was valid.
 */
final class JsonScanner {
  private static final int NONE = -1;

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';
  private static final long SPACES = ONES * ' ';

  private final byte[] in;

  /** The position of the next token. */
  int at;

  /** Whether the last string contains an escape. */
  boolean escaped;

  JsonScanner(byte[] in) {
    this.in = in;
  }

  /** Reads a string, including its quotes. */
  boolean string() {
    escaped = false;
    int i = afterPlain(at + 1);
    while (i < in.length) {
      int b = in[i];
      if (b == '"') {
        at = i + 1;
        return true;
      }
      if (b == '\\') {
        escaped = true;
        i = afterEscape(i);
      } else {
        i = afterMultiByte(i);
      }
      if (i == NONE) {
        return false;
      }
      i = afterPlain(i);
    }
    return false;
  }

  /** Reads a number without interpreting it. */
  boolean number() {
    int i = at;
    if (i < in.length && in[i] == '-') {
      i++;
    }
    int whole = afterDigits(i);
    if (whole == i || (in[i] == '0' && whole > i + 1)) {
      return false;
    }
    i = whole;
    if (i < in.length && in[i] == '.') {
      int fraction = afterDigits(i + 1);
      if (fraction == i + 1) {
        return false;
      }
      i = fraction;
    }
    if (i < in.length && (in[i] == 'e' || in[i] == 'E')) {
      i++;
      if (i < in.length && (in[i] == '+' || in[i] == '-')) {
        i++;
      }
      int exponent = afterDigits(i);
      if (exponent == i) {
        return false;
      }
      i = exponent;
    }
    at = i;
    return true;
  }

  /** Reads exactly the given ASCII text. */
  boolean literal(String text) {
    if (in.length - at < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (in[at + i] != text.charAt(i)) {
        return false;
      }
    }
    at += text.length();
    return true;
  }

  /**
   * Writes a string's content with its escapes decoded. JSON allows an escaped unpaired surrogate,
   * which UTF-8 does not: it is written as the three bytes that it would have in UTF-8, so that
   * different names stay different.
   *
   * @param from the first byte after the opening quote of a string that was read successfully
   * @param to the position of its closing quote
   * @param into the target, with room for three bytes more than the limit
   * @param limit the number of bytes after which to stop
   * @return the number of bytes written, up to three more than the limit
   */
  static int unescape(byte[] in, int from, int to, byte[] into, int limit) {
    int w = 0;
    int r = from;
    while (r < to && w < limit) {
      byte b = in[r++];
      if (b != '\\') {
        into[w++] = b;
        continue;
      }
      b = in[r++];
      if (b != 'u') {
        into[w++] = shortEscape(b);
        continue;
      }
      int c = hex(in, r);
      r += 4;
      if (Character.isHighSurrogate((char) c) && in[r] == '\\' && in[r + 1] == 'u') {
        int low = hex(in, r + 2);
        if (Character.isLowSurrogate((char) low)) {
          c = Character.toCodePoint((char) c, (char) low);
          r += 6;
        }
      }
      w = putUtf8(c, into, w);
    }
    return w;
  }

  private static byte shortEscape(byte b) {
    return switch (b) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> b; // a quote, a slash or a backslash
    };
  }

  private static int putUtf8(int c, byte[] into, int at) {
    int w = at;
    if (c < 0x80) {
      into[w++] = (byte) c;
      return w;
    }
    if (c < 0x800) {
      into[w++] = (byte) (0xC0 | (c >> 6));
    } else {
      if (c < 0x10000) {
        into[w++] = (byte) (0xE0 | (c >> 12));
      } else {
        into[w++] = (byte) (0xF0 | (c >> 18));
        into[w++] = (byte) (0x80 | ((c >> 12) & 0x3F));
      }
      into[w++] = (byte) (0x80 | ((c >> 6) & 0x3F));
    }
    into[w++] = (byte) (0x80 | (c & 0x3F));
    return w;
  }

  /** Skips plain characters: ASCII except the quote, the backslash and control characters. */
  private int afterPlain(int from) {
    int i = from;
    // Eight bytes at a time: each term has the high bit of a byte set where that byte is special.
    // A borrow can also set it for a byte above a special one, but never below the first one, so
    // the lowest set bit is right.
    for (; i <= in.length - Long.BYTES; i += Long.BYTES) {
      long word = (long) WORDS.get(in, i);
      long quote = word ^ QUOTES;
      long backslash = word ^ BACKSLASHES;
      long special =
          (word | (word - SPACES) | ((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash))
              & HIGH_BITS;
      if (special != 0) {
        return i + Long.numberOfTrailingZeros(special) / Byte.SIZE;
      }
    }
    while (i < in.length && in[i] >= ' ' && in[i] != '"' && in[i] != '\\') {
      i++;
    }
    return i;
  }

  private int afterEscape(int backslash) {
    int i = backslash + 1;
    if (i == in.length) {
      return NONE;
    }
    switch (in[i]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
        return i + 1;
      }
      case 'u' -> {
        if (in.length - i < 5) {
          return NONE;
        }
        for (int k = 1; k <= 4; k++) {
          if (Character.digit(in[i + k], 16) < 0) {
            return NONE;
          }
        }
        return i + 5;
      }
      default -> {
        return NONE;
      }
    }
  }

  /** Rejects control characters, overlong forms, surrogates and everything above U+10FFFF. */
  private int afterMultiByte(int lead) {
    int b = in[lead] & 0xFF;
    int more;
    if (b >= 0xC2 && b <= 0xDF) {
      more = 1;
    } else if (b >= 0xE0 && b <= 0xEF) {
      more = 2;
    } else if (b >= 0xF0 && b <= 0xF4) {
      more = 3;
    } else {
      return NONE;
    }
    if (in.length - lead <= more) {
      return NONE;
    }
    int second = in[lead + 1] & 0xFF;
    int lowest = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
    int highest = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
    if (second < lowest || second > highest) {
      return NONE;
    }
    for (int k = 2; k <= more; k++) {
      if ((in[lead + k] & 0xC0) != 0x80) {
        return NONE;
      }
    }
    return lead + more + 1;
  }

  private int afterDigits(int from) {
    int i = from;
    while (i < in.length && in[i] >= '0' && in[i] <= '9') {
      i++;
    }
    return i;
  }

  private static int hex(byte[] in, int from) {
    int value = 0;
    for (int k = 0; k < 4; k++) {
      value = (value << 4) | Character.digit(in[from + k], 16);
    }
    return value;
  }
}
