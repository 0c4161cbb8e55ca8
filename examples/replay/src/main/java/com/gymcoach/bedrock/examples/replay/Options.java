package com.gymcoach.bedrock.examples.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line options. */
record Options(
    boolean help,
    String trace,
    TraceReader reader,
    Path out,
    String model,
    List<Duration> ttls,
    List<Long> hotBytes,
    int processes) {
  static final String USAGE =
      """
      Options:
        --trace WHAT       seed or gymcoach, which are made up, or a file: Mooncake's JSON lines,
                           Azure's CSV, or CSV with the first line
                           time,user,endpoint,prompt,inputTokens,outputTokens  (seed)
                           A line that is not a call is rejected, with its number and its fault.
        --skip-bad-lines   skip such lines, and report how many and why
        --ttl LIST         TTLs to compare, such as 60s,10m,1h,24h  (10m,1h,24h)
        --hot LIST         memory sizes of a process to compare, such as 0,1M,64M  (0,1M,64M)
        --processes N      processes that share the table; calls are assigned in turn  (2)
        --users N          users to assign calls to if the trace names none  (200)
        --zipf S           exponent of Zipf's law for prompts if the trace names none  (0.80)
        --model ID         the model whose prices apply  (anthropic.claude-3-5-haiku-20241022-v1:0)
        --out FOLDER       folder for hit-rate.png and hit-rate.svg  (.)
        --help             print this
      """;

  private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(s|m|h|d)");
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,6})(K|M|G|)");

  /**
   * Parses the arguments.
   *
   * @throws IllegalArgumentException if an argument is unknown or invalid; the message names it
   */
  static Options parse(String... args) {
    boolean help = false;
    String trace = "seed";
    Path out = Path.of(".");
    String model = "anthropic.claude-3-5-haiku-20241022-v1:0";
    List<Duration> ttls = List.of(Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofDays(1));
    List<Long> hot = List.of(0L, 1L << 20, 64L << 20);
    int users = 200;
    int processes = 2;
    double zipf = 0.8;
    boolean skipsBadLines = false;
    for (Iterator<String> rest = Arrays.asList(args).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--help" -> help = true;
        case "--skip-bad-lines" -> skipsBadLines = true;
        case "--trace" -> trace = value(option, rest);
        case "--out" -> out = Path.of(value(option, rest));
        case "--model" -> model = value(option, rest);
        case "--ttl" -> ttls = list(value(option, rest)).stream().map(Options::time).toList();
        case "--hot" -> hot = list(value(option, rest)).stream().map(Options::bytes).toList();
        case "--users" -> users = number(option, value(option, rest), 1, 1_000_000);
        case "--processes" -> processes = number(option, value(option, rest), 1, 1_000);
        case "--zipf" -> zipf = decimal(option, value(option, rest));
        default -> throw new IllegalArgumentException("There is no option " + option + ".");
      }
    }
    TraceReader reader = new TraceReader(users, zipf, skipsBadLines);
    return new Options(help, trace, reader, out, model, ttls, hot, processes);
  }

  /** Reads or generates the trace. */
  Trace load() throws IOException {
    return switch (trace) {
      case "seed" -> Loads.seed();
      case "gymcoach" -> Loads.gymcoach(reader.users());
      default -> reader.read(Path.of(trace));
    };
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("A value is missing after " + option + ".");
    }
    return rest.next();
  }

  private static List<String> list(String text) {
    return new ArrayList<>(Arrays.asList(text.split(",", -1)));
  }

  private static Duration time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("The life " + text + " is not one such as 60s, 10m, 1h.");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private static long bytes(String text) {
    Matcher matcher = BYTES.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("The size " + text + " is not one such as 0, 512K, 64M.");
    }
    int shift =
        switch (matcher.group(2)) {
          case "K" -> 10;
          case "M" -> 20;
          case "G" -> 30;
          default -> 0;
        };
    return Long.parseLong(matcher.group(1)) << shift;
  }

  private static int number(String option, String text, int least, int most) {
    int number = text.matches("[0-9]{1,7}") ? Integer.parseInt(text) : -1;
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          option + " " + text + " is not a whole number from " + least + " to " + most + ".");
    }
    return number;
  }

  private static double decimal(String option, String text) {
    double number = text.matches("[0-9]{1,2}(\\.[0-9]{1,3})?") ? Double.parseDouble(text) : -1;
    if (number < 0 || number > 5) {
      throw new IllegalArgumentException(option + " " + text + " is not a number from 0 to 5.");
    }
    return number;
  }
}
