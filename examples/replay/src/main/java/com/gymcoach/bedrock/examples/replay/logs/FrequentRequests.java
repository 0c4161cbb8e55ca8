package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.WireRequest;
import com.gymcoach.bedrock.examples.replay.logs.LogRecord.Body;
import com.gymcoach.bedrock.warmup.RequestLine;
import com.gymcoach.bedrock.warmup.internal.JsonLines;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the most frequent requests of Bedrock's model invocation logs to a file for a warm-up, the
 * most frequent first. Reads the log twice: to count, then to find the requests counted most. Holds
 * the requests that it writes in memory.
 */
public final class FrequentRequests {
  private static final int COUNTED_BETWEEN_CLEARINGS = 1_000_000;

  private final FrequentOptions options;
  private final RecordReader reader;
  private final Digests digests = new Digests();
  private final Faults faults = new Faults();

  private FrequentRequests(FrequentOptions options) {
    this.options = options;
    this.reader = new RecordReader(options.endpointKey(), options.userKey(), Instant.MAX);
  }

  /** Runs the program. Exits with 2 if an argument or the log is invalid. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  static int run(PrintStream out, String... args) {
    try {
      FrequentOptions options = FrequentOptions.parse(args);
      if (options == null) {
        out.print(FrequentOptions.USAGE);
        return 0;
      }
      new FrequentRequests(options).run(out);
      return 0;
    } catch (IllegalArgumentException | IOException e) {
      out.println(e.getMessage() == null ? e.toString() : e.getMessage());
      out.print(e instanceof IOException ? "" : FrequentOptions.USAGE);
      return 2;
    }
  }

  /** Receives each usable record of the log. */
  private interface Each {
    void accept(LogRecord logged, Path file, long line) throws IOException;
  }

  private void run(PrintStream out) throws IOException {
    LogFiles files = LogFiles.find(options.logs());
    Frequencies frequencies = new Frequencies(COUNTED_BETWEEN_CLEARINGS);
    read(files, true, (logged, file, line) -> frequencies.add(key(logged)));
    Map<Digests.Key, Integer> places = frequencies.most(options.top(), options.least());
    @Nullable String[] lines = new String[places.size()];
    read(
        files,
        false,
        (logged, file, line) -> {
          Integer place = places.remove(key(logged)); // its first record is enough
          if (place != null) {
            lines[place] = line(logged, file, line);
          }
        });
    long written = 0;
    try (Writer to = Files.newBufferedWriter(options.out())) {
      for (String line : lines) {
        if (line != null) {
          to.write(line + "\n");
          written++;
        }
      }
    }
    out.println(written + " requests written to " + options.out());
    faults.report().forEach(out::println);
  }

  private void read(LogFiles files, boolean reports, Each each) throws IOException {
    for (Path file : files.files()) {
      try (JsonLines lines = new JsonLines(file, RecordReader.MAX_BYTES, bytes -> {})) {
        while (lines.next()) {
          LogRecord logged = record(lines, file, reports);
          if (logged != null && isUsable(logged)) {
            each.accept(logged, file, lines.number());
          }
        }
      }
    }
  }

  private @Nullable LogRecord record(JsonLines lines, Path file, boolean reports) {
    try {
      if (lines.isTooLong()) {
        throw new BadRecordException("it is longer than 4 MB");
      }
      return reader.read(lines.bytes(), lines.length());
    } catch (BadRecordException e) { // reported once, with the other faults
      if (reports) {
        faults.add(file, lines.number(), e.fault());
      }
      return null;
    }
  }

  /** A request of no user is not one of the shared scope unless that is asked for. */
  private boolean isUsable(LogRecord logged) {
    String user = logged.scope();
    return !logged.failed()
        && logged.input() != null
        && Answers.isKnown(logged.operation())
        && (options.userKey() == null || (user != null && !user.isEmpty()));
  }

  private Digests.Key key(LogRecord logged) {
    byte[] body = Objects.requireNonNull(logged.input()).copy();
    CanonicalRequest request = CanonicalRequest.of(body, Answers.isConverse(logged.operation()));
    return digests.of(
        request.bytes(),
        0,
        request.length(),
        logged.operation(),
        logged.modelId(),
        options.userKey() == null ? "" : "user " + logged.scope(),
        String.valueOf(endpoint(logged)));
  }

  private @Nullable String endpoint(LogRecord logged) {
    return options.endpointKey() == null ? options.endpoint() : logged.endpoint();
  }

  private @Nullable String line(LogRecord logged, Path file, long number) {
    try {
      CacheScope scope =
          options.userKey() == null
              ? CacheScope.shared()
              : CacheScope.user(Objects.requireNonNull(logged.scope()));
      String endpoint = endpoint(logged);
      scope = endpoint == null ? scope : scope.endpoint(endpoint);
      Body body = Objects.requireNonNull(logged.input());
      Map<String, String> headers =
          Answers.isConverse(logged.operation()) ? Map.of() : options.headers();
      WireRequest wire =
          new WireRequest(logged.operation(), logged.modelId(), headers, body.copy());
      return new RequestLine(scope, wire.toRequest()).write();
    } catch (IOException | IllegalArgumentException unusable) { // whose message may quote the scope
      faults.add(file, number, "its request cannot be sent as it is in the log");
      return null;
    }
  }
}
