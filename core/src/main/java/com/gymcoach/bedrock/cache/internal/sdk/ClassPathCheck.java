package com.gymcoach.bedrock.cache.internal.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 */
public final class ClassPathCheck {
  private static final AtomicBoolean CHECKED = new AtomicBoolean();
  private static final Pattern NUMBER = Pattern.compile("\\G[.]?([0-9]{1,6})");

  /**
   * Modules that are released together.
   *
   * @param name their name in a sentence
   * @param group their group id
   * @param modules those that this library uses
   * @param bom the lines that name their BOM
   * @param oldest the oldest version that this library supports
   */
  private record Library(
      String name, String group, List<String> modules, String bom, String oldest) {}

  private static final List<Library> LIBRARIES =
      List.of(
          new Library(
              "AWS SDK",
              "software.amazon.awssdk",
              List.of("bedrockruntime", "aws-core", "sdk-core"),
              "      <groupId>software.amazon.awssdk</groupId>\n"
                  + "      <artifactId>bom</artifactId>\n",
              "2.36.3"),
          new Library(
              "Jackson",
              "com.fasterxml.jackson.core",
              List.of("jackson-core"),
              "      <groupId>com.fasterxml.jackson</groupId>\n"
                  + "      <artifactId>jackson-bom</artifactId>\n",
              "2.15.0"));

  private ClassPathCheck() {}

  /** Logs a warning if a library is too old; only the first call in a process does anything. */
  public static void warnOnce(Logger log) {
    if (CHECKED.compareAndSet(false, true)) {
      for (String warning : warnings(ClassPathCheck::versionOf)) {
        log.warn(warning);
      }
    }
  }

  /**
   * Returns a warning for each library that has a module that is too old.
   *
   * @param versions gives the version of a module, {@code group/module}, or null if it is not known
   */
  static List<String> warnings(UnaryOperator<@Nullable String> versions) {
    List<String> warnings = new ArrayList<>();
    for (Library library : LIBRARIES) {
      Map<String, String> found = new LinkedHashMap<>();
      String newest = library.oldest();
      boolean tooOld = false;
      for (String module : library.modules()) {
        String version = versions.apply(library.group() + "/" + module);
        if (version != null) {
          found.put(module, version);
          newest = compare(version, newest) > 0 ? version : newest;
          tooOld |= compare(version, library.oldest()) < 0;
        }
      }
      if (tooOld) {
        warnings.add(warning(library, found, newest));
      }
    }
    return warnings;
  }

  private static String warning(Library library, Map<String, String> found, String newest) {
    StringBuilder modules = new StringBuilder();
    found.forEach(
        (module, version) ->
            modules.append(modules.length() == 0 ? "" : ", ").append(module + " " + version));
    return "The class path has "
        + modules
        + ". This library needs "
        + library.name()
        + " "
        + library.oldest()
        + " or later, all modules in one version. Calls still reach Bedrock, but answers may not be"
        + " cached. Add this to your POM:\n"
        + "<dependencyManagement>\n"
        + "  <dependencies>\n"
        + "    <dependency>\n"
        + library.bom()
        + ("      <version>" + newest + "</version>\n")
        + "      <type>pom</type>\n"
        + "      <scope>import</scope>\n"
        + "    </dependency>\n"
        + "  </dependencies>\n"
        + "</dependencyManagement>";
  }

  /** Compares the numbers that two versions begin with; 2.9 is before 2.36, and 2.15 is 2.15.0. */
  static int compare(String one, String other) {
    List<Integer> left = numbers(one);
    List<Integer> right = numbers(other);
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      int compared =
          Integer.compare(
              i < left.size() ? left.get(i) : 0, i < right.size() ? right.get(i) : 0);
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
      numbers.add(Integer.parseInt(number.group(1)));
    }
    return numbers;
  }

  /** Reads the version that Maven has put into a module's jar; null if that was stripped. */
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
      return null; // no reason to fail: this is advice
    }
  }
}
