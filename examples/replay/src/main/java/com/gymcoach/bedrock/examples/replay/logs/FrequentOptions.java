package com.gymcoach.bedrock.examples.replay.logs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command line options of {@link FrequentRequests}.
 *
 * @param userKey the request metadata that holds the user's id, or null for the shared scope
 * @param endpointKey the request metadata that names the endpoint, or null
 * @param endpoint the endpoint of all requests, or null for none
 * @param headers the headers of InvokeModel's requests
 * @param top how many requests are written
 * @param least how often a request must occur
 */
record FrequentOptions(
    List<Path> logs,
    Path out,
    @Nullable String userKey,
    @Nullable String endpointKey,
    @Nullable String endpoint,
    Map<String, String> headers,
    int top,
    long least) {
  static final String USAGE =
      """
      Options:
        --log PATH           a file or a folder of model invocation logs; may be repeated
        --out FILE           the file to write
        --shared             the answers are shared by all users
        --user KEY           the request metadata that holds the user's id
        --endpoint NAME      the endpoint of all requests  (none)
        --endpoint-key KEY   the request metadata that names the endpoint
        --header NAME=VALUE  a header of InvokeModel's requests, which the log lacks; may be repeated
        --top N              how many requests to write  (1000)
        --least N            how often a request must occur  (2)
        --help               print this
      """;

  /**
   * Parses the arguments.
   *
   * @return null if help is asked for
   * @throws IllegalArgumentException if an argument is unknown or invalid; the message names it
   */
  static @Nullable FrequentOptions parse(String... args) {
    List<Path> logs = new ArrayList<>();
    Map<String, String> headers = new LinkedHashMap<>();
    Map<String, String> given = new LinkedHashMap<>();
    for (Iterator<String> rest = Arrays.asList(args).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--help" -> {
          return null;
        }
        case "--log" -> logs.add(Path.of(value(option, rest)));
        case "--header" -> header(value(option, rest), headers);
        case "--shared" -> given.put(option, "");
        case "--out", "--user", "--endpoint", "--endpoint-key", "--top", "--least" ->
            given.put(option, value(option, rest));
        default -> throw new IllegalArgumentException("There is no option " + option + ".");
      }
    }
    String out = given.get("--out");
    if (logs.isEmpty() || out == null) {
      throw new IllegalArgumentException("Name a log by --log and a file by --out.");
    }
    if (given.containsKey("--shared") == given.containsKey("--user")) {
      throw new IllegalArgumentException("Say --shared or --user KEY: whose answers are they?");
    }
    return new FrequentOptions(
        List.copyOf(logs),
        Path.of(out),
        given.get("--user"),
        given.get("--endpoint-key"),
        given.get("--endpoint"),
        Map.copyOf(headers),
        number("--top", given.getOrDefault("--top", "1000")),
        number("--least", given.getOrDefault("--least", "2")));
  }

  private static void header(String text, Map<String, String> headers) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("--header is not NAME=VALUE.");
    }
    headers.put(text.substring(0, equals), text.substring(equals + 1));
  }

  private static int number(String option, String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= 100_000) {
        return number;
      }
    } catch (NumberFormatException notANumber) { // reported below
    }
    throw new IllegalArgumentException(option + " is not a number from 1 to 100,000.");
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("A value is missing after " + option + ".");
    }
    return rest.next();
  }
}
