package com.gymcoach.bedrock.examples.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GymCoachCacheTest {
  private static final Pattern LIFE = Pattern.compile("\\| ([a-z-]+) \\| (\\d+) (?=\\|)");

  @Test
  void ttls_areThoseOfTheContract() throws IOException {
    Path contract = Path.of(System.getProperty("bedrock.cache.shared", ""), "contract.md");
    assumeTrue(Files.exists(contract), "GymCoach's contract is not here: " + contract);
    Map<String, Duration> lives = new TreeMap<>();
    Matcher life = LIFE.matcher(Files.readString(contract));
    while (life.find()) {
      lives.put(life.group(1), Duration.ofSeconds(Long.parseLong(life.group(2))));
    }

    assertThat(lives).hasSize(13).isEqualTo(GymCoachCache.TTLS);
  }

  @Test
  void settings_whenTheEnvironmentSaysNothing_areGymCoachs() {
    assertThat(Settings.from(Map.of()))
        .isEqualTo(new Settings("gymcoach-ai-main", "amazon.nova-micro-v1:0", "*", "100"));
  }

  @Test
  void settings_areTheEnvironments() {
    Map<String, String> environment =
        Map.of(
            "DYNAMODB_TABLE", "table",
            "BEDROCK_MODEL_ID", "model",
            "ALLOWED_ORIGIN", "https://app.gymcoach.example",
            "CACHE_ROLLOUT_PERCENT", "10");

    assertThat(Settings.from(environment))
        .isEqualTo(new Settings("table", "model", "https://app.gymcoach.example", "10"));
  }
}
