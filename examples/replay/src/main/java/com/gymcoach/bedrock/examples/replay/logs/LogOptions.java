package com.gymcoach.bedrock.examples.replay.logs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The command line options.
 *
 * @param logs files and folders
 * @param endpointKey the request metadata that names the endpoint, or null
 * @param scopeKey the request metadata that names the user, or null
 * @param prices a price list, or null for the standard one
 * @param temp the folder for temporary files
 */
record LogOptions(
    boolean help,
    List<Path> logs,
    @Nullable String endpointKey,
    @Nullable String scopeKey,
    List<Duration> ttls,
    @Nullable Path prices,
    Path out,
    Path temp) {
  static final String USAGE =
      """
      Options:
        --log PATH         a file or a folder of model invocation logs; may be repeated
        --endpoint KEY     the request metadata that names the endpoint  (the caller's role)
        --scope KEY        the request metadata that names the user  (the caller's identity)
        --ttl LIST         TTLs to compare, such as 60s,10m,1h  (5m,1h,6h,24h,7d)
        --prices FILE      a price list in the form of prices.json  (the cache's own)
        --out FOLDER       folder for should-i-cache.html  (.)
        --temp FOLDER      folder for temporary files, which hold digests  (the system's)
        --help             print this
      """;

  private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(s|m|h|d)");
  private static final int MOST_TTLS = 10;

  /**
   * Parses the arguments.
   *
   * @throws IllegalArgumentException if an argument is unknown or invalid; the message names it
   */
  static LogOptions parse(String... args) {
    boolean help = false;
    List<Path> logs = new ArrayList<>();
    String endpointKey = null;
    String scopeKey = null;
    List<Duration> ttls = ttls("5m,1h,6h,24h,7d");
    Path prices = null;
    Path out = Path.of(".");
    Path temp = Path.of(System.getProperty("java.io.tmpdir", "."));
    for (Iterator<String> rest = Arrays.asList(args).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--help" -> help = true;
        case "--log" -> logs.add(Path.of(value(option, rest)));
        case "--endpoint" -> endpointKey = value(option, rest);
        case "--scope" -> scopeKey = value(option, rest);
        case "--ttl" -> ttls = ttls(value(option, rest));
        case "--prices" -> prices = Path.of(value(option, rest));
        case "--out" -> out = Path.of(value(option, rest));
        case "--temp" -> temp = Path.of(value(option, rest));
        default -> throw new IllegalArgumentException("There is no option " + option + ".");
      }
    }
    if (logs.isEmpty() && !help) {
      throw new IllegalArgumentException("Name a log by --log.");
    }
    return new LogOptions(help, List.copyOf(logs), endpointKey, scopeKey, ttls, prices, out, temp);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("A value is missing after " + option + ".");
    }
    return rest.next();
  }

  private static List<Duration> ttls(String list) {
    List<Duration> ttls =
        Arrays.stream(list.split(",", -1)).map(LogOptions::ttl).distinct().sorted().toList();
    if (ttls.size() > MOST_TTLS) {
      throw new IllegalArgumentException("--ttl " + list + " has more than " + MOST_TTLS + ".");
    }
    return ttls;
  }

  private static Duration ttl(String text) {
    Matcher matcher = TIME.matcher(text);
    long count = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    if (count == 0) {
      throw new IllegalArgumentException("The TTL " + text + " is not one such as 60s, 10m, 1h.");
    }
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /** Returns a TTL as it is written on the command line, in the largest unit that fits. */
  static String text(Duration ttl) {
    if (ttl.compareTo(Duration.ofDays(1)) > 0 && ttl.toSeconds() % 86_400 == 0) {
      return ttl.toDays() + " d";
    }
    if (ttl.toSeconds() % 3_600 == 0) {
      return ttl.toHours() + " h";
    }
    return ttl.toSeconds() % 60 == 0 ? ttl.toMinutes() + " min" : ttl.toSeconds() + " s";
  }
}
