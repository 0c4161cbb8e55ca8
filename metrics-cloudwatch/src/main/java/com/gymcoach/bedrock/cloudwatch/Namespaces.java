package com.gymcoach.bedrock.cloudwatch;

import java.util.regex.Pattern;

/** What CloudWatch takes as the name of a namespace. */
final class Namespaces {
  private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._#/-][A-Za-z0-9._#/: -]{0,254}");

  private Namespaces() {}

  /** Fails here rather than at each interval. */
  static void check(String namespace) {
    if (!SHAPE.matcher(namespace).matches() || namespace.startsWith("AWS/")) {
      throw new IllegalArgumentException(
          "The namespace must be 1 to 255 of A-Z a-z 0-9 . _ - # / : and blanks, begin with"
              + " neither of the last two, and not with AWS/");
    }
  }
}
