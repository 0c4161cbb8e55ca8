package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.testkit.RecordedBedrock.Mode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Decides in which mode recorded tests run. */
final class RecordingMode {
  /** The configuration parameter that takes precedence over an annotation. */
  static final String PROPERTY = "bedrock.recordings";

  /** What CodeBuild, Azure Pipelines, Jenkins, TeamCity and Bamboo set, which do not set CI. */
  static final List<String> CI_WITHOUT_CI =
      List.of(
          "CODEBUILD_BUILD_ID", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION", "bamboo_buildKey");

  private RecordingMode() {}

  /** Returns the mode in force, which is not {@link Mode#AUTO}. */
  static Mode of(Mode declared, String property, Map<String, String> environment) {
    Mode mode;
    try {
      mode = property.isBlank() ? declared : Mode.valueOf(property.trim().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ExtensionConfigurationException(
          PROPERTY + " is " + property + ": choose record, replay, refresh or auto", e);
    }
    if (mode != Mode.AUTO) {
      return mode;
    }
    return isCi(environment) ? Mode.REPLAY : Mode.RECORD;
  }

  /** {@code CI} decides if it is set: to {@code false}, the build service's own are ignored. */
  private static boolean isCi(Map<String, String> environment) {
    String ci = environment.getOrDefault("CI", "");
    return ci.isEmpty()
        ? CI_WITHOUT_CI.stream().anyMatch(environment::containsKey)
        : !ci.equalsIgnoreCase("false");
  }
}
