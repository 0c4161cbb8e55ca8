package com.gymcoach.bedrock.examples.springai;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.EventFrames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.bedrock.converse.BedrockChatOptions;
import org.springframework.ai.bedrock.converse.BedrockProxyChatModel;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** Spring AI's own model and the SDK's own clients, against a stand-in that counts. */
class CachedChatModelTest {
  private static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
  private static final String CHAT = "chat";
  private static final String TOOLS = "workout-plan";

  private static final String TEXT_ANSWER =
      """
      {"output":{"message":{"role":"assistant","content":[{"text":"Answer %d"}]}},
       "stopReason":"end_turn",
       "usage":{"inputTokens":11,"outputTokens":7,"totalTokens":18,"cacheReadInputTokens":5},
       "metrics":{"latencyMs":420}}""";
  private static final String TOOL_ANSWER =
      """
      {"output":{"message":{"role":"assistant","content":[
         {"text":"I look it up"},
         {"toolUse":{"toolUseId":"tooluse_%d","name":"lastWeight","input":{"exercise":"squat"}}}]}},
       "stopReason":"tool_use",
       "usage":{"inputTokens":40,"outputTokens":9,"totalTokens":49},
       "metrics":{"latencyMs":420}}""";

  /** One for all tests: closing it takes two seconds. */
  private static final SdkAsyncHttpClient HTTP =
      NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1).build();

  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger toolRuns = new AtomicInteger();
  private final BedrockCache cache =
      BedrockCache.builder().cachePolicy(new ToolAnswersOfOneEndpoint()).build();
  private final CachingBedrockClient bedrock =
      CachingBedrockClient.create(
          BedrockRuntimeClient.builder()
              .endpointOverride(standIn.endpoint())
              .region(Region.US_EAST_1)
              .credentialsProvider(AnonymousCredentialsProvider.create())
              .build(),
          cache);
  private final CachingBedrockAsyncClient streaming =
      CachingBedrockAsyncClient.create(
          BedrockRuntimeAsyncClient.builder()
              .httpClient(HTTP)
              .endpointOverride(standIn.endpoint())
              .region(Region.US_EAST_1)
              .credentialsProvider(AnonymousCredentialsProvider.create())
              .build(),
          cache);

  /** Asks for the tool until it has been told what the tool says. */
  @BeforeEach
  void answerAsAModelWithATool() {
    standIn.answerWith(
        request -> {
          int call = calls.incrementAndGet();
          String asked = new String(request.body(), StandardCharsets.UTF_8);
          boolean tool = asked.contains("toolConfig") && !asked.contains("toolResult");
          if (request.operation().equals("ConverseStream")) {
            return Reply.stream(tool ? toolStream(call) : textStream(call));
          }
          Reply plain = Reply.json((tool ? TOOL_ANSWER : TEXT_ANSWER).formatted(call));
          return new Reply(
              plain.status(),
              Map.of(
                  "Content-Type", List.of("application/json"),
                  "x-amzn-RequestId", List.of("request-" + call)),
              plain.body());
        });
  }

  @AfterAll
  static void close() {
    HTTP.close();
  }

  @AfterEach
  void stop() {
    streaming.close();
    bedrock.close();
    cache.close();
    standIn.close();
  }

  @Test
  void call_whenAskedAgain_isAHitWithEverythingTheFrameworkReads() {
    BedrockProxyChatModel model = model(CHAT);

    ChatResponse first = model.call(question("u-1"));
    ChatResponse second = model.call(question("u-1"));

    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(cache.stats().total().hotHits()).isEqualTo(1);
    assertSame(second, first);
    assertThat(second.getResult().getOutput().getText()).isEqualTo("Answer 1");
    assertThat(second.getResult().getMetadata().getFinishReason()).isEqualTo("end_turn");
    assertThat(second.getMetadata().getId()).isEqualTo("request-1");
    assertThat(second.getMetadata().getUsage().getPromptTokens()).isEqualTo(11);
    assertThat(second.getMetadata().getUsage().getCompletionTokens()).isEqualTo(7);
    assertThat(second.getMetadata().getUsage().getTotalTokens()).isEqualTo(18);
    assertThat(second.getMetadata().<Integer>get("cacheReadInputTokens")).isEqualTo(5);
  }

  @Test
  void call_whenTwoUsersAreBehindOneModelObject_neverShares() {
    BedrockProxyChatModel model = model(CHAT);

    ChatResponse ofOne = model.call(question("u-1"));
    ChatResponse ofTwo = model.call(question("u-2"));
    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(text(ofTwo)).isNotEqualTo(text(ofOne));

    assertSame(model.call(question("u-1")), ofOne);
    assertSame(model.call(question("u-2")), ofTwo);
    assertThat(standIn.requests()).isEqualTo(2);
  }

  @Test
  void call_whenTwoUsersAskAtTheSameTime_eachHasAnAnswerOfHisOwn() throws Exception {
    BedrockProxyChatModel model = model(CHAT);
    standIn.hold();

    CompletableFuture<ChatResponse> ofOne =
        CompletableFuture.supplyAsync(() -> model.call(question("u-1")), this::onAThreadOfItsOwn);
    CompletableFuture<ChatResponse> ofTwo =
        CompletableFuture.supplyAsync(() -> model.call(question("u-2")), this::onAThreadOfItsOwn);
    standIn.awaitRequests(2); // neither waits for the other's
    standIn.release();

    assertThat(text(ofOne.get(30, TimeUnit.SECONDS)))
        .isNotEqualTo(text(ofTwo.get(30, TimeUnit.SECONDS)));
  }

  @Test
  void call_whenTheMessageDoesNotSayWhoseItIs_isNotCached() {
    BedrockProxyChatModel model = model(CHAT);

    model.call(new Prompt(new UserMessage("How do I squat?")));
    model.call(new Prompt(new UserMessage("How do I squat?")));

    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(cache.stats().total().reasons()).containsEntry(CacheReason.SCOPE_MISSING, 2L);
  }

  @Test
  void call_whenTheAnswerAsksForATool_comesBackWithTheCallWhereTheEndpointOptedIn() {
    BedrockProxyChatModel model = model(TOOLS);

    ChatResponse first = model.call(questionWithTool("u-1", false));
    ChatResponse second = model.call(questionWithTool("u-1", false));

    assertThat(standIn.requests()).isEqualTo(1);
    assertSame(second, first);
    assertThat(second.hasFinishReasons(Set.of("tool_use"))).isTrue();
    List<ToolCall> asked =
        second.getResults().stream().flatMap(r -> r.getOutput().getToolCalls().stream()).toList();
    assertThat(asked)
        .containsExactly(
            new ToolCall("tooluse_1", "function", "lastWeight", "{\"exercise\": \"squat\"}"));
  }

  @Test
  void call_whenSpringRunsTheTool_theWholeExchangeIsAHitAndTheToolRunsAgain() {
    BedrockProxyChatModel model = model(TOOLS);

    ChatResponse first = model.call(questionWithTool("u-1", true));
    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(text(first)).isEqualTo("Answer 2");

    ChatResponse second = model.call(questionWithTool("u-1", true));

    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(toolRuns).hasValue(2);
    assertSame(second, first);
    assertThat(second.getMetadata().getUsage().getTotalTokens()).isEqualTo(49 + 18);
  }

  @Test
  void call_whenTheAnswerAsksForATool_isNotKeptElsewhere() {
    BedrockProxyChatModel model = model(CHAT);

    model.call(questionWithTool("u-1", false));
    model.call(questionWithTool("u-1", false));

    assertThat(standIn.requests()).isEqualTo(2);
  }

  @Test
  void stream_whenAskedAgain_isAHitWithTheSameTexts() {
    BedrockProxyChatModel model = model(CHAT);

    List<String> first = streamed(model, question("u-1"));
    List<String> second = streamed(model, question("u-1"));

    assertThat(first).contains("Answer ", "1");
    assertThat(second).isEqualTo(first);
    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(cache.stats().total().hotHits()).isEqualTo(1);
  }

  @Test
  void stream_whenTwoUsersAreBehindOneModelObject_neverShares() {
    BedrockProxyChatModel model = model(CHAT);

    List<String> ofOne = streamed(model, question("u-1"));
    List<String> ofTwo = streamed(model, question("u-2"));

    assertThat(ofTwo).isNotEqualTo(ofOne);
    assertThat(standIn.requests()).isEqualTo(2);
  }

  @Test
  void stream_whenTheMessageNamesNoUser_isNotCached() {
    BedrockProxyChatModel model = model(CHAT);

    streamed(model, new Prompt(new UserMessage("How do I squat?")));
    streamed(model, new Prompt(new UserMessage("How do I squat?")));

    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(cache.stats().total().reasons()).containsEntry(CacheReason.SCOPE_MISSING, 2L);
  }

  @Test
  void stream_whenSpringRunsTheTool_theWholeExchangeIsAHitAndTheToolRunsAgain() {
    BedrockProxyChatModel model = model(TOOLS);

    List<String> first = streamed(model, questionWithTool("u-1", true));
    assertThat(first).contains("Answer ", "2");
    assertThat(standIn.requests()).isEqualTo(2);

    List<String> second = streamed(model, questionWithTool("u-1", true));

    assertThat(second).isEqualTo(first);
    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(toolRuns).hasValue(2);
  }

  private BedrockProxyChatModel model(String endpoint) {
    return CachedChatModel.create(bedrock, streaming, MODEL, endpoint);
  }

  private void onAThreadOfItsOwn(Runnable task) {
    new Thread(task).start();
  }

  private static List<String> streamed(BedrockProxyChatModel model, Prompt prompt) {
    return Objects.requireNonNull(
            model.stream(prompt).collectList().block(Duration.ofSeconds(30)), "stream")
        .stream()
        .map(CachedChatModelTest::text)
        .toList();
  }

  private static byte[] textStream(int call) {
    return new EventFrames()
        .event("messageStart", "{\"role\":\"assistant\"}")
        .event("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Answer \"}}")
        .event(
            "contentBlockDelta",
            "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"%d\"}}".formatted(call))
        .event("contentBlockStop", "{\"contentBlockIndex\":0}")
        .event("messageStop", "{\"stopReason\":\"end_turn\"}")
        .event(
            "metadata",
            "{\"usage\":{\"inputTokens\":11,\"outputTokens\":7,\"totalTokens\":18},"
                + "\"metrics\":{\"latencyMs\":420}}")
        .toBytes();
  }

  private static byte[] toolStream(int call) {
    return new EventFrames()
        .event("messageStart", "{\"role\":\"assistant\"}")
        .event(
            "contentBlockStart",
            ("{\"contentBlockIndex\":0,\"start\":{\"toolUse\":"
                    + "{\"toolUseId\":\"tooluse_%d\",\"name\":\"lastWeight\"}}}")
                .formatted(call))
        .event(
            "contentBlockDelta",
            "{\"contentBlockIndex\":0,\"delta\":{\"toolUse\":"
                + "{\"input\":\"{\\\"exercise\\\":\\\"squat\\\"}\"}}}")
        .event("contentBlockStop", "{\"contentBlockIndex\":0}")
        .event("messageStop", "{\"stopReason\":\"tool_use\"}")
        .event(
            "metadata",
            "{\"usage\":{\"inputTokens\":40,\"outputTokens\":9,\"totalTokens\":49},"
                + "\"metrics\":{\"latencyMs\":420}}")
        .toBytes();
  }

  private static String text(ChatResponse response) {
    return String.valueOf(response.getResult().getOutput().getText());
  }

  /** Field by field: not all of the framework's types define equality. */
  private static void assertSame(ChatResponse actual, ChatResponse expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
  }

  private static Prompt question(String user) {
    return new Prompt(CachedChatModel.message(user, "How do I squat?"));
  }

  private Prompt questionWithTool(String user, boolean springRunsIt) {
    ToolCallback tool =
        FunctionToolCallback.builder(
                "lastWeight",
                (Exercise exercise) -> {
                  toolRuns.incrementAndGet();
                  return exercise.exercise() + ": 80 kg";
                })
            .description("The weight last lifted in an exercise")
            .inputType(Exercise.class)
            .build();
    return new Prompt(
        CachedChatModel.message(user, "What did I squat last?"),
        BedrockChatOptions.builder()
            .toolCallbacks(tool)
            .internalToolExecutionEnabled(springRunsIt)
            .build());
  }

  /** The input of the tool. */
  record Exercise(String exercise) {}

  /** Its tools only read: running one again does no harm. */
  private static final class ToolAnswersOfOneEndpoint implements CachePolicy {
    @Override
    public boolean cacheToolUse(CallContext call) {
      return call.endpoint().equals(TOOLS);
    }
  }
}
