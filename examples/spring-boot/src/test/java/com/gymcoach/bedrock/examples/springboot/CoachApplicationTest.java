package com.gymcoach.bedrock.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The service on a port, as the README calls it. */
class CoachApplicationTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private final ConfigurableApplicationContext context =
      SpringApplication.run(
          CoachApplication.class, "--spring.profiles.active=local", "--server.port=0");
  private final BedrockStandIn standIn = context.getBean(BedrockStandIn.class);

  @BeforeEach
  void answerAtOnce() {
    standIn.delay(Duration.ZERO);
  }

  @AfterEach
  void stop() {
    context.close();
  }

  @Test
  void ask_whenAskedAgain_isAMissAndThenAHit() throws Exception {
    HttpResponse<String> first = get("/ask?question=squats", "ann");
    HttpResponse<String> second = get("/ask?question=squats", "ann");

    assertThat(cacheStatus(first)).contains("fwd=miss");
    assertThat(cacheStatus(second)).contains("; hit");
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(standIn.requests()).isEqualTo(1);
  }

  @Test
  void ask_whenAnotherUserAsksTheSame_isAMiss() throws Exception {
    get("/ask?question=squats", "ann");

    assertThat(cacheStatus(get("/ask?question=squats", "bob"))).contains("fwd=miss");
  }

  @Test
  void health_whenTheTableAnswers_saysSo() throws Exception {
    get("/ask?question=squats", "ann");

    assertThat(get("/actuator/health", "ann").body()).contains("\"storeAvailable\":true");
    assertThat(context.getBean(DynamoDbLocal.class).requests("PutItem")).isEqualTo(1);
  }

  @Test
  void actuator_whenAnswersWereCached_countsThemUnderTheConfiguredEndpoint() throws Exception {
    get("/ask?question=squats", "ann");

    assertThat(get("/actuator/bedrockcache", "ann").body()).contains("\"byEndpoint\":{\"coach\":");
  }

  private static String cacheStatus(HttpResponse<String> answer) {
    return answer.headers().firstValue("Cache-Status").orElse("none");
  }

  private HttpResponse<String> get(String path, String user)
      throws IOException, InterruptedException {
    byte[] credentials = (user + ":" + user).getBytes(StandardCharsets.UTF_8);
    String port = context.getEnvironment().getProperty("local.server.port");
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials))
            .build(),
        BodyHandlers.ofString());
  }
}
