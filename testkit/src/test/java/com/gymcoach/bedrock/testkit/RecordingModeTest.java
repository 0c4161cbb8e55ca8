package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.testkit.RecordedBedrock.Mode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingModeTest {
  @ParameterizedTest
  @CsvSource({
    "AUTO, , , RECORD",
    "AUTO, , CI=, RECORD",
    "AUTO, , CI=false, RECORD",
    "AUTO, , CI=true, REPLAY",
    "AUTO, , CI=1, REPLAY",
    "AUTO, , HOME=/root, RECORD",
    "AUTO, , CODEBUILD_BUILD_ID=coach:1, REPLAY",
    "AUTO, , TF_BUILD=True, REPLAY",
    "AUTO, , JENKINS_URL=https://jenkins, REPLAY",
    "AUTO, , TEAMCITY_VERSION=2026, REPLAY",
    "AUTO, , bamboo_buildKey=COACH, REPLAY",
    "AUTO, , CI=FALSE CODEBUILD_BUILD_ID=coach:1, RECORD",
    "RECORD, , CI=true, RECORD",
    "REPLAY, , , REPLAY",
    "REPLAY, record, CI=true, RECORD",
    "AUTO, Refresh, CI=true, REFRESH",
    "RECORD, auto, CI=true, REPLAY",
  })
  void mode_isThatOfTheRunBeforeThatOfTheTest(
      Mode declared, @Nullable String property, @Nullable String variables, Mode expected) {
    Map<String, String> environment = new TreeMap<>();
    for (String variable : variables == null ? new String[0] : variables.split(" ")) {
      String[] parts = variable.split("=", 2);
      environment.put(parts[0], parts[1]);
    }
    assertThat(RecordingMode.of(declared, property == null ? "" : property, environment))
        .isEqualTo(expected);
  }

  @Test
  void mode_whenUnknown_saysWhatThereIs() {
    assertThatThrownBy(() -> RecordingMode.of(Mode.AUTO, "rewind", Map.of()))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessageContaining("record, replay, refresh or auto");
  }
}
