package com.gymcoach.bedrock.cache.internal.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor.Version;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
   * A class of each module, whose jar is the module's. The SDK's own client has loaded those of the
   * SDK, and Jackson's loads its one.
   */
  private static final Map<String, String> CLASSES =
      Map.of(
          "bedrockruntime", "software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient",
          "aws-core", "software.amazon.awssdk.awscore.AwsClient",
          "sdk-core", "software.amazon.awssdk.core.SdkClient",
          "auth", "software.amazon.awssdk.auth.credentials.AwsCredentialsProvider",
          "endpoints-spi", "software.amazon.awssdk.endpoints.Endpoint",
          "http-auth-spi", "software.amazon.awssdk.http.auth.spi.signer.HttpSigner",
          "http-client-spi", "software.amazon.awssdk.http.SdkHttpResponse",
          "regions", "software.amazon.awssdk.regions.Region",
          "utils", "software.amazon.awssdk.utils.SdkAutoCloseable",
          "jackson-core", "com.fasterxml.jackson.core.Versioned");

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
      String last = null; // most often all modules have the same version
      boolean old = false;
      for (String module : library.modules()) {
        String version = versions.apply(library.group() + "/" + module);
        if (version != null && !version.equals(last)) {
          last = version;
          old = isBefore(version, library.floor());
          newest = isBefore(newest, version) ? version : newest;
        }
        if (version != null && old) {
          tooOld.add(module + " " + version);
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

  private static @Nullable String versionOf(String module) {
    String named = versionInName(module.substring(module.indexOf('/') + 1));
    return named == null ? versionInProperties(module) : named;
  }

  /**
   * Returns the version in the name of a module's jar, or null if there is none. No jar is opened
   * for that: on a class path of a hundred jars, opening them takes a tenth of what the cache adds
   * to a start from an archive of classes.
   */
  private static @Nullable String versionInName(String artifact) {
    try {
      CodeSource source =
          Class.forName(
                  Objects.requireNonNull(CLASSES.get(artifact)),
                  false,
                  ClassPathCheck.class.getClassLoader())
              .getProtectionDomain()
              .getCodeSource();
      return source == null || source.getLocation() == null
          ? null
          : versionInName(artifact, source.getLocation().toString());
    } catch (ClassNotFoundException | RuntimeException | LinkageError unknown) {
      return null; // the check must never fail the service
    }
  }

  /** Returns the version in the name of a jar, such as {@code .../utils-2.59.1.jar!/}, or null. */
  static @Nullable String versionInName(String artifact, String location) {
    int name = location.lastIndexOf("/" + artifact + "-");
    int end = name < 0 ? -1 : location.indexOf(".jar", name);
    if (end < 0) {
      return null;
    }
    String version = location.substring(name + artifact.length() + 2, end);
    return version.isEmpty() || !Character.isDigit(version.charAt(0)) || version.indexOf('/') >= 0
        ? null
        : version;
  }

  /** Reads the version that Maven wrote into a module's jar. Returns null if there is none. */
  private static @Nullable String versionInProperties(String module) {
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
