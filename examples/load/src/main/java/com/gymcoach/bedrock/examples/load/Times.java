package com.gymcoach.bedrock.examples.load;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads times from a command line. */
public final class Times {
  private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(ms|s|m|h)");

  private Times() {}

  /**
   * Reads a time such as {@code 50ms}, {@code 60s} or {@code 5m}.
   *
   * @throws IllegalArgumentException if it has another form; the message quotes it
   */
  public static Duration parse(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("The time " + text + " is not one such as 50ms, 60s, 5m.");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofHours(count);
    };
  }
}
