package com.gymcoach.bedrock.examples.load;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Puts caches under load and checks every answer. Options include closed or open loop, the number
 * of users, prompts by Zipf's law, streams, invalidations, faults and outages.
 */
public final class Load {
  private Load() {}

  /**
   * Runs the load. Exits with 1 if an answer was wrong or a call failed unexpectedly, and with 2 if
   * an argument is invalid.
   */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  static int run(PrintStream out, String... args) {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
      out.print(Options.USAGE);
      return 2;
    }
    if (options.help) {
      out.print(Options.USAGE);
      return 0;
    }
    try (ServersProcess servers = ServersProcess.start()) {
      Plots.prepare();
      Driver driver = new Driver(options, servers, out, UnaryOperator.identity());
      CountDownLatch reported = new CountDownLatch(1);
      Thread onExit = new Thread(() -> endCleanly(driver, reported));
      Runtime.getRuntime().addShutdownHook(onExit); // Ctrl-C
      try {
        return print(driver.run(), out);
      } finally {
        reported.countDown();
      }
    } catch (IOException | UncheckedIOException e) {
      out.println(e.getMessage());
      return 2;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 2;
    }
  }

  private static int print(Report report, PrintStream out) throws IOException {
    String text = report.text();
    out.println();
    out.print(text);
    Files.createDirectories(report.options().out);
    Files.writeString(report.options().out.resolve("report.txt"), text);
    Plots.draw(report.options().out, report.samples());
    out.println("Written to " + report.options().out + ": report.txt, and plots as PNG and SVG");
    return report.wrong() + report.errors() == 0 ? 0 : 1;
  }

  private static void endCleanly(Driver driver, CountDownLatch reported) {
    driver.stop();
    try {
      boolean unused = reported.await(120, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
