package com.gymcoach.bedrock.examples.warmup;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of the command. */
final class Options {
  static final String USAGE =
      """
      usage: FILE --usd USD | --calls N [options]
        --usd USD          the most to spend, by the price list
        --calls N          the most calls to Bedrock
        --table NAME       the DynamoDB table; required unless --stand-in is given
        --namespace NAME   the cache's namespace
        --rate N           calls per second, 1 unless given
        --burst N          calls at once after a pause, 1 unless given
        --concurrency N    calls under way at a time, 4 unless given
        --output-tokens N  the output to count with for requests that state no limit
        --state FILE       resume from this file, and write it
        --dry-run          print the plan and end
        --yes              do not ask before the run
        --stand-in         ask a local stand-in and keep the answers in memory: costs nothing
      Region and credentials are those of the environment.""";

  final Path requests;
  @Nullable Double usd;
  @Nullable Long calls;
  @Nullable String table;
  @Nullable String namespace;
  double rate = 1;
  int burst = 1;
  int concurrency = 4;
  @Nullable Long outputTokens;
  @Nullable Path state;
  boolean dryRun;
  boolean yes;
  boolean standIn;

  private Options(Path requests) {
    this.requests = requests;
  }

  /**
   * Reads arguments.
   *
   * @throws IllegalArgumentException if they are not those of the usage, or one that is required is
   *     missing
   */
  static Options of(List<String> arguments) {
    Iterator<String> each = arguments.iterator();
    if (!each.hasNext()) {
      throw new IllegalArgumentException("No file is named");
    }
    Options options = new Options(Path.of(each.next()));
    while (each.hasNext()) {
      options.read(each.next(), each);
    }
    if (options.usd == null && options.calls == null) {
      throw new IllegalArgumentException("Give --usd or --calls");
    }
    if (options.table == null && !options.standIn) {
      throw new IllegalArgumentException("Give --table or --stand-in");
    }
    return options;
  }

  private void read(String name, Iterator<String> rest) {
    switch (name) {
      case "--dry-run" -> dryRun = true;
      case "--yes" -> yes = true;
      case "--stand-in" -> standIn = true;
      default -> {
        if (!rest.hasNext()) {
          throw new IllegalArgumentException(name + " is unknown or lacks its value");
        }
        value(name, rest.next());
      }
    }
  }

  private void value(String name, String value) {
    switch (name) {
      case "--usd" -> usd = Double.valueOf(value);
      case "--calls" -> calls = Long.valueOf(value);
      case "--table" -> table = value;
      case "--namespace" -> namespace = value;
      case "--rate" -> rate = Double.parseDouble(value);
      case "--burst" -> burst = Integer.parseInt(value);
      case "--concurrency" -> concurrency = Integer.parseInt(value);
      case "--output-tokens" -> outputTokens = Long.valueOf(value);
      case "--state" -> state = Path.of(value);
      default -> throw new IllegalArgumentException(name + " is unknown");
    }
  }
}
