package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Hooks;

/** Users of Spring Security in a reactive application that listens on a port. */
class ReactiveSecurityTest {

  /** The setting of Boot that a test makes is one of the whole process. */
  @AfterEach
  void asBefore() {
    Hooks.disableAutomaticContextPropagation();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ask", "/ask-later"})
  void ask_whenContextIsPropagated_eachUserHasAnAnswerOfTheirOwn(String path) {
    try (ConfigurableApplicationContext context = start("auto")) {
      Http http = new Http(context);

      assertThat(http.get(path + "?q=squats", "ann")).isEqualTo("MISS");
      assertThat(http.get(path + "?q=squats", "bob")).isEqualTo("MISS");
      assertThat(http.get(path + "?q=squats", "ann")).isEqualTo("HIT");
      assertThat(http.get(path + "?q=squats", "bob")).isEqualTo("HIT");
      assertThat(http.get(path + "?q=squats", null)).isEqualTo("BYPASS");
      assertThat(context.getBean(BedrockStandIn.class).requests()).isEqualTo(3);
    }
  }

  @Test
  void ask_whenContextIsNotPropagated_isNotCached() {
    try (ConfigurableApplicationContext context = start("limited")) {
      Http http = new Http(context);

      assertThat(http.get("/ask?q=squats", "ann")).isEqualTo("BYPASS");
      assertThat(http.get("/ask?q=squats", "ann")).isEqualTo("BYPASS");
    }
  }

  private static ConfigurableApplicationContext start(String propagation) {
    return SpringApplication.run(
        ReactiveApplication.class,
        "--server.port=0",
        "--spring.main.web-application-type=reactive",
        "--spring.reactor.context-propagation=" + propagation);
  }
}
