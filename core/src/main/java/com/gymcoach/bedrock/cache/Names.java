package com.gymcoach.bedrock.cache;

/** Checks names that become part of a stored key. */
final class Names {
  private static final int MAX_LENGTH = 64;

  private Names() {}

  static String require(String what, String name) {
    boolean good = !name.isEmpty() && name.length() <= MAX_LENGTH;
    for (int i = 0; good && i < name.length(); i++) { // no regex: this runs on every call
      char c = name.charAt(i);
      good =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
    }
    if (!good) {
      throw new IllegalArgumentException(
          "The " + what + " must be 1 to 64 of A-Z a-z 0-9 . _ - and nothing else");
    }
    return name;
  }
}
