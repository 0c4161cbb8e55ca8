package com.gymcoach.bedrock.cloudwatch;

import java.util.regex.Pattern;

/** Checks names of CloudWatch namespaces. */
final class Namespaces {
  private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._#/-][A-Za-z0-9._#/: -]{0,254}");

  private Namespaces() {}

  /**
   * Throws an {@link IllegalArgumentException} when the sink is built, rather than failing at each
   * interval.
   */
  static void check(String namespace) {
    if (!SHAPE.matcher(namespace).matches() || namespace.startsWith("AWS/")) {
      throw new IllegalArgumentException(
          "The namespace must be 1 to 255 of A-Z a-z 0-9 . _ - # / : and blanks, begin with"
              + " neither of the last two, and not with AWS/");
    }
  }
}
