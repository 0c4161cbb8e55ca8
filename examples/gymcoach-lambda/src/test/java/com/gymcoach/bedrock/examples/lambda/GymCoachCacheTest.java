package com.gymcoach.bedrock.examples.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.CallContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GymCoachCacheTest {
  private static final Pattern LIFE = Pattern.compile("\\| ([a-z-]+) \\| (\\d+) (?=\\|)");

  @ParameterizedTest
  @CsvSource({
    "chat, 60",
    "workout-plan, 1440",
    "meal-plan, 1440",
    "progress-analysis, 30",
    "form-check, 120",
    "motivation, 60",
    "nutrition-analysis, 60",
    "macro-calculation, 1440",
    "workout-adaptation, 120",
    "exercise-substitution, 720",
    "performance-analysis, 60",
    "personalization, 120",
    "memory, 30",
    "anything-else, 60"
  })
  void ttlPolicy_forAnEndpoint_isWhatItsClientsRelyOn(String endpoint, long minutes) {
    CallContext call = new CallContext("Converse", "amazon.nova-lite-v1:0", endpoint);
    assertThat(GymCoachCache.TTL_POLICY.ttl(call)).hasMinutes(minutes);
  }

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
        .isEqualTo(new Settings("gymcoach-ai-main", "amazon.nova-micro-v1:0", "*", "100", "none"));
  }

  @Test
  void settings_areTheEnvironments() {
    Map<String, String> environment =
        Map.of(
            "DYNAMODB_TABLE", "table",
            "BEDROCK_MODEL_ID", "model",
            "ALLOWED_ORIGIN", "https://app.gymcoach.example",
            "CACHE_ROLLOUT_PERCENT", "10",
            "CACHE_KEYS_SECRET", "secret");

    assertThat(Settings.from(environment))
        .isEqualTo(new Settings("table", "model", "https://app.gymcoach.example", "10", "secret"));
  }
}
