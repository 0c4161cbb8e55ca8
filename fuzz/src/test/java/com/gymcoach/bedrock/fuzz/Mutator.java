package com.gymcoach.bedrock.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes inputs of others, without looking at the code, for builds without Jazzer. The same seed
 * makes the same inputs.
 */
final class Mutator {
  /**
   * Some inputs become from 1 to 64 KB long, so that limits are reached, and what grows faster than
   * its input shows.
   */
  private static final int MIN_LONG = 1 << 10;

  private static final int DOUBLINGS = 6;

  private static final int MAX_CHANGES = 4;
  private static final byte[] TELLING = {
    0, 1, 15, 16, 127, -128, -1, '"', '{', '[', ',', '\\', '\n'
  };
  private static final List<byte[]> TOKENS =
      Checks.texts(
          "null",
          "true",
          "[]",
          "{}",
          "\"\"",
          "-1",
          "0",
          "1e999",
          "9223372036854775808",
          "\\u0000",
          "\\ud800",
          "\ufeff",
          "\u00e9",
          "\ud83d\ude00",
          "\r\n",
          "s3://",
          "{\"a\":",
          "[[",
          "::",
          "#");

  private static final List<byte[]> NUMBERS =
      Checks.texts(
          "0",
          "-1",
          "00",
          "1.0",
          "1e3",
          "-1e999",
          "1000",
          "65536",
          "2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775809");

  private final Random random;

  Mutator(long seed) {
    this.random = new Random(seed);
  }

  /** Returns a change of one of the inputs. */
  byte[] next(List<byte[]> inputs) {
    byte[] input = any(inputs);
    for (int left = 1 + random.nextInt(MAX_CHANGES); left > 0; left--) {
      input = changed(input, inputs);
    }
    return random.nextInt(100) == 0 ? lengthened(input) : input;
  }

  private byte[] any(List<byte[]> inputs) {
    return inputs.get(random.nextInt(inputs.size()));
  }

  private byte[] changed(byte[] input, List<byte[]> inputs) {
    int from = random.nextInt(input.length + 1);
    int to = from + random.nextInt(Math.min(32, input.length - from) + 1);
    return switch (random.nextInt(10)) {
      case 0 -> with(input, from, (byte) random.nextInt());
      case 1 -> with(input, from, TELLING[random.nextInt(TELLING.length)]);
      case 2 -> from == input.length ? input : with(input, from, (byte) (input[from] ^ bit()));
      case 3 -> replaced(input, from, to, new byte[0]);
      case 4 -> replaced(input, from, from, Arrays.copyOfRange(input, from, to));
      case 5 -> replaced(input, from, from, any(TOKENS));
      case 6 -> replaced(input, from, to, any(TOKENS));
      case 7 -> withOtherNumber(input, from);
      case 8 -> withOtherString(input, from);
      default -> spliced(input, from, any(inputs));
    };
  }

  /** Replaces the next number in a text, or makes it longer. */
  private byte[] withOtherNumber(byte[] input, int at) {
    int from = at;
    while (from < input.length && !isDigit(input[from])) {
      from++;
    }
    int to = from;
    while (to < input.length && isDigit(input[to])) {
      to++;
    }
    return random.nextBoolean()
        ? replaced(input, from, from, Arrays.copyOfRange(input, from, to))
        : replaced(input, from, to, any(NUMBERS));
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Replaces the next string of a JSON text, with its quotes, by another value. */
  private byte[] withOtherString(byte[] input, int at) {
    int from = next(input, at, '"');
    int to = Math.min(input.length, next(input, from + 1, '"') + 1);
    return replaced(input, from, to, any(TOKENS));
  }

  private static int next(byte[] input, int from, char wanted) {
    int at = Math.min(from, input.length);
    while (at < input.length && input[at] != wanted) {
      at++;
    }
    return at;
  }

  private int bit() {
    return 1 << random.nextInt(8);
  }

  private static byte[] with(byte[] input, int at, byte value) {
    return replaced(input, at, Math.min(input.length, at + 1), new byte[] {value});
  }

  /** Returns the beginning of one input with the end of another. */
  private byte[] spliced(byte[] input, int at, byte[] other) {
    int from = random.nextInt(other.length + 1);
    return replaced(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
  }

  private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(input, 0, from);
    out.writeBytes(by);
    out.write(input, to, input.length - to);
    return out.toByteArray();
  }

  /** Returns an input with a part of it repeated. */
  private byte[] lengthened(byte[] input) {
    int from = random.nextInt(input.length + 1);
    int to = from + random.nextInt(Math.min(16, input.length - from) + 1);
    byte[] part = from == to ? "[".getBytes(UTF_8) : Arrays.copyOfRange(input, from, to);
    ByteArrayOutputStream repeated = new ByteArrayOutputStream();
    int length = MIN_LONG << random.nextInt(DOUBLINGS + 1);
    while (repeated.size() < length) {
      repeated.writeBytes(part);
    }
    return replaced(input, from, from, repeated.toByteArray());
  }
}
