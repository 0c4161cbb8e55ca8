package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.examples.replay.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Tells from Bedrock's model invocation logs what a cache would save: prints a summary and writes a
 * page with plots. {@code docs/should-i-cache.md} describes it.
 */
public final class ShouldICache {
  static final String PAGE = "should-i-cache.html";

  private ShouldICache() {}

  /** Runs the analysis. Exits with 2 if an argument or the log is invalid. */
  public static void main(String[] args) {
    System.exit(run(System.out, Terminal.isOutput(), args));
  }

  static int run(PrintStream out, boolean isTerminal, String... args) {
    try {
      LogOptions options = LogOptions.parse(args);
      if (options.help()) {
        out.print(LogOptions.USAGE);
        return 0;
      }
      Instant latest = Instant.now().plus(Duration.ofDays(1)); // a clock may differ a little
      Findings findings = new Analysis(options, out, isTerminal, SortedCalls.RUN, latest).run();
      new ConsoleReport(findings, out).print();
      Path page = Files.createDirectories(options.out()).resolve(PAGE);
      Files.writeString(page, new Page(findings).html(), StandardCharsets.UTF_8);
      out.println();
      out.println("Written: " + page);
      return 0;
    } catch (IllegalArgumentException | IOException e) {
      boolean isNameAlone = e.getMessage() == null || e instanceof FileSystemException;
      out.println(isNameAlone ? e.toString() : e.getMessage());
      out.print(e instanceof IOException ? "" : LogOptions.USAGE);
      return 2;
    }
  }
}
