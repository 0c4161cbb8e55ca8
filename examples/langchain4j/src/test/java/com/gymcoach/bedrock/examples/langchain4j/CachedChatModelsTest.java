package com.gymcoach.bedrock.examples.langchain4j;

import static com.gymcoach.bedrock.examples.langchain4j.Asked.TOOLS;
import static com.gymcoach.bedrock.examples.langchain4j.Asked.question;
import static com.gymcoach.bedrock.examples.langchain4j.Asked.questionWithTool;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.bedrock.BedrockTokenUsage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** LangChain4j's own model and the SDK's own client, against a stand-in that counts. */
class CachedChatModelsTest {
  private static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
  private static final String CHAT = "chat";

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
         {"toolUse":{"toolUseId":"tooluse_%d","name":"lastWeight",
                     "input":{"exercise":"squat","sets":[3,2.5]}}}]}},
       "stopReason":"tool_use",
       "usage":{"inputTokens":40,"outputTokens":9,"totalTokens":49},
       "metrics":{"latencyMs":420}}""";

  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final AtomicInteger calls = new AtomicInteger();
  private final BedrockCache cache =
      BedrockCache.builder().cachePolicy(new Asked.ToolAnswersOfOneEndpoint()).build();
  private final CachingBedrockClient bedrock =
      CachingBedrockClient.create(Asked.client(standIn), cache);
  private final CachedChatModels models = new CachedChatModels(bedrock, MODEL);

  /** Every answer differs, so that a served one cannot pass for a fresh one. */
  @BeforeEach
  void answerWithText() {
    answerWith(TEXT_ANSWER);
  }

  @AfterEach
  void stop() {
    bedrock.close();
    cache.close();
    standIn.close();
  }

  @Test
  void chat_whenAskedAgain_isAHitWithEverythingTheFrameworkReads() {
    ChatModel model = models.forUser(CHAT, "u-1");

    ChatResponse first = model.chat(question());
    ChatResponse second = model.chat(question());

    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(cache.stats().total().hotHits()).isEqualTo(1);
    assertThat(second).isEqualTo(first);
    assertThat(second.aiMessage().text()).isEqualTo("Answer 1");
    assertThat(second.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(second.id()).isEqualTo("request-1");
    assertThat(second.modelName()).isEqualTo(MODEL);
    BedrockTokenUsage usage = (BedrockTokenUsage) second.tokenUsage();
    assertThat(usage.inputTokenCount()).isEqualTo(11);
    assertThat(usage.outputTokenCount()).isEqualTo(7);
    assertThat(usage.totalTokenCount()).isEqualTo(18);
    assertThat(usage.cacheReadInputTokens()).isEqualTo(5);
  }

  @Test
  void chat_whenAnotherModelObjectIsMadeForTheUser_sharesTheUsersAnswers() {
    ChatResponse first = models.forUser(CHAT, "u-1").chat(question());
    ChatResponse second = models.forUser(CHAT, "u-1").chat(question());

    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(second).isEqualTo(first);
  }

  @Test
  void chat_whenTwoUsersAreBehindOneModelObject_neverShares() {
    AtomicReference<String> currentUser = new AtomicReference<>("u-1");
    ChatModel model = models.forCurrentUser(CHAT, currentUser::get);

    ChatResponse ofOne = model.chat(question());
    currentUser.set("u-2");
    ChatResponse ofTwo = model.chat(question());
    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(ofTwo).isNotEqualTo(ofOne);

    assertThat(model.chat(question())).isEqualTo(ofTwo);
    currentUser.set("u-1");
    assertThat(model.chat(question())).isEqualTo(ofOne);
    assertThat(standIn.requests()).isEqualTo(2);
  }

  @Test
  void chat_whenTwoUsersAskAtTheSameTime_eachHasAnAnswerOfHisOwn() throws Exception {
    Map<Thread, String> requests = new ConcurrentHashMap<>();
    ChatModel model =
        models.forCurrentUser(CHAT, () -> requests.getOrDefault(Thread.currentThread(), ""));
    standIn.hold();

    CompletableFuture<ChatResponse> ofOne = chatAs("u-1", model, requests);
    CompletableFuture<ChatResponse> ofTwo = chatAs("u-2", model, requests);
    standIn.awaitRequests(2); // neither waits for the other's
    standIn.release();

    assertThat(ofOne.get(30, TimeUnit.SECONDS)).isNotEqualTo(ofTwo.get(30, TimeUnit.SECONDS));
  }

  @Test
  void chat_whenTheServiceDoesNotKnowTheUser_isNotCached() {
    ChatModel model =
        models.forCurrentUser(
            CHAT,
            () -> {
              throw new IllegalStateException("no request is being served");
            });

    ChatResponse first = model.chat(question());

    assertThat(model.chat(question())).isNotEqualTo(first);
    assertThat(standIn.requests()).isEqualTo(2);
  }

  @Test
  void chat_whenTheAnswerAsksForATool_comesBackWithTheCallWhereTheEndpointOptedIn() {
    answerWith(TOOL_ANSWER);
    ChatModel model = models.forUser(TOOLS, "u-1");

    ChatResponse first = model.chat(questionWithTool());
    ChatResponse second = model.chat(questionWithTool());

    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(second).isEqualTo(first);
    assertThat(second.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
    List<ToolExecutionRequest> asked = second.aiMessage().toolExecutionRequests();
    assertThat(asked).hasSize(1);
    assertThat(asked.get(0).id()).isEqualTo("tooluse_1");
    assertThat(asked.get(0).name()).isEqualTo("lastWeight");
    assertThat(asked.get(0).arguments()).contains("squat").contains("2.5");
  }

  @Test
  void chat_whenTheAnswerAsksForATool_isNotKeptElsewhere() {
    answerWith(TOOL_ANSWER);
    ChatModel model = models.forUser(CHAT, "u-1");

    model.chat(questionWithTool());
    model.chat(questionWithTool());

    assertThat(standIn.requests()).isEqualTo(2);
  }

  private void answerWith(String body) {
    standIn.answerWith(
        request -> {
          int call = calls.incrementAndGet();
          Reply plain = Reply.json(body.formatted(call));
          return new Reply(
              plain.status(),
              Map.of(
                  "Content-Type", List.of("application/json"),
                  "x-amzn-RequestId", List.of("request-" + call)),
              plain.body());
        });
  }

  private static CompletableFuture<ChatResponse> chatAs(
      String user, ChatModel model, Map<Thread, String> requests) {
    CompletableFuture<ChatResponse> answer = new CompletableFuture<>();
    Thread thread = new Thread(() -> answer.complete(model.chat(question())), "request of " + user);
    requests.put(thread, user);
    thread.start();
    return answer;
  }
}
