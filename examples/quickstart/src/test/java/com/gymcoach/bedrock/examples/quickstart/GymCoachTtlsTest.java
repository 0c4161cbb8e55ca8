package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CallContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GymCoachTtlsTest {

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
  void gymCoach_forAnEndpoint_isWhatItsClientsRelyOn(String endpoint, long minutes) {
    CallContext call = new CallContext("Converse", "amazon.nova-lite-v1:0", endpoint);
    assertThat(GymCoachTtls.gymCoach().ttl(call)).hasMinutes(minutes);
  }
}
