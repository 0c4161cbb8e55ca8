package com.gymcoach.bedrock.benchmarks;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The options of the command line.
 *
 * @param java25 the home of a second JDK to run on
 * @param quick whether times are cut to a tenth, to see that everything runs
 * @param include which benchmarks to run, those whose name holds a match; empty for all
 * @param out the folder for the JSON and JMH's output
 * @param page the page to write the tables into, by a full run only
 */
record Settings(Optional<Path> java25, boolean quick, Pattern include, Path out, Path page) {

  /**
   * Reads the arguments, each {@code --name=value}.
   *
   * @throws IllegalArgumentException if one is unknown or cannot be used, saying which
   */
  static Settings parse(Map<String, String> environment, String... args) {
    Map<String, String> given = new TreeMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      given.put(arg.substring(0, Math.max(0, equals)), arg.substring(equals + 1));
    }
    String java25 = taken(given, "--java25", "");
    if (java25.isEmpty()) {
      java25 = environment.getOrDefault("JAVA25_HOME", "");
    }
    boolean quick = Boolean.parseBoolean(taken(given, "--quick", "false"));
    Pattern include = Pattern.compile(taken(given, "--include", ""));
    Path out = Path.of(taken(given, "--out", "target"));
    Path page = Path.of(taken(given, "--page", "benchmarks/RESULTS.md"));
    if (!given.isEmpty()) {
      throw new IllegalArgumentException("Not understood: " + String.join(" ", args));
    }
    return new Settings(
        java25.isEmpty() ? Optional.empty() : Optional.of(Path.of(java25)),
        quick,
        include,
        out,
        page);
  }

  private static String taken(Map<String, String> given, String name, String otherwise) {
    String value = given.remove(name);
    return value == null ? otherwise : value;
  }

  /** Returns whether the figures are fit to be published. */
  boolean full() {
    return !quick && include.pattern().isEmpty() && java25.isPresent();
  }
}
