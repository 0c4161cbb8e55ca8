package com.gymcoach.bedrock.cache.internal.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Finds libraries on the class path that are older than this library supports. Maven takes the
 * nearest version, so a framework may bring an older AWS SDK, or only some modules of one.
 *
 * <p>Only versions below the minimum are reported. A mix of supported versions is not, because each
 * has everything that this library uses. If such modules are incompatible with each other, the
 * SDK's own clients fail, with or without this library.
 */
public final class ClassPathCheck {
  private static final AtomicBoolean CHECKED = new AtomicBoolean();

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
              "endpoints-spi",
              "http-auth-spi",
              "http-client-spi",
              "regions",
              "utils"),
          new Artifact("software.amazon.awssdk", "bom"));
  private static final Library JACKSON =
      new Library(
          "Jackson",
          "2.15.0",
          "com.fasterxml.jackson.core",
          List.of("jackson-core"),
          new Artifact("com.fasterxml.jackson", "jackson-bom"));

  /**
   * Modules that are released together.
   *
   * @param name their name in a sentence
   * @param floor the minimum version supported
   * @param group their group id
   * @param modules the artifact ids of those that this library uses
   * @param bom their BOM
   */
  private record Library(
      String name, String floor, String group, List<String> modules, Artifact bom) {}

  private record Artifact(String group, String id) {}

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
   * @param versions returns the version of a module, given as {@code group/artifact}, or null if it
   *     is not known
   */
  static List<String> warnings(UnaryOperator<@Nullable String> versions) {
    List<String> warnings = new ArrayList<>();
    for (Library library : List.of(SDK, JACKSON)) {
      List<String> tooOld = new ArrayList<>();
      String newest = library.floor();
      for (String module : library.modules()) {
        String version = versions.apply(library.group() + "/" + module);
        if (version != null) {
          newest = isBefore(newest, version) ? version : newest;
          if (isBefore(version, library.floor())) {
            tooOld.add(module + " " + version);
          }
        }
      }
      if (!tooOld.isEmpty()) {
        warnings.add(warning(library, tooOld, newest));
      }
    }
    return warnings;
  }

  private static String warning(Library library, List<String> tooOld, String newest) {
    return """
    The class path has %s. This library needs %s %s or later. Calls still reach Bedrock, but \
    answers may not be cached, and a Spring context with a caching client may not start. \
    Add this to your POM, before other imports:
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
    </dependencyManagement>\
    """
        .formatted(
            String.join(", ", tooOld),
            library.name(),
            library.floor(),
            library.bom().group(),
            library.bom().id(),
            newest);
  }

  private static boolean isBefore(String version, String other) {
    try {
      return Version.parse(version).compareTo(Version.parse(other)) < 0;
    } catch (IllegalArgumentException noVersion) { // a jar that was built by hand
      return false;
    }
  }

  /** Reads the version that Maven wrote into a module's jar. Returns null if there is none. */
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
      return null; // the check must never fail the service
    }
  }
}
