package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;

class BedrockStandInTest {
  private static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";

  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final BedrockRuntimeClient bedrock =
      BedrockRuntimeClient.builder()
          .endpointOverride(standIn.endpoint())
          .region(Region.US_EAST_1)
          .credentialsProvider(AnonymousCredentialsProvider.create())
          .httpClient(Apache5HttpClient.create())
          .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
          .build();

  @AfterEach
  void stop() {
    bedrock.close();
    standIn.close();
  }

  private static ConverseRequest.Builder ask(String question) {
    return ConverseRequest.builder()
        .modelId(MODEL)
        .messages(
            Message.builder()
                .role(ConversationRole.USER)
                .content(ContentBlock.fromText(question))
                .build());
  }

  @Test
  void converse_answersTheQuestion() {
    ConverseResponse reply = bedrock.converse(ask("How do I squat?").build());
    assertThat(reply.output().message().content().get(0).text()).startsWith("Stand with your feet");
    assertThat(reply.stopReason()).isEqualTo(StopReason.END_TURN);
    assertThat(reply.usage().totalTokens())
        .isEqualTo(reply.usage().inputTokens() + reply.usage().outputTokens());
    assertThat(reply.responseMetadata().requestId()).hasSize(36);
    assertThat(reply.sdkHttpResponse().firstMatchingHeader("Server").orElseThrow())
        .contains("not Amazon Bedrock");
  }

  @Test
  void converse_whenFewTokensAreAllowed_isCutOff() {
    ConverseResponse reply =
        bedrock.converse(ask("A plan?").inferenceConfig(i -> i.maxTokens(3)).build());
    assertThat(reply.output().message().content().get(0).text()).isEqualTo("Alternate upper and");
    assertThat(reply.stopReason()).isEqualTo(StopReason.MAX_TOKENS);
  }

  @Test
  void invokeModel_answersAsModelsOfAnthropicDo() {
    String body =
        "{\"max_tokens\":500,\"messages\":[{\"role\":\"user\",\"content\":\"motivate me\"}]}";
    InvokeModelResponse reply =
        bedrock.invokeModel(r -> r.modelId(MODEL).body(SdkBytes.fromUtf8String(body)));
    assertThat(reply.body().asUtf8String())
        .contains("You do not need a perfect week")
        .contains("\"stop_reason\":\"end_turn\"");
    assertThat(reply.sdkHttpResponse().firstMatchingHeader("x-amzn-bedrock-output-token-count"))
        .isPresent();
  }

  @Test
  void answerWith_decidesWhatIsAnsweredToWhat() {
    standIn.answerWith(
        request -> {
          assertThat(request.operation()).isEqualTo("Converse");
          assertThat(request.modelId()).isEqualTo(MODEL);
          assertThat(new String(request.body(), StandardCharsets.UTF_8)).contains("squat");
          return BedrockStandIn.Reply.error(429, "ThrottlingException", "slow down");
        });
    assertThatThrownBy(() -> bedrock.converse(ask("squat").build()))
        .isInstanceOf(ThrottlingException.class)
        .hasMessageContaining("slow down");
    standIn.answerAsUsual();
    assertThat(bedrock.converse(ask("squat").build()).stopReason()).isEqualTo(StopReason.END_TURN);
  }

  @Test
  void hold_keepsCallsWaitingUntilReleased() throws Exception {
    standIn.hold();
    CompletableFuture<ConverseResponse> call =
        CompletableFuture.supplyAsync(() -> bedrock.converse(ask("squat").build()));
    standIn.awaitRequests(1);
    assertThat(call).isNotDone();
    standIn.hold(); // must not make it forget the call that it holds already
    standIn.release();
    assertThat(call.get(30, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void requests_countsWhatArrived() {
    bedrock.converse(ask("squat").build());
    bedrock.converse(ask("squat").build());
    bedrock.invokeModel(r -> r.modelId(MODEL).body(SdkBytes.fromUtf8String("{}")));
    assertThatThrownBy(() -> bedrock.countTokens(c -> c.modelId(MODEL)));
    assertThat(standIn.requests("Converse")).isEqualTo(2);
    assertThat(standIn.requests("InvokeModel")).isEqualTo(1);
    assertThat(standIn.requests()).isEqualTo(4);
  }

  @Test
  void stop_refusesCallsUntilResumed() {
    standIn.stop();
    assertThatThrownBy(() -> bedrock.converse(ask("squat").build()))
        .isInstanceOf(SdkClientException.class);
    standIn.resume();
    assertThat(bedrock.converse(ask("squat").build())).isNotNull();
  }

  @Test
  void close_isSafeTwice() {
    standIn.close();
    standIn.close();
    standIn.resume();
    assertThatThrownBy(() -> bedrock.converse(ask("squat").build()))
        .isInstanceOf(SdkClientException.class);
  }
}
