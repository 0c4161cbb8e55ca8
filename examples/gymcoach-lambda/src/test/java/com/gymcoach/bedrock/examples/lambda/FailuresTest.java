package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.chat;
import static com.gymcoach.bedrock.examples.lambda.GymCoachFunctionSetUp.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** What clients and operators are told when the model does not answer. */
class FailuresTest {
  private static final LocalAws AWS = LocalAws.shared();

  private final LogLines log = new LogLines();
  private final Served served = new Served(AWS);
  private final String alice = "alice-" + UUID.randomUUID();

  @AfterEach
  void nothingPrivateIsLogged() {
    AWS.standIn.release();
    AWS.standIn.answerAsUsual();
    AWS.standIn.resume();
    log.close();
    served.cache.close();
    assertThat(log.text() + served.metrics).doesNotContain("zebra", alice);
    assertThat(log.withoutFaults()).doesNotContain("stack_trace");
  }

  @ParameterizedTest
  @CsvSource({
    "429, ThrottlingException, 429",
    "429, TooManyRequestsException, 429",
    "400, ThrottlingException, 429",
    "400, ServiceQuotaExceededException, 429",
    "429, ModelNotReadyException, 429",
    "400, ValidationException, 500",
    "403, AccessDeniedException, 500",
    "404, ResourceNotFoundException, 500",
    "424, ModelErrorException, 500",
    "500, InternalServerException, 500",
    "503, ServiceUnavailableException, 500"
  })
  void model_whenItFails_isToldWithoutWhatItSaid(int status, String type, int told) {
    AWS.standIn.answerWith(
        request -> BedrockStandIn.Reply.error(status, type, "Malformed input: zebra, by " + alice));
    Reply reply = served.call(chat(alice, "zebra"));

    assertError(reply, told);
    assertThat(log.text()).contains("\"httpStatus\":" + told, "\"requestId\":\"request-1\"");
    assertThat(served.metrics.get(0)).contains("\"status\":\"error\"");
    AWS.standIn.answerAsUsual();
    assertThat(served.call(chat(alice, "zebra")).source()).isEqualTo("bedrock");
  }

  @Test
  void model_whenItCannotBeReached_is500() {
    AWS.standIn.stop();

    assertError(served.call(chat(alice, "zebra")), 500);
    assertThat(log.text()).contains("SdkClientException");
  }

  @Test
  void model_whenItsAnswerIsNoAnswer_is500() {
    AWS.standIn.answerWith(request -> BedrockStandIn.Reply.json("{\"zebra\":\"" + alice + "\"}"));

    assertError(served.call(chat(alice, "zebra")), 500);
  }

  @Test
  void model_whenItsAnswerHasNoUsage_isAnsweredAllTheSame() {
    AWS.standIn.answerWith(
        request ->
            BedrockStandIn.Reply.json(
                "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"row\"}]}},"
                    + "\"stopReason\":\"end_turn\"}"));
    Reply reply = served.call(chat(alice, "zebra"));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().at("/data/response").asText()).isEqualTo("row");
    assertThat(reply.body().path("tokensUsed").intValue()).isZero();
    assertThat(log.text()).doesNotContain("NullPointerException");
  }

  /** A bug is none of the service's errors: it is a 500 and a line at ERROR, with its class. */
  @Test
  void function_whenItHasABug_isA500ThatIsLogged() {
    ExecutionInterceptor bug =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(Context.BeforeExecution call, ExecutionAttributes all) {
            throw new IllegalStateException("zebra of " + alice);
          }
        };
    Served broken = new Served(AWS, AWS.bedrock(bug), Map.of());

    assertError(broken.call(chat(alice, "zebra")), 500);
    assertThat(log.text())
        .contains("\"level\":\"ERROR\"", "java.lang.IllegalStateException", "\"httpStatus\":500");
    broken.cache.close();
  }

  /** The cache waits up to 5 s for the table, and the call may have less left. */
  @Test
  void invalidate_whenTheTableIsLate_isAnsweredBeforeLambdaEndsTheCall() {
    CountDownLatch answered = new CountDownLatch(1);
    AWS.local.answerWith(
        request -> {
          answered.await();
          return null;
        });
    try {
      Reply reply =
          served.call(
              Events.post("/api/ai/cache/invalidate", alice, "{\"invalidateAll\":true}"), 600);

      assertError(reply, 500);
      // The function's own timeout, not what the cache throws after its 5 s.
      assertThat(log.text())
          .contains("\"exception\":\"" + ApiCallTimeoutException.class.getName() + "\"");
    } finally {
      answered.countDown();
      AWS.local.answerAsUsual();
    }
  }

  @Test
  void model_whenItFails_leavesWhatIsKept() {
    served.call(chat(alice, "zebra"));
    AWS.standIn.stop();

    assertThat(served.call(chat(alice, "zebra")).source()).isEqualTo("hot");
  }

  @Test
  void f84_callsCarryWhatIsLeftOfTheInvocation() {
    List<Duration> timeouts = new CopyOnWriteArrayList<>();
    ExecutionInterceptor watcher =
        new ExecutionInterceptor() {
          @Override
          public void beforeExecution(Context.BeforeExecution call, ExecutionAttributes all) {
            timeouts.add(
                ((AwsRequest) call.request())
                    .overrideConfiguration()
                    .orElseThrow()
                    .apiCallTimeout()
                    .orElseThrow());
          }
        };
    Served watched = new Served(AWS, AWS.bedrock(watcher), Map.of());
    watched.call(chat(alice, "zebra"), 20_500);

    assertThat(timeouts).containsExactly(Duration.ofSeconds(20));
    watched.cache.close();
  }

  @Test
  void f84_whenTheModelIsLate_isAnsweredBeforeLambdaEndsTheCall() {
    AWS.standIn.hold();

    assertError(served.call(chat(alice, "zebra"), 600), 500);
    assertThat(log.text()).contains("TimeoutException");
  }

  @Test
  void f84_whenNoTimeIsLeft_answersWhatIsInMemory() {
    served.call(chat(alice, "zebra"));
    AWS.standIn.hold();

    assertThat(served.call(chat(alice, "zebra"), 0).source()).isEqualTo("hot");
    assertError(served.call(chat(alice, "another zebra"), 0), 500);
  }
}
