package com.gymcoach.bedrock.examples.load;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line options. */
final class Options {
  static final String USAGE =
      """
      Options:
        --duration TIME            length of the run, such as 60s or 30m (60s)
        --warm-up TIME             warm-up before it: checked, not measured (10s)
        --calls N                  end the run after N calls (no limit)
        --rate N                   open loop with N calls a second on schedule (closed loop)
        --threads N                most concurrent callers (8 in a closed loop, 64 in an open one)
        --instances N              caches that share the table (2)
        --users N                  users, drawn uniformly (50)
        --prompts N                prompts per user (60)
        --prompt-length N          least length of a prompt in characters (450)
        --zipf S                   exponent of Zipf's law for prompts (0.9)
        --streams PERCENT          share of streams; other calls are half sync, half async (20)
        --invoke-model PERCENT     share of InvokeModel; other calls are Converse (50)
        --invalidations PERCENT    share of calls replaced by an invalidation of a user (0.5; with
                                   --outage 0)
        --bare PERCENT             share of calls with a bare client (0; with --outage 20)
        --dynamodb-faults PERCENT  share of DynamoDB requests throttled, failed, slow or dropped (0)
        --bedrock-faults PERCENT   share of Bedrock calls throttled, failed or cut short (0)
        --delay TIME               latency of Bedrock (100ms)
        --bound TIME               invalidationDelay and maxUnverified (2s)
        --read-budget TIME         the longest a call waits for a look-up (50ms)
        --ttl TIME                 TTL of all answers (chat 30s, meal-plan 2m, workout-plan 10m)
        --hot BYTES                memory of each cache, such as 512K or 16M (16M)
        --outage WHAT              silent, slow or throttled DynamoDB, or a silent cloudwatch (none)
        --outage-at TIME           start of the outage (20s)
        --outage-for TIME          length of the outage (60s); the run is extended if necessary
        --gc-every TIME            interval of pauses that measure the heap after a full
                                   collection (a 30th of the duration, at least 5s)
        --out FOLDER               folder for the report and the plots (target/load)
        --help                     print this
      """;

  private static final Pattern BYTES = Pattern.compile("([0-9]{1,6})(K|M|)");
  private static final Set<String> OUTAGES = Set.of("silent", "slow", "throttled", "cloudwatch");
  private static final Duration AFTER_OUTAGE = Duration.ofSeconds(20);

  boolean help;
  Duration duration = Duration.ofSeconds(60);
  Duration warmUp = Duration.ofSeconds(10);
  long calls = Long.MAX_VALUE;
  int rate;
  int threads;
  int instances = 2;
  int users = 50;
  int prompts = 60;
  int promptLength;
  double zipf = 0.9;
  double streamsPercent = 20;
  double invokeModelPercent = 50;
  double invalidationsPercent = -1;
  double barePercent = -1;
  double dynamoDbFaultsPercent;
  double bedrockFaultsPercent;
  Duration delay = Duration.ofMillis(100);
  Duration bound = Duration.ofSeconds(2);
  Duration readBudget = Duration.ofMillis(50);

  /**
   * TTLs by endpoint. They are short, so that answers expire and are requested again during a run.
   */
  final Map<String, Duration> ttls =
      new TreeMap<>(
          Map.of(
              "chat", Duration.ofSeconds(30),
              "meal-plan", Duration.ofMinutes(2),
              "workout-plan", Duration.ofMinutes(10)));

  long hotBytes = 16L << 20;
  String outage = "";
  Duration outageAt = Duration.ofSeconds(20);
  Duration outageFor = Duration.ofSeconds(60);
  Duration gcEvery = Duration.ZERO;
  Path out = Path.of("target", "load");

  private Options() {}

  /**
   * Parses the arguments.
   *
   * @throws IllegalArgumentException if an argument is unknown or invalid; the message names it
   */
  static Options parse(String... args) {
    Options options = new Options();
    for (Iterator<String> rest = Arrays.asList(args).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      if (option.equals("--help")) {
        options.help = true;
      } else if (rest.hasNext()) {
        options.set(option, rest.next());
      } else {
        throw new IllegalArgumentException("A value is missing after " + option + ".");
      }
    }
    options.complete();
    return options;
  }

