package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.examples.lambda.Settings;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line options.
 *
 * @param help whether only to print the usage
 * @param port the port on 127.0.0.1; 0 for any free one
 * @param delay the latency of the stand-in for Bedrock
 * @param aws whether to use the real services
 * @param function the function's settings, by the names of its environment variables
 */
record Options(boolean help, int port, Duration delay, boolean aws, Map<String, String> function) {
  static final String USAGE =
      """
      Options:
        --port PORT    where to listen on 127.0.0.1, 0 for any that is free (8080)
        --delay TIME   how long the stand-in for Bedrock takes, 0s to 10s (1.2s)
        --table NAME   the DynamoDB table (DYNAMODB_TABLE, or gymcoach-ai-main)
        --model ID     the model to ask (BEDROCK_MODEL_ID, or amazon.nova-micro-v1:0)
        --aws          use the real Bedrock and DynamoDB, with the credentials of the environment;
                       the table must exist, and answers cost tokens
        --help         print this
      """;

  private static final Pattern TIME = Pattern.compile("([0-9]{1,5}(?:\\.[0-9]{1,3})?)(ms|s)");
  private static final Duration MAX_DELAY = Duration.ofSeconds(10);
  private static final int LAST_PORT = 65_535;

  /**
   * Parses the arguments.
   *
   * @param environment the function's settings if the arguments do not override them
   * @throws IllegalArgumentException if an argument is unknown or invalid; the message names it
   */
  static Options parse(Map<String, String> environment, String... args) {
    boolean help = false;
    int port = 8080;
    Duration delay = Duration.ofMillis(1200);
    boolean aws = false;
    Map<String, String> function = new HashMap<>(environment);
    for (Iterator<String> rest = Arrays.asList(args).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--help" -> help = true;
        case "--port" -> port = port(value(option, rest));
        case "--delay" -> delay = time(value(option, rest));
        case "--aws" -> aws = true;
        case "--table" -> function.put("DYNAMODB_TABLE", value(option, rest));
        case "--model" -> function.put("BEDROCK_MODEL_ID", value(option, rest));
        default -> throw new IllegalArgumentException("There is no option " + option + ".");
      }
    }
    return new Options(help, port, delay, aws, Map.copyOf(function));
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
