package com.gymcoach.bedrock.examples.replay;

import com.gymcoach.bedrock.cache.CacheScope;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates the values of a call, for all trace formats. */
final class Fields {
  /** Until the year 2128: the clock of a run counts nanoseconds, which cover 292 years. */
  private static final long MAX_SECONDS = 5_000_000_000L;

  private static final int MAX_INPUT_TOKENS = 10_000_000;
  private static final int MAX_OUTPUT_TOKENS = 1_000_000;
  private static final Pattern DECIMAL =
      Pattern.compile("[0-9]{1,30}(\\.[0-9]{0,30})?([eE][+-]?[0-9]{1,2})?");
  private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}");

  private Fields() {}

  /** Converts a time in seconds to milliseconds. */
  static long seconds(String name, String text) throws BadLineException {
    if (!DECIMAL.matcher(text).matches()) {
      throw new BadLineException(name + " is not a number of seconds");
    }
    return millis(name, new BigDecimal(text).movePointRight(3));
  }

  /** Parses a time in milliseconds. */
  static long millis(String name, @Nullable String text) throws BadLineException {
    if (text == null || !DECIMAL.matcher(text).matches()) {
      throw new BadLineException(name + " is not a number of milliseconds");
    }
    return millis(name, new BigDecimal(text));
  }

  /** Rounds a time in milliseconds. */
  static long millis(String name, BigDecimal millis) throws BadLineException {
    if (millis.signum() < 0
        || millis.compareTo(BigDecimal.valueOf(MAX_SECONDS).movePointRight(3)) > 0) {
      throw new BadLineException(
          String.format(
              Locale.ROOT,
              "%s is not between 0 and %,d seconds; or are these milliseconds?",
              name,
              MAX_SECONDS));
    }
    return millis.setScale(0, RoundingMode.HALF_UP).longValueExact();
  }

  static int inputTokens(String name, @Nullable String text) throws BadLineException {
    return whole(name, text, MAX_INPUT_TOKENS);
  }

  static int outputTokens(String name, @Nullable String text) throws BadLineException {
    return whole(name, text, MAX_OUTPUT_TOKENS);
  }

  private static int whole(String name, @Nullable String text, int max) throws BadLineException {
    long number = text != null && WHOLE.matcher(text).matches() ? Long.parseLong(text) : -1;
    if (number < 1 || number > max) {
      throw new BadLineException(
          String.format(Locale.ROOT, "%s is not a whole number from 1 to %,d", name, max));
    }
    return (int) number;
  }

  /** Returns the user id, if a scope accepts it. */
  static String user(String name, String text) throws BadLineException {
    try {
      CacheScope.user(text);
      return text;
    } catch (IllegalArgumentException e) { // its message is less specific
      throw new BadLineException(name + " is not a text of 1 to 1,024 characters");
    }
  }

  /** Returns the endpoint name, if a scope accepts it. */
  static String endpoint(String name, String text) throws BadLineException {
    try {
      CacheScope.user("any").endpoint(text);
      return text;
    } catch (IllegalArgumentException e) { // its message is less specific
      throw new BadLineException(name + " is not a name of 1 to 64 letters, digits, ., _ or -");
    }
  }

  static String filled(String name, String text) throws BadLineException {
    if (text.isBlank()) {
      throw new BadLineException(name + " is empty");
    }
    return text;
  }
}
