package com.gymcoach.bedrock.cache.internal.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Finds libraries on the class path that are older than this library supports. Maven takes the
 * nearest version, so a framework may bring an older AWS SDK, or only some modules of one.
 *
 * <p>Only the floor counts: each supported version of a module has all that this library uses, and
 * whatever newer ones add is used only where it is there. So modules of different versions are no
 * reason to warn.
 */
public final class ClassPathCheck {
  private static final AtomicBoolean CHECKED = new AtomicBoolean();
  private static final Pattern NUMBER = Pattern.compile("\\G[.]?([0-9]{1,9})");

  private static final Library SDK =
      new Library(
          "AWS SDK for Java",
          "2.36.3",
          "software.amazon.awssdk",
          List.of(
              "bedrockruntime",
              "aws-core",
              "sdk-core",
              "auth",
              "http-client-spi",
              "regions",
              "utils"),
          "software.amazon.awssdk",
          "bom");
  private static final Library JACKSON =
      new Library(
          "Jackson",
          "2.15.0",
          "com.fasterxml.jackson.core",
          List.of("jackson-core"),
          "com.fasterxml.jackson",
          "jackson-bom");

  /**
   * Modules that are released together.
   *
   * @param name their name in a sentence
   * @param floor the oldest supported version
   * @param group their group id
   * @param modules the artifact ids of those that this library uses
   * @param bomGroup the group id of their BOM
   * @param bom the artifact id of their BOM
   */
  private record Library(
      String name, String floor, String group, List<String> modules, String bomGroup, String bom) {}

  private ClassPathCheck() {}

  /** Logs a warning if a library is too old. Only the first call in a process does anything. */
  public static void warnOnce(Logger log) {
    if (CHECKED.compareAndSet(false, true)) {
      warnings(ClassPathCheck::versionOf).forEach(log::warn);
    }
  }

  /**
   * Returns a warning for each library that has a module that is too old.
   *
   * @param versions gives the version of a module, {@code group/artifact}, or null if it is not
   *     known
   */
  static List<String> warnings(UnaryOperator<@Nullable String> versions) {
    List<String> warnings = new ArrayList<>();
    for (Library library : List.of(SDK, JACKSON)) {
      List<String> found = new ArrayList<>();
      String newest = library.floor();
      boolean tooOld = false;
      for (String module : library.modules()) {
        String version = versions.apply(library.group() + "/" + module);
        if (version != null) {
          found.add(module + " " + version);
          newest = compare(version, newest) > 0 ? version : newest;
          tooOld |= compare(version, library.floor()) < 0;
        }
      }
      if (tooOld) {
        warnings.add(warning(library, found, newest));
      }
    }
    return warnings;
  }

  private static String warning(Library library, List<String> found, String newest) {
    return """
        The class path has %s. This library needs %s %s or later. Calls still reach Bedrock, but \
        answers may not be cached. Put this into your POM, before other imports:
        <dependencyManagement>
          <dependencies>
            <dependency>
              <groupId>%s</groupId>
              <artifactId>%s</artifactId>
              <version>%s</version>
              <type>pom</type>
              <scope>import</scope>
            </dependency>
          </dependencies>
        </dependencyManagement>"""
        .formatted(
            String.join(", ", found),
            library.name(),
            library.floor(),
            library.bomGroup(),
            library.bom(),
            newest);
  }

  /** Compares the numbers that two versions begin with; 2.9 is before 2.36, and 2.15 is 2.15.0. */
  static int compare(String one, String other) {
    List<Integer> left = numbers(one);
    List<Integer> right = numbers(other);
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      int compared =
          Integer.compare(i < left.size() ? left.get(i) : 0, i < right.size() ? right.get(i) : 0);
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }

  private static List<Integer> numbers(String version) {
    List<Integer> numbers = new ArrayList<>();
    Matcher number = NUMBER.matcher(version);
    while (number.find()) {
      numbers.add(Integer.valueOf(number.group(1)));
    }
    return numbers;
  }

  /** Reads the version that Maven has put into a module's jar; null if it is not there. */
  private static @Nullable String versionOf(String module) {
    String file = "/META-INF/maven/" + module + "/pom.properties";
    try (InputStream in = ClassPathCheck.class.getResourceAsStream(file)) {
      if (in == null) {
        return null;
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException | RuntimeException unreadable) {
      return null; // a warning is no reason to fail
    }
  }
}
