package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.examples.lambda.Settings;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line options.
 *
 * @param flags the options without a value that were given
 * @param port the port on 127.0.0.1; 0 for any free one
 * @param delay the latency of the stand-in for Bedrock
 * @param readBudget the longest a call waits for the table
 * @param function the function's settings, by the names of its environment variables
 */
record Options(
    Set<Flag> flags, int port, Duration delay, Duration readBudget, Map<String, String> function) {
  /** An option without a value. */
  enum Flag {
    HELP,
    AWS,
    LOG
  }

  static final String USAGE =
      """
      Options:
        --port PORT         where to listen on 127.0.0.1, 0 for any that is free (8080)
        --delay TIME        how long the stand-in for Bedrock takes, 0s to 10s (1.2s)
        --read-budget TIME  how long a call waits for the table, 10ms to 10s (2s; the function on
                            AWS waits 50ms)
        --log               print the function's log here, not to a file
        --table NAME        the DynamoDB table (DYNAMODB_TABLE, or gymcoach-ai-main)
        --model ID          the model to ask (BEDROCK_MODEL_ID, or amazon.nova-micro-v1:0)
        --aws               use the real Bedrock and DynamoDB, with the credentials of the
                            environment; the table must exist, and answers cost tokens
        --help              print this
      """;

  private static final Pattern TIME = Pattern.compile("([0-9]{1,5}(?:\\.[0-9]{1,3})?)(ms|s)");
  private static final Duration MAX_TIME = Duration.ofSeconds(10);
  private static final Duration MIN_READ_BUDGET = Duration.ofMillis(10);
  private static final int LAST_PORT = 65_535;

  /**
   * Parses the arguments.
   *
   * @param environment the function's settings if the arguments do not override them
   * @throws IllegalArgumentException if an argument is unknown or invalid; the message names it
   */
  static Options parse(Map<String, String> environment, String... args) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    int port = 8080;
    Duration delay = Duration.ofMillis(1200);
    // Patient: this is a demonstration, and DynamoDB Local shares a busy machine and this JVM.
    Duration readBudget = Duration.ofSeconds(2);
    Map<String, String> function = new HashMap<>(environment);
    for (Iterator<String> rest = Arrays.asList(args).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--help" -> flags.add(Flag.HELP);
        case "--aws" -> flags.add(Flag.AWS);
        case "--log" -> flags.add(Flag.LOG);
        case "--port" -> port = port(value(option, rest));
        case "--delay" ->
            delay = time("delay", value(option, rest), Duration.ZERO, "0s to 10s, such as 1.2s");
        case "--read-budget" ->
            readBudget =
                time(
                    "read budget",
                    value(option, rest),
                    MIN_READ_BUDGET,
                    "10ms to 10s, such as 500ms");
        case "--table" -> function.put("DYNAMODB_TABLE", value(option, rest));
        case "--model" -> function.put("BEDROCK_MODEL_ID", value(option, rest));
        default -> throw new IllegalArgumentException("There is no option " + option + ".");
      }
    }
    return new Options(Set.copyOf(flags), port, delay, readBudget, Map.copyOf(function));
  }

  /** Returns whether only to print the usage. */
  boolean help() {
    return flags.contains(Flag.HELP);
  }

  /** Returns whether to use the real services. */
  boolean aws() {
    return flags.contains(Flag.AWS);
  }

  /** Returns whether to print the log, not to write it to a file. */
  boolean log() {
    return flags.contains(Flag.LOG);
  }

  Settings settings() {
    return Settings.from(function);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("A value is missing after " + option + ".");
    }
    return rest.next();
  }

  private static int port(String text) {
    if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= LAST_PORT) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException("The port " + text + " is not a number from 0 to 65535.");
  }

  private static Duration time(String name, String text, Duration min, String range) {
    Matcher matcher = TIME.matcher(text);
    if (matcher.matches()) {
      double millis =
          Double.parseDouble(matcher.group(1)) * (matcher.group(2).equals("s") ? 1000 : 1);
      Duration time = Duration.ofMillis(Math.round(millis));
      if (time.compareTo(min) >= 0 && time.compareTo(MAX_TIME) <= 0) {
        return time;
      }
    }
    throw new IllegalArgumentException("The %s %s is not %s.".formatted(name, text, range));
  }
}
