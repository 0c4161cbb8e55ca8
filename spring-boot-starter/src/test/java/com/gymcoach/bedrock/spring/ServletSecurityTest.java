package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Users of Spring Security in a servlet application that listens on a port. */
class ServletSecurityTest {
  private final ConfigurableApplicationContext context =
      SpringApplication.run(
          ServletApplication.class,
          "--server.port=0",
          "--spring.main.web-application-type=servlet");
  private final Http http = new Http(context);

  @AfterEach
  void stop() {
    context.close();
  }

  @Test
  void ask_whenTwoUsersAskTheSame_eachHasAnAnswerOfTheirOwn() {
    assertThat(http.get("/ask?q=squats", "ann")).isEqualTo("MISS");
    assertThat(http.get("/ask?q=squats", "bob")).isEqualTo("MISS");
    assertThat(http.get("/ask?q=squats", "ann")).isEqualTo("HIT");
    assertThat(http.get("/ask-async?q=squats", "bob")).isEqualTo("HIT");
    assertThat(context.getBean(BedrockStandIn.class).requests()).isEqualTo(2);
  }

  @Test
  void ask_whenAnonymous_isNeverCached() {
    assertThat(http.get("/ask?q=squats", "ann")).isEqualTo("MISS");
    assertThat(http.get("/ask?q=squats", null)).isEqualTo("BYPASS");
    assertThat(http.get("/ask?q=squats", null)).isEqualTo("BYPASS");
    assertThat(context.getBean(BedrockStandIn.class).requests()).isEqualTo(3);
  }
}
