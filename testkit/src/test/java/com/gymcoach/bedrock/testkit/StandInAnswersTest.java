package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.testkit.RealClient.Caller;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/** The built-in answers: in the form of the model's family, and to the question. */
class StandInAnswersTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final BedrockCache cache = BedrockCache.builder().build();
  private final Caller sync = over(RealClient.APACHE5);
  private final Caller async = over(RealClient.NETTY);

  private Caller over(RealClient client) {
    return client.over(standIn.endpoint(), AwsBasicCredentials.create("local", "local"));
  }

  @AfterEach
  void stop() {
    sync.close();
    async.close();
    cache.close();
    standIn.close();
  }

  private static SdkBytes body(String body) {
    return SdkBytes.fromUtf8String(body.replace('\'', '"'));
  }

  private InvokeModelResponse invoke(String modelId, String body) {
    return (InvokeModelResponse)
        Objects.requireNonNull(
            sync.call(
                cache,
                ALICE,
                InvokeModelRequest.builder().modelId(modelId).body(body(body)).build()));
  }

  /** The cache keeps only answers whose form it knows to be complete for that model. */
  @ParameterizedTest
  @CsvSource({
    "anthropic.claude-3-haiku-20240307-v1:0, ANTHROPIC",
    "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.anthropic.claude-sonnet-4-6, ANTHROPIC",
    "anthropic.claude-v2:1, ANTHROPIC_TEXT",
    "amazon.nova-micro-v1:0, NOVA",
    "us.amazon.nova-lite-v1:0, NOVA",
    "amazon.nova-canvas-v1:0, IMAGE",
    "amazon.nova-2-multimodal-embeddings-v1:0, NOVA_EMBEDDING",
    "amazon.titan-text-express-v1, TITAN",
    "amazon.titan-embed-text-v2:0, TITAN_EMBEDDING",
    "amazon.titan-image-generator-v2:0, IMAGE",
    "amazon.rerank-v1:0, RERANK",
    "us.meta.llama3-1-8b-instruct-v1:0, LLAMA",
    "mistral.mistral-7b-instruct-v0:2, MISTRAL_TEXT",
    "mistral.mistral-large-2407-v1:0, CHAT",
    "cohere.command-text-v14, COHERE_TEXT",
    "cohere.command-r-v1:0, COHERE_CHAT",
    "cohere.embed-english-v3, COHERE_EMBEDDING",
    "cohere.rerank-v3-5:0, RERANK",
    "ai21.j2-ultra-v1, JURASSIC",
    "ai21.jamba-1-5-mini-v1:0, CHAT",
    "us.deepseek.r1-v1:0, DEEPSEEK_R1",
    "deepseek.v3-v1:0, CHAT",
    "stability.sd3-5-large-v1:0, STABILITY",
    "stability.stable-diffusion-xl-v1, STABLE_DIFFUSION",
    "openai.gpt-oss-120b-1:0, CHAT",
    "qwen.qwen3-32b-v1:0, CHAT",
    "twelvelabs.pegasus-1-2-v1:0, PEGASUS",
    "twelvelabs.marengo-embed-3-0-v1:0, MARENGO",
    "moonshotai.kimi-k2.5, CHAT",
    "zai.glm-4.7, CHAT"
  })
  void invokeModel_ofEachFamily_hasItsFormAndIsKept(String modelId, ModelForm form) {
    assertThat(ModelForm.of(modelId)).isEqualTo(form);

    InvokeModelResponse first = invoke(modelId, "{'prompt':'How do I squat?'}");
    assertThat(CacheOutcome.of(first).kept()).as(first.body().asUtf8String()).isTrue();

    InvokeModelResponse second = invoke(modelId, "{'prompt':'How do I squat?'}");
    assertThat(CacheOutcome.of(second).status()).isEqualTo(CacheOutcome.Status.HIT);
  }

  @ParameterizedTest
  @CsvSource({
    "anthropic.claude-3-haiku-20240307-v1:0, ANTHROPIC",
    "anthropic.claude-v2:1, ANTHROPIC_TEXT",
    "amazon.nova-micro-v1:0, NOVA",
    "amazon.titan-text-express-v1, TITAN",
    "us.meta.llama3-1-8b-instruct-v1:0, LLAMA",
    "mistral.mistral-7b-instruct-v0:2, MISTRAL_TEXT",
    "mistral.mistral-large-2407-v1:0, CHAT",
    "cohere.command-text-v14, COHERE_TEXT",
    "cohere.command-r-v1:0, COHERE_CHAT",
    "ai21.jamba-1-5-mini-v1:0, CHAT",
    "us.deepseek.r1-v1:0, DEEPSEEK_R1",
    "openai.gpt-oss-120b-1:0, CHAT",
    "twelvelabs.pegasus-1-2-v1:0, PEGASUS"
  })
  void invokeModelStream_ofEachFamily_hasItsFormAndIsKept(String modelId, ModelForm form) {
    assertThat(ModelForm.of(modelId)).isEqualTo(form);
    assertThat(form.streams()).isTrue();

    InvokeModelWithResponseStreamRequest request =
        InvokeModelWithResponseStreamRequest.builder()
            .modelId(modelId)
            .body(body("{'prompt':'How do I squat?'}"))
            .build();
    async.call(cache, ALICE, request);
    async.call(cache, ALICE, request);

    assertThat(standIn.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "anthropic.claude-3-haiku-20240307-v1:0 | {'max_tokens':3,'messages':[{'role':'user','content':'squat'}]} | 'stop_reason':'max_tokens'",
        "anthropic.claude-v2:1 | {'max_tokens_to_sample':3,'prompt':'squat'} | 'stop_reason':'max_tokens'",
        "amazon.nova-micro-v1:0 | {'inferenceConfig':{'maxTokens':3},'messages':[{'role':'user','content':[{'text':'squat'}]}]} | 'stopReason':'max_tokens'",
        "amazon.titan-text-express-v1 | {'inputText':'squat','textGenerationConfig':{'maxTokenCount':3}} | 'completionReason':'LENGTH'",
        "us.meta.llama3-1-8b-instruct-v1:0 | {'prompt':'squat','max_gen_len':3} | 'stop_reason':'length'",
        "mistral.mistral-7b-instruct-v0:2 | {'prompt':'squat','max_tokens':3} | 'stop_reason':'length'",
        "cohere.command-r-v1:0 | {'message':'squat','max_tokens':3} | 'finish_reason':'MAX_TOKENS'",
        "ai21.j2-ultra-v1 | {'prompt':'squat','maxTokens':3} | 'reason':'length'",
        "openai.gpt-oss-120b-1:0 | {'messages':[{'role':'user','content':'squat'}],'max_completion_tokens':3} | 'finish_reason':'length'",
        "twelvelabs.pegasus-1-2-v1:0 | {'inputPrompt':'squat','maxOutputTokens':3} | 'finishReason':'length'"
      })
  void invokeModel_whenFewTokensAreAllowed_isCutOffInTheFamilysWords(
      String modelId, String body, String ending) {
    InvokeModelResponse reply = invoke(modelId, body);

    assertThat(reply.body().asUtf8String())
        .contains("\"Stand with your\"", ending.replace('\'', '"'));
    assertThat(CacheOutcome.of(reply).reason()).contains(CacheReason.MAX_TOKENS);
  }

  @Test
  void invokeModel_ofSeveralTexts_hasAVectorForEach() {
    String reply =
        invoke("cohere.embed-english-v3", "{'texts':['squat','lunge','plank']}")
            .body()
            .asUtf8String();

    assertThat(reply.split("],\\[", -1)).hasSize(3);
    assertThat(invoke("cohere.embed-english-v3", "{'texts':['row','run','rest']}").body())
        .isNotEqualTo(SdkBytes.fromUtf8String(reply));
  }

  /** As with the real model, a text has the same vector in every batch. */
  @Test
  void invokeModel_ofATextInTwoBatches_hasTheSameVector() {
    String model = "cohere.embed-v4:0";
    String one =
        invoke(model, "{'texts':['squat','row'],'embedding_types':['float']}")
            .body()
            .asUtf8String();
    String other =
        invoke(model, "{'texts':['row'],'embedding_types':['float']}").body().asUtf8String();

    String vector = other.substring(other.indexOf("[["), other.indexOf("]]"));
    assertThat(other)
        .startsWith("{\"embeddings\":{\"float\":[[")
        .endsWith("\"response_type\":\"embeddings_by_type\",\"texts\":[\"row\"]}");
    assertThat(one).contains("," + vector.substring(1) + "]]");
  }

  @Test
  void invokeModelStream_ofAModelThatCannotStream_isRefused() {
    InvokeModelWithResponseStreamRequest request =
        InvokeModelWithResponseStreamRequest.builder()
            .modelId("amazon.titan-embed-text-v2:0")
            .body(body("{'inputText':'squat'}"))
            .build();

    assertThatThrownBy(() -> async.call(cache, ALICE, request))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ValidationException.class);
  }

  /** The first line is the task; what follows are its details, or a message as JSON. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Make a meal plan: what to eat at each meal.\\n{\"goals\":[\"strength\"]} | Build each meal",
        "Plan my meals for a workout day | Build each meal",
        "Make a workout plan.\\n{\"goals\":[\"squat more\",\"eat less\"]} | Alternate upper",
        "Create a training program | Alternate upper",
        "Check my form.\\n{\"exerciseName\":\"squat\"} | Brace before",
        "Analyze my progress over this time.\\n{\"timeRange\":\"30 days\"} | Compare the same lift",
        "Motivate me.\\n{\"context\":\"I skipped training.\"} | You do not need",
        "Answer my message.\\n{\"context\":{\"goal\":\"eat\"},\"message\":\"How do I squat?\"} | Stand with",
        "Answer my message.\\n{\"message\":\"What should I eat after training?\"} | Build each meal",
        "Answer my message.\\n{\"message\":\"How do I warm up?\"} | Walk briskly",
        "Answer my message.\\n{\"message\":\"How long should I rest between sets?\"} | Rest two",
        "Answer my message.\\n{\"message\":\"Is walking enough?\"} | Walking counts",
        "Answer my message.\\n{\"message\":\"How often should I train?\"} | Alternate upper",
        "Answer my message.\\n{broken squat | Stand with",
        "Is the weather great? | Keep it simple"
      })
  void converse_ofAQuestion_isAnAnswerToIt(String question, String answer) {
    ConverseResponse reply =
        (ConverseResponse)
            Objects.requireNonNull(
                sync.call(
                    null,
                    ALICE,
                    ConverseRequest.builder()
                        .modelId("amazon.nova-micro-v1:0")
                        .messages(
                            Message.builder()
                                .role(ConversationRole.USER)
                                .content(ContentBlock.fromText(question.replace("\\n", "\n")))
                                .build())
                        .build()));

    assertThat(reply.output().message().content().get(0).text()).startsWith(answer);
  }
}
