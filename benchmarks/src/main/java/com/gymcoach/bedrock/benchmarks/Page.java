package com.gymcoach.bedrock.benchmarks;

/** A page of the documentation of which a marked section is made by a program. */
final class Page {
  private static final String BEGIN = "<!-- benchmarks: begin, written by the program -->\n";
  private static final String END = "<!-- benchmarks: end -->";

  private Page() {}

  /**
   * Returns the page with its marked section replaced.
   *
   * @throws IllegalArgumentException if the page has no such section
   */
  static String replaceSection(String page, String section) {
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("The page has no section between the two marks");
    }
    return page.substring(0, begin + BEGIN.length()) + "\n" + section + page.substring(end);
  }
}
