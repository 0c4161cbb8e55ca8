package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Measures what the cache adds to a service's cold start, part by part: in fresh JVMs with the
 * flags of AWS Lambda, pinned to one core if {@code taskset} is installed; plain, with an archive
 * of classes (AppCDS), and with Java 25's AOT cache, alternating. Bedrock and the table are other
 * processes. Prints the processor time of all threads, which on one core is the whole wait.
 */
public final class ColdStart {
  private static final int ROUNDS = 8;
  private static final List<String> LIKE_LAMBDA =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx768m");

  private final Path folder = Files.createTempDirectory("cold-start");
  private final String classPath;

  private ColdStart() throws IOException {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        path =
            jar(path, folder.resolve(jars.size() + ".jar")); // archives hold no class of a folder
      }
      if (Files.exists(path)) {
        jars.add(path.toString());
      }
    }
    this.classPath = String.join(File.pathSeparator, jars);
  }

  private static Path jar(Path classes, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
    return jar;
  }

  /** A way to start a JVM. */
  private record Way(String name, String java, String httpClient, List<String> flags) {}

  /**
   * Measures and prints.
   *
   * @param args Java 25's home, or nothing
   */
  public static void main(String[] args) throws Exception {
    new ColdStart().run(args.length == 0 ? null : args[0]);
  }

  private void run(@Nullable String java25) throws Exception {
    try (BedrockStandIn bedrock = BedrockStandIn.start();
        OtherProcess table = new OtherProcess(TableProcess.class)) {
      fill(bedrock, table);
      List<Way> ways = new ArrayList<>();
      for (String http : List.of("apache5", "crt")) {
        String java = System.getProperty("java.home");
        ways.add(new Way("17", java, http, List.of()));
        ways.add(
            trained(
                new Way("17, AppCDS", java, http, List.of()),
                "-XX:ArchiveClassesAtExit=",
                "-XX:SharedArchiveFile=",
                bedrock,
                table));
        if (java25 != null) {
          ways.add(new Way("25", java25, http, List.of()));
          ways.add(
              trained(
                  new Way("25, AOT cache", java25, http, List.of()),
                  "-XX:AOTCacheOutput=",
                  "-XX:AOTCache=",
                  bedrock,
                  table));
        }
      }
      Map<Way, Map<String, long[]>> took = new LinkedHashMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        for (Way way : ways) {
          Map<String, long[]> parts = took.computeIfAbsent(way, w -> new LinkedHashMap<>());
          for (String line : start(way, way.flags(), bedrock, table)) {
            int space = line.indexOf(' ');
            parts.computeIfAbsent(line.substring(space + 1), p -> new long[ROUNDS])[round] =
                Long.parseLong(line.substring(0, space));
          }
        }
        System.err.printf("round %d of %d%n", round + 1, ROUNDS);
      }
      print(took);
    }
  }

  /** The entries that every JVM finds in the table. */
  private static void fill(BedrockStandIn at, OtherProcess table) {
    try (SdkHttpClient http = Apache5HttpClient.create();
        BedrockRuntimeClient bedrock = ColdCall.bedrock(http, at.endpoint());
        DynamoDbClient dynamoDb = ColdCall.dynamoDb(http, table.endpoint());
        BedrockCache cache = ColdCall.cache(dynamoDb)) {
      CachingBedrockClient.create(bedrock, cache)
          .forScope(ColdCall.SCOPE)
          .converse(ColdCall.ask("what is in the table"));
    }
  }

  private Way trained(
      Way way, String output, String input, BedrockStandIn bedrock, OtherProcess table)
      throws Exception {
    Path archive = folder.resolve((way.name() + "-" + way.httpClient()).replaceAll("\\W+", "-"));
    start(way, List.of(output + archive), bedrock, table);
    return new Way(way.name(), way.java(), way.httpClient(), List.of(input + archive));
  }

  private List<String> start(
      Way way, List<String> flags, BedrockStandIn bedrock, OtherProcess table) throws Exception {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
      command.addAll(List.of("/usr/bin/taskset", "-c", "0"));
    }
    command.add(way.java() + "/bin/java");
    command.addAll(LIKE_LAMBDA);
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath));
    command.add(ColdCall.class.getName());
    command.add(way.httpClient());
    command.add(bedrock.endpoint().toString());
    command.add(table.endpoint().toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(way + " failed: " + said);
    }
    return said.lines().filter(line -> line.matches("\\d+ .*")).toList();
  }

  private static void print(Map<Way, Map<String, long[]>> took) {
    List<String> parts = List.copyOf(took.values().iterator().next().keySet());
    took.forEach(
        (way, times) -> {
          long[] own = new long[ROUNDS];
          long[] added = new long[ROUNDS];
          System.out.printf(
              "%n%s, %s: processor time, median of %d, ms%n", way.name(), way.httpClient(), ROUNDS);
          for (String part : parts) {
            long[] of = Objects.requireNonNull(times.get(part));
            System.out.printf("  %-42s %7.1f%n", part, median(of));
            for (int round = 0; round < ROUNDS; round++) {
              (part.startsWith("+") ? added : own)[round] += part.startsWith("(") ? 0 : of[round];
            }
          }
          System.out.printf(
              "  the service's own %.0f, the cache adds %.1f: %.2f of it%n",
              median(own), median(added), median(added) / median(own));
        });
  }

  private static double median(long[] micros) {
    long[] sorted = micros.clone();
    Arrays.sort(sorted);
    return (sorted[ROUNDS / 2 - 1] + sorted[ROUNDS / 2]) / 2e3;
  }
}
