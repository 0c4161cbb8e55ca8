package com.gymcoach.bedrock.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is compared does the same. */
class ApproachTest {
  private final InstantBedrock bedrock = new InstantBedrock();
  private final Prompts prompts = new Prompts(512);

  @ParameterizedTest
  @EnumSource
  void answers_whenAskedAgain_areBedrocksAndKeptByTheCaches(Approach approach) {
    try (Answers answers = approach.over(bedrock)) {
      for (int i = 0; i < 2; i++) {
        assertThat(answers.invokeModel("a", prompts.invokeModel()).body())
            .isEqualTo(bedrock.invokeModel(prompts.invokeModel()).body());
        assertThat(answers.converse("a", prompts.converse()).output())
            .isEqualTo(bedrock.converse(prompts.converse()).output());
      }
      // four calls are this test's own
      assertThat(bedrock.calls()).isEqualTo(4 + (approach.keeps() ? 2 : 4));
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"SHA256_ALONE", "NO_CACHE"})
  void answers_whenAnotherUserOrPromptAsks_areNotShared(Approach approach) {
    try (Answers answers = approach.over(bedrock)) {
      for (String user : new String[] {"a", "b"}) {
        for (int number = 0; number < 2; number++) {
          prompts.number(number);
          answers.invokeModel(user, prompts.invokeModel());
          answers.converse(user, prompts.converse());
        }
      }
      assertThat(bedrock.calls()).isEqualTo(8);
    }
  }
}
