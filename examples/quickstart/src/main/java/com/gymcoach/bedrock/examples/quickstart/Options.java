package com.gymcoach.bedrock.examples.quickstart;

import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line options. */
record Options(boolean help, boolean aws, Duration delay, String table, String model) {
  static final String USAGE =
      """
      Options:
        --delay TIME   how long the stand-in for Bedrock takes, 0s to 10s (1.2s)
        --aws          use the real Bedrock and DynamoDB, with the credentials of the environment
        --table NAME   the DynamoDB table (bedrock-cache-tour); with --aws it must exist
        --model ID     the model to ask (amazon.nova-lite-v1:0)
        --help         print this
      """;

  private static final Pattern TIME = Pattern.compile("([0-9]{1,5}(?:\\.[0-9]{1,3})?)(ms|s)");
  private static final Duration MAX_DELAY = Duration.ofSeconds(10);

  /**
   * Parses the arguments.
   *
   * @throws IllegalArgumentException if an argument is unknown or invalid; the message names it
   */
  static Options parse(String... args) {
    boolean help = false;
    boolean aws = false;
    Duration delay = Duration.ofMillis(1200);
    String table = "bedrock-cache-tour";
    String model = "amazon.nova-lite-v1:0";
    for (Iterator<String> rest = Arrays.asList(args).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--help" -> help = true;
        case "--aws" -> aws = true;
        case "--delay" -> delay = time(value(option, rest));
        case "--table" -> table = value(option, rest);
        case "--model" -> model = value(option, rest);
        default -> throw new IllegalArgumentException("There is no option " + option + ".");
      }
    }
    return new Options(help, aws, delay, table, model);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("A value is missing after " + option + ".");
    }
    return rest.next();
  }

  private static Duration time(String text) {
    Matcher matcher = TIME.matcher(text);
    if (matcher.matches()) {
      double millis =
          Double.parseDouble(matcher.group(1)) * (matcher.group(2).equals("s") ? 1000 : 1);
      Duration delay = Duration.ofMillis(Math.round(millis));
      if (delay.compareTo(MAX_DELAY) <= 0) {
        return delay;
      }
    }
    throw new IllegalArgumentException("The delay " + text + " is not 0s to 10s, such as 1.2s.");
  }
}