  private void set(String option, String value) {
    switch (option) {
      case "--duration" -> duration = Times.parse(value);
      case "--warm-up" -> warmUp = Times.parse(value);
      case "--calls" -> calls = number(option, value, 1_000_000_000);
      case "--rate" -> rate = number(option, value, 100_000);
      case "--threads" -> threads = number(option, value, 1_000);
      case "--instances" -> instances = number(option, value, 20);
      case "--users" -> users = number(option, value, 1_000_000);
      case "--prompts" -> prompts = number(option, value, 1_000_000);
      case "--prompt-length" -> promptLength = number(option, value, 1_000_000);
      case "--zipf" -> zipf = decimal(option, value, 5);
      case "--invoke-model" -> invokeModelPercent = decimal(option, value, 100);
      case "--streams" -> streamsPercent = decimal(option, value, 100);
      case "--invalidations" -> invalidationsPercent = decimal(option, value, 100);
      case "--bare" -> barePercent = decimal(option, value, 100);
      case "--dynamodb-faults" -> dynamoDbFaultsPercent = decimal(option, value, 100);
      case "--bedrock-faults" -> bedrockFaultsPercent = decimal(option, value, 100);
      case "--delay" -> delay = Times.parse(value);
      case "--bound" -> bound = Times.parse(value);
      case "--read-budget" -> readBudget = Times.parse(value);
      case "--ttl" -> {
        Duration ttl = Times.parse(value);
        ttls.replaceAll((endpoint, before) -> ttl);
      }
      case "--hot" -> hotBytes = bytes(value);
      case "--outage" -> outage = outage(value);
      case "--outage-at" -> outageAt = Times.parse(value);
      case "--outage-for" -> outageFor = Times.parse(value);
      case "--gc-every" -> gcEvery = Times.parse(value);
      case "--out" -> out = Path.of(value);
      default -> throw new IllegalArgumentException("There is no option " + option + ".");
    }
  }

  private void complete() {
    boolean isOutage = !outage.isEmpty();
    threads = threads > 0 ? threads : rate > 0 ? 64 : 8;
    invalidationsPercent = invalidationsPercent >= 0 ? invalidationsPercent : isOutage ? 0 : 0.5;
    barePercent = barePercent >= 0 ? barePercent : isOutage ? 20 : 0;
    Duration after = outageFor.compareTo(AFTER_OUTAGE) < 0 ? outageFor : AFTER_OUTAGE;
    Duration least = outageAt.plus(outageFor).plus(after);
    duration = isOutage && duration.compareTo(least) < 0 ? least : duration;
    if (gcEvery.isZero()) {
      Duration part = duration.dividedBy(30);
      gcEvery = part.compareTo(Duration.ofSeconds(5)) < 0 ? Duration.ofSeconds(5) : part;
    }
  }

  private static long bytes(String text) {
    Matcher matcher = BYTES.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("The size " + text + " is not one such as 0, 512K, 16M.");
    }
    int shift = matcher.group(2).equals("K") ? 10 : matcher.group(2).equals("M") ? 20 : 0;
    return Long.parseLong(matcher.group(1)) << shift;
  }

  private static String outage(String text) {
    if (!OUTAGES.contains(text)) {
      throw new IllegalArgumentException("There is no outage " + text + ".");
    }
    return text;
  }

  private static int number(String option, String text, int most) {
    int number = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    if (number < 1 || number > most) {
      throw new IllegalArgumentException(
          option + " " + text + " is not a whole number from 1 to " + most + ".");
    }
    return number;
  }

  private static double decimal(String option, String text, int most) {
    double number = text.matches("[0-9]{1,3}(\\.[0-9]{1,3})?") ? Double.parseDouble(text) : -1;
    if (number < 0 || number > most) {
      throw new IllegalArgumentException(
          option + " " + text + " is not a number from 0 to " + most + ".");
    }
    return number;
  }
}
