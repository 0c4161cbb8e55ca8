package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Requests that the actuator refuses. They change nothing, so one application serves them all. */
class ActuatorRefusalsTest {
  private static final String ENDPOINT = "/actuator/bedrockcache";

  private static ConfigurableApplicationContext context;
  private static Http http;

  @BeforeAll
  static void start() {
    context =
        SpringApplication.run(
            ActuatorTest.WithStore.class,
            "--server.port=0",
            "--spring.main.web-application-type=servlet",
            "--management.endpoints.web.exposure.include=*",
            "--bedrock.cache.endpoint=chat",
            "--bedrock.cache.explains=100");
    http = new Http(context);
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/misses", "/misses?user=", "/misses?user=ann&endpoint=a/b"})
  void misses_whenANameCannotBeUsed_isRefused(String path) {
    assertThat(http.send("GET", ENDPOINT + path, null, "").statusCode()).isEqualTo(400);
  }

  @Test
  void selector_thatIsUnknown_isNotFound() {
    assertThat(http.send("GET", ENDPOINT + "/hits?user=ann", null, "").statusCode()).isEqualTo(404);
  }

  @Test
  void write_whenPercentIsOutOfRange_isRefusedAndChangesNothing() {
    HttpResponse<String> answer =
        http.send("POST", ENDPOINT, null, "{\"mode\":\"off\",\"rolloutPercent\":101}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(context.getBean(BedrockCache.class).mode()).isEqualTo(CacheMode.ON);
    assertThat(context.getBean(BedrockCache.class).rolloutPercent()).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"mode\":\"sometimes\"}",
        "{\"rolloutPercent\":\"all\"}",
        "{\"rolloutPercent\":\"NaN\"}",
        "{\"rolloutPercent\":-1}",
        "{\"rollout\":25}",
        "{}"
      })
  void write_whenNothingCanBeUsed_isRefusedAndChangesNothing(String body) {
    assertThat(http.send("POST", ENDPOINT, null, body).statusCode()).isEqualTo(400);
    assertThat(context.getBean(BedrockCache.class).mode()).isEqualTo(CacheMode.ON);
    assertThat(context.getBean(BedrockCache.class).rolloutPercent()).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?user=", "?user=&endpoint=chat", "?endpoint=", "?user=ann&endpoint=a/b"})
  void delete_whenANameCannotBeUsed_isRefusedAndInvalidatesNothing(String query) {
    http.get("/ask?q=squats", "ann");

    assertThat(http.send("DELETE", ENDPOINT + query, null, "").statusCode()).isEqualTo(400);
    assertThat(http.get("/ask?q=squats", "ann")).isEqualTo("HIT");
  }

  @Test
  void delete_whenNothingIsNamed_isRefused() {
    http.get("/ask?q=squats", "ann");

    assertThat(http.send("DELETE", ENDPOINT, null, "").statusCode()).isEqualTo(400);
    assertThat(http.get("/ask?q=squats", "ann")).isEqualTo("HIT");
  }
}
