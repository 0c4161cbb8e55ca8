package com.gymcoach.bedrock.cache;

import java.util.regex.Pattern;

/** The one rule for names that become part of a stored key. */
final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private Names() {}

  static String require(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "The " + what + " must be 1 to 64 of A-Z a-z 0-9 . _ - and nothing else");
    }
    return name;
  }
}
