package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The actuator over HTTP, with every endpoint exposed and showing values. */
class ActuatorTest {
  private static final String ENDPOINT = "/actuator/bedrockcache";
  private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  private static final String SEALING_KEY = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";
  private static final String OLDER_KEY = "MjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM=";

  private final ConfigurableApplicationContext context =
      SpringApplication.run(
          WithStore.class,
          "--server.port=0",
          "--spring.main.web-application-type=servlet",
          "--management.endpoints.web.exposure.include=*",
          "--management.endpoint.health.show-details=always",
          "--management.endpoint.env.show-values=always",
          "--management.endpoint.configprops.show-values=always",
          "--bedrock.cache.endpoint=chat",
          "--bedrock.cache.explains=100",
          "--SOME_KEY=" + KEY,
          "--bedrock.cache.key-secret=env:SOME_KEY",
          "--SEALING_KEY=" + SEALING_KEY,
          "--bedrock.cache.sealing.key=env:SEALING_KEY",
          "--OLDER_KEY=" + OLDER_KEY,
          "--bedrock.cache.sealing.key-id=2",
          "--bedrock.cache.sealing.older-keys.1=env:OLDER_KEY");
  private final Http http = new Http(context);

  @AfterEach
  void stop() {
    context.close();
  }

  @Test
  void read_whenCallsWereMade_countsThemByEndpointAndModel() {
    http.get("/ask?q=squats", "ann");
    http.get("/ask?q=squats", "ann");

    assertThat(http.get(ENDPOINT, null))
        .contains("\"mode\":\"ON\"", "\"rolloutPercent\":100.0", "\"hotHits\":1", "\"misses\":1")
        .contains("\"byEndpoint\":{\"chat\":{")
        .contains("\"byModel\":{\"anthropic.claude-3-haiku-20240307-v1:0\":{");
  }

  @Test
  void misses_ofAUser_namesTheirCausesAndFieldsAndNoText() {
    http.get("/ask?q=squats", "ann");
    http.get("/ask?q=squats", "ann");
    http.get("/ask?q=presses", "ann");

    String misses = http.get(ENDPOINT + "/misses?user=ann&endpoint=chat", null);

    assertThat(misses)
        .startsWith("{\"misses\":[{\"at\":\"")
        .contains("\"operation\":\"Converse\",\"model\":\"anthropic.claude-3-haiku")
        .contains("\"endpoint\":\"chat\",\"cause\":\"DIFFERS\",\"since\":\"")
        .contains("\"paths\":[\"messages[0].content[0].text\"]}")
        .endsWith("\"cause\":\"NOT_SEEN\"}]}")
        .doesNotContain("squats", "presses", "ann");
    assertThat(http.get(ENDPOINT + "/misses?user=ann", null)).isEqualTo(misses);
    assertThat(http.get(ENDPOINT + "/misses?user=bob", null)).isEqualTo("{\"misses\":[]}");
    assertThat(http.get(ENDPOINT + "/misses?endpoint=chat", null)).isEqualTo("{\"misses\":[]}");
  }

  @Test
  void write_whenModeAndPercentAreGiven_changesBoth() {
    BedrockCache cache = context.getBean(BedrockCache.class);

    HttpResponse<String> answer =
        http.send("POST", ENDPOINT, null, "{\"mode\":\"observe\",\"rolloutPercent\":25}");

    assertThat(answer.body()).isEqualTo("{\"mode\":\"OBSERVE\",\"rolloutPercent\":25.0}");
    assertThat(cache.mode()).isEqualTo(CacheMode.OBSERVE);
    assertThat(cache.rolloutPercent()).isEqualTo(25);
  }

  @Test
  void delete_whenAUserIsNamed_invalidatesThatUserOnly() {
    http.get("/ask?q=squats", "ann");
    http.get("/ask?q=squats", "bob");

    HttpResponse<String> answer =
        http.send("DELETE", ENDPOINT + "?user=ann&endpoint=chat", null, "");

    assertThat(answer.body()).isEqualTo("{\"deleted\":1}");
    assertThat(http.get("/ask?q=squats", "bob")).isEqualTo("HIT");
    assertThat(http.get("/ask?q=squats", "ann")).isEqualTo("MISS");
  }

  @Test
  void health_whenTheBreakerIsOpen_staysUpAndSaysSo() {
    context.getBean(InMemoryCacheStore.class).failWith(StoreUnavailableException::new);
    http.get("/ask?q=squats", "ann");

    String health = http.get("/actuator/health", null);

    assertThat(health)
        .startsWith("{")
        .contains("\"status\":\"UP\"")
        .contains("\"bedrockCache\":{")
        .contains("\"storeAvailable\":false")
        .contains("\"STORE_UNAVAILABLE\":")
        .doesNotContain("DOWN");
    context.getBean(InMemoryCacheStore.class).recover();
    assertThat(http.get("/actuator/health", null)).contains("\"storeAvailable\":true");
  }

  @Test
  void env_whenItShowsValues_masksTheSecretAndItsReference() {
    String env = http.get("/actuator/env", null);
    String properties = http.get("/actuator/configprops", null);

    assertThat(env)
        .contains("bedrock.cache.key-secret", "SOME_KEY", "SEALING_KEY", "OLDER_KEY")
        .doesNotContain(KEY, SEALING_KEY, OLDER_KEY);
    assertThat(properties).contains("keySecret", "olderKeys", "\"namespace\":\"default\"");
    assertThat(env + properties).doesNotContain("env:SOME_KEY", "env:SEALING_KEY", "env:OLDER_KEY");
  }

  /** The application with a store that can fail. */
  @Configuration(proxyBeanMethods = false)
  @Import(ServletApplication.class)
  static class WithStore {
    @Bean
    InMemoryCacheStore store() {
      return new InMemoryCacheStore();
    }
  }
}
