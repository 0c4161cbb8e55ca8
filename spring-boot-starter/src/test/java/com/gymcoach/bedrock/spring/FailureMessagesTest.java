package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.TtlPolicy;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The messages for settings that cannot be used. */
class FailureMessagesTest {
  private static final String SECRET = "c2VjcmV0LXRoYXQtbXVzdC1ub3QtYmUtc2hvd24=";
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(BedrockCacheAutoConfiguration.class));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bedrock.cache.rollout-percent | 101",
        "bedrock.cache.namespace | a b",
        "bedrock.cache.endpoint | a b",
        "bedrock.cache.ttl | -1s",
        "bedrock.cache.key-secret | bean:missing",
        "bedrock.cache.key-secret | env:MISSING",
        "bedrock.cache.key-secret | classpath:missing.key",
        "bedrock.cache.sealing.key | file:/missing/key",
        "bedrock.cache.dynamodb.table-name | table"
      })
  void property_whenItCannotBeUsed_isNamedWithWhatToDo(String name, String value) {
    FailureAnalysis analysis = failure(runner.withPropertyValues(name + "=" + value));

    assertThat(analysis.getDescription())
        .startsWith("The property " + name + " cannot be used: ")
        .endsWith(".");
    assertThat(analysis.getAction()).endsWith(".");
  }

  @Test
  void secret_whenItIsInThePropertyItself_isNotShown() {
    FailureAnalysis analysis =
        failure(runner.withPropertyValues("bedrock.cache.key-secret=" + SECRET));

    assertShowsNoSecret(analysis);
    assertThat(analysis.getAction()).contains("env:", "bean:", "file:");
  }

  @Test
  void secret_whenItIsNotBase64OrTooShort_isNotShown() {
    assertShowsNoSecret(
        failure(
            runner.withPropertyValues(
                "bedrock.cache.key-secret=env:SOME_KEY", "SOME_KEY=!" + SECRET)));
    assertShowsNoSecret(
        failure(
            runner.withPropertyValues(
                "bedrock.cache.key-secret=env:SOME_KEY", "SOME_KEY=" + SECRET)));
  }

  @Test
  void table_whenTheModuleIsMissing_saysWhichDependencyToAdd() {
    FailureAnalysis analysis =
        failure(
            runner
                .withClassLoader(new FilteredClassLoader("com.gymcoach.bedrock.dynamodb"))
                .withPropertyValues("bedrock.cache.dynamodb.table-name=table"));

    assertThat(analysis.getAction()).contains("com.gymcoach.bedrock:bedrock-cache-dynamodb-store");
  }

  @Test
  void policies_whenThereAreTwo_saysToMarkOne() {
    FailureAnalysis analysis =
        failure(
            runner
                .withBean("first", TtlPolicy.class, () -> TtlPolicy.fixed(Duration.ofHours(1)))
                .withBean("second", TtlPolicy.class, () -> TtlPolicy.fixed(Duration.ofHours(2))));

    assertThat(analysis.getDescription()).contains("2 beans", TtlPolicy.class.getName());
    assertThat(analysis.getAction()).contains("@Primary");
  }

  private static void assertShowsNoSecret(FailureAnalysis analysis) {
    StringBuilder shown = new StringBuilder(analysis.getDescription() + analysis.getAction());
    for (Throwable cause = analysis.getCause(); cause != null; cause = cause.getCause()) {
      shown.append(cause);
    }
    assertThat(shown.toString()).contains("bedrock.cache.key-secret").doesNotContain(SECRET);
  }

  private static FailureAnalysis failure(ApplicationContextRunner runner) {
    FailureAnalysis[] analysis = new FailureAnalysis[1];
    runner.run(
        context -> {
          Throwable failure = Objects.requireNonNull(context.getStartupFailure());
          analysis[0] = new InvalidSettingFailureAnalyzer().analyze(failure);
        });
    assertThat(analysis[0]).isNotNull();
    return analysis[0];
  }
}
