package com.gymcoach.bedrock.compatibility;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.bytebuddy.ByteBuddy;
import org.apiguardian.api.API;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.commons.JUnitException;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestEngine;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.opentest4j.AssertionFailedError;

/** Runs test classes on the class path of a {@link FreshProject}. Fails unless all tests pass. */
public final class ExampleTests {
  private ExampleTests() {}

  /** Returns the jars that running tests takes, this class among them. */
  static List<Path> jars() {
    return Arrays.asList(
            ExampleTests.class,
            API.class,
            Assertions.class,
            AssertionFailedError.class,
            ByteBuddy.class,
            JUnitException.class,
            JupiterTestEngine.class,
            Launcher.class,
            Test.class,
            TestEngine.class)
        .stream()
        .map(Jars::sourceOf)
        .toList();
  }

  /** Runs the tests of the named classes. */
  public static void main(String[] names) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(names).map(ExampleTests::selected).toList())
                .build(),
            listener);
    TestExecutionSummary summary = listener.getSummary();
    summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    System.out.println("tests passed: " + summary.getTestsSucceededCount());
    System.exit(summary.getTotalFailureCount() == 0 ? 0 : 1);
  }

  private static DiscoverySelector selected(String name) {
    return selectClass(name);
  }
}
