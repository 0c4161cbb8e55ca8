package com.gymcoach.bedrock.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Runs tests with recordings in a folder, as JUnit does. In a separate process it prints the
 * failures.
 */
final class RecordedRun {
  private RecordedRun() {}

  static EngineExecutionResults of(Path root, String mode, Class<?> tests) {
    return of(root, mode, selectClass(tests));
  }

  static EngineExecutionResults of(Path root, String mode, Class<?> tests, String method) {
    return of(root, mode, selectMethod(tests, method, BedrockRuntimeClient.class));
  }

  private static EngineExecutionResults of(Path root, String mode, DiscoverySelector tests) {
    RecordedFixtures.ANSWERS.clear();
    return EngineTestKit.engine("junit-jupiter")
        .selectors(tests)
        .configurationParameter("bedrock.recordings", mode)
        .configurationParameter("bedrock.recordings.root", root.toString())
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
        .execute();
  }

  /** Returns what failed, as texts. */
  static List<String> failures(EngineExecutionResults results) {
    return results.allEvents().finished().stream()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .flatMap(result -> result.getThrowable().stream())
        .map(Throwable::toString)
        .toList();
  }

  /** Returns the contents of the recordings by name. */
  static SortedMap<String, String> recordings(Path root) {
    TreeMap<String, String> recordings = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        recordings.put(root.relativize(file).toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return recordings;
  }

  /** Takes the folder, the mode (may be empty), and the endpoint of a stand-in (may be empty). */
  public static void main(String[] arguments) {
    LocalClients.endpoint = arguments[2].isEmpty() ? null : URI.create(arguments[2]);
    EngineExecutionResults results =
        of(Path.of(arguments[0]), arguments[1].strip(), RecordedFixtures.EveryWay.class);
    System.out.println("succeeded " + results.testEvents().succeeded().count());
    System.out.println("answers " + RecordedFixtures.ANSWERS.hashCode());
    System.out.println("created " + LocalClients.CREATED.get());
    failures(results).forEach(System.out::println);
    System.exit(0);
  }
}
