package com.gymcoach.bedrock.examples.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

/** The function of the tests, and what each test must not leave in a log. */
abstract class GymCoachFunctionSetUp {
  static final LocalAws AWS = LocalAws.shared();

  final LogLines log = new LogLines();

  final Served served = new Served(AWS);

  final String alice = "alice-" + UUID.randomUUID();

  final String bob = "bob-" + UUID.randomUUID();

  final int before = AWS.standIn.requests();

  /** Every question here is about a zebra, and no user's id and no answer may be seen either. */
  @AfterEach
  void nothingPrivateIsLogged() {
    log.close();
    served.cache.close();
    assertThat(log.text() + served.metrics).doesNotContain("zebra", alice, bob, "Keep it simple");
    assertThat(log.withoutFaults()).doesNotContain("\\tat ", "stack_trace");
  }

  int arrived() {
    return AWS.standIn.requests() - before;
  }

  static void assertError(Reply reply, int status) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.body().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("error", "message");
    assertThat(reply.body().path("error").asText()).isNotBlank();
    assertThat(reply.body().path("message").asText()).isNotBlank();
    assertThat(reply.body().toString()).doesNotContain("zebra", "Exception", "com.", "\\tat");
    assertThat(reply.headers().path("Content-Type").asText()).isEqualTo("application/json");
    assertThat(reply.headers().path("Access-Control-Allow-Origin").asText()).isEqualTo("*");
  }
}
