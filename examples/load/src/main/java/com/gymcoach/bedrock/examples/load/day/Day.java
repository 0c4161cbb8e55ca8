package com.gymcoach.bedrock.examples.load.day;

import com.gymcoach.bedrock.examples.cloudwatch.MetricData;
import com.gymcoach.bedrock.examples.cloudwatch.ServiceCounts;
import com.gymcoach.bedrock.examples.load.Times;
import com.gymcoach.bedrock.examples.local.ApiGateway;
import com.gymcoach.bedrock.examples.local.Tokens;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Plays a first day in production: users call GymCoach's function over HTTP while the cache is
 * rolled out, releases come and go, and services fail. The alarms of its template are evaluated
 * each minute. A minute of the day takes half a second or more.
 */
public final class Day {
  private static final String USAGE =
      """
      Options:
        --minute TIME      how long a minute of the day takes, at least 200ms (500ms)
        --template FILE    the function's template (../gymcoach-lambda/template.yaml)
        --out FOLDER       folder for the report and its picture (target/day)
        --help             print this
      """;

  /** A slow machine makes a minute longer: a minute with fewer replies would prove little. */
  private static final int REPLIES_A_MINUTE = 25;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration SHORTEST_MINUTE = Duration.ofMillis(200);

  private final Duration length;
  private final PrintStream progress;
  private final MetricData metrics = new MetricData();
  private final ServiceCounts counts = new ServiceCounts(metrics);
  private final Seen seen = new Seen();
  private final Alarms alarms;
  private final Journal journal;
  private volatile int minute;

  Day(Duration length, Path template, PrintStream progress) {
    this.length = length;
    this.progress = progress;
    this.alarms = new Alarms(template, metrics);
    this.journal = new Journal(seen, alarms);
  }

  /** Plays the day. Exits with 1 if anything was wrong, and with 2 if an argument is invalid. */
  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(run(System.out, args));
  }

  static int run(PrintStream out, String... args) throws IOException, InterruptedException {
    Duration minute = Duration.ofMillis(500);
    Path template = Path.of("..", "gymcoach-lambda", "template.yaml");
    Path folder = Path.of("target", "day");
    try {
      for (int i = 0; i < args.length; i += 2) {
        if (args[i].equals("--help")) {
          out.print(USAGE);
          return 0;
        } else if (i + 1 == args.length) {
          throw new IllegalArgumentException("A value is missing after " + args[i] + ".");
        }
        switch (args[i]) {
          case "--minute" -> minute = Times.parse(args[i + 1]);
          case "--template" -> template = Path.of(args[i + 1]);
          case "--out" -> folder = Path.of(args[i + 1]);
          default -> throw new IllegalArgumentException("There is no option " + args[i] + ".");
        }
      }
      if (minute.compareTo(SHORTEST_MINUTE) < 0) {
        throw new IllegalArgumentException("A minute must take at least 200ms.");
      } else if (!Files.isReadable(template)) {
        throw new IllegalArgumentException("There is no template " + template + ".");
      }
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
      out.print(USAGE);
      return 2;
    }
    out.println("A minute of the day takes " + minute.toMillis() + " ms. Each scene is a line:");
    out.println(Journal.header());
    Journal journal = new Day(minute, template, out).play(Script::scenes, UnaryOperator.identity());
    String text = journal.text();
    out.println();
    out.print(text);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.txt"), text);
    DayPlot.draw(folder, journal);
    out.println("Written to " + folder + ": report.txt, and the day as PNG and SVG");
    return journal.faults().isEmpty() ? 0 : 1;
  }

  /**
   * Plays the day and returns what happened.
   *
   * @param scenes what of the script is played
   * @param around wraps the function; tests break it there
   */
  Journal play(Function<Script, List<Scene>> scenes, UnaryOperator<ApiGateway.Function> around)
      throws IOException, InterruptedException {
    Duration bound = length.multipliedBy(2);
    Tokens tokens = Tokens.withNewSecret();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Cloud cloud = new Cloud(bound)) {
      HttpServer server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
      Script.dial(cloud, 0);
      try (Fleet fleet = new Fleet(cloud, Script.FIRST, metrics, () -> minute)) {
        server.setExecutor(threads);
        ApiGateway gateway =
            new ApiGateway(
                around.apply(fleet),
                tokens,
                (exchange, status, body, took) -> counts.replied(minute, status),
                "*");
        server.createContext(
            "/api/",
            exchange -> {
              try (exchange) {
                gateway.handle(exchange);
              }
            });
        server.start();
        URI api = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        Visitors visitors = new Visitors(api, tokens, bound, seen, () -> minute);
        visitors.start();
        for (Scene scene : scenes.apply(new Script(cloud, fleet, visitors))) {
          play(scene, fleet, visitors);
        }
        visitors.stop();
      } finally {
        server.stop(0);
        threads.shutdown();
      }
    }
    return journal;
  }

  /** Plays a scene. No call is in flight when it begins or ends. */
  private void play(Scene scene, Fleet fleet, Visitors visitors) throws InterruptedException {
    int from = journal.minutes();
    journal.begin(scene, from);
    visitors.quietly(
        () -> {
          minute = from;
          scene.begin().run();
        });
    for (int played = 1; played <= scene.minutes(); played++) {
      minute = from + played - 1;
      awaitEndOfMinute(visitors);
      if (played == scene.minutes()) {
        visitors.quietly(scene.end()); // before the alarms look: what it causes is this scene's
      }
      alarms.evaluate(minute);
      continueDeployment(fleet, played);
    }
    progress.println(journal.line(scene));
  }

  private void awaitEndOfMinute(Visitors visitors) throws InterruptedException {
    long began = System.nanoTime();
    long before = visitors.replies();
    Thread.sleep(length.toMillis());
    while (visitors.replies() - before < REPLIES_A_MINUTE) {
      if (System.nanoTime() - began > PATIENCE.toNanos()) {
        throw new IllegalStateException("Users have had no replies for two minutes");
      }
      Thread.sleep(10);
    }
  }

  /** As CodeDeploy: rolls back as soon as one of its alarms is on, and otherwise promotes later. */
  private void continueDeployment(Fleet fleet, int minutes) {
    String release = fleet.deploying();
    if (release == null) {
      return;
    }
    Set<String> bad = alarms.onAndRollingBack();
    if (!bad.isEmpty()) {
      fleet.rollBack();
      journal.event(minute, release + " is rolled back by " + String.join(", ", bad));
    } else if (minutes == Script.CANARY_MINUTES) {
      fleet.promote();
      journal.event(minute, release + " gets all calls");
    }
  }
}
