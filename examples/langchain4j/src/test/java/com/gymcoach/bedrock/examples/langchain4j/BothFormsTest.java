package com.gymcoach.bedrock.examples.langchain4j;

import static com.gymcoach.bedrock.examples.langchain4j.Asked.TOOLS;
import static com.gymcoach.bedrock.examples.langchain4j.Asked.question;
import static com.gymcoach.bedrock.examples.langchain4j.Asked.questionWithTool;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/**
 * LangChain4j's chat model and its streaming chat model, with one answer for both: the policy asks
 * for it. See {@code docs/both-forms.md}.
 */
class BothFormsTest {
  private static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
  private static final String CHAT = "chat";

  /** One for all tests: closing it takes two seconds. */
  private static final SdkAsyncHttpClient HTTP =
      NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1).build();

  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final AtomicInteger calls = new AtomicInteger();
  private final BlockingQueue<CacheEvent> ended = new LinkedBlockingQueue<>();
  private final BedrockCache cache =
      BedrockCache.builder().cachePolicy(new BothForms()).metricsSink(ended::add).build();
  private final CachingBedrockClient bedrock =
      CachingBedrockClient.create(Asked.client(standIn), cache);
  private final CachingBedrockAsyncClient streaming =
      CachingBedrockAsyncClient.create(
          BedrockRuntimeAsyncClient.builder()
              .httpClient(HTTP)
              .endpointOverride(standIn.endpoint())
              .region(Region.US_EAST_1)
              .credentialsProvider(AnonymousCredentialsProvider.create())
              .build(),
          cache);
  private final CachedChatModels models = new CachedChatModels(bedrock, MODEL);
  private final CachedStreamingChatModels streams = new CachedStreamingChatModels(streaming, MODEL);

  /** Both operations share their answers; tools of one endpoint only read. */
  private static final class BothForms implements CachePolicy {
    @Override
    public boolean serveBothForms(CallContext call) {
      return true;
    }

    @Override
    public boolean cacheToolUse(CallContext call) {
      return call.endpoint().equals(TOOLS);
    }
  }

  /** Asks for the tool if it is offered one. Every answer differs from those before. */
  @BeforeEach
  void answerAsAModelWithATool() {
    standIn.answerWith(
        request -> {
          int call = calls.incrementAndGet();
          String asked = new String(request.body(), StandardCharsets.UTF_8);
          boolean tool = asked.contains("toolConfig");
          return request.operation().equals("ConverseStream")
              ? Reply.stream(tool ? toolStream(call) : textStream(call))
              : Reply.json(answer(tool, call));
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
  void stream_whenTheChatModelHasAsked_isAHit() throws Exception {
    ChatModel model = models.forUser(CHAT, "u-1");
    ChatResponse asked = model.chat(question());
    ended.take();

    ChatResponse streamed = streamed(streams.forUser(CHAT, "u-1"), question());

    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(streamed.aiMessage().text())
        .isEqualTo("Answer 1")
        .isEqualTo(asked.aiMessage().text());
    assertThat(streamed.finishReason()).isEqualTo(asked.finishReason());
    assertThat(streamed.tokenUsage().totalTokenCount()).isEqualTo(18);
  }

  @Test
  void chat_whenTheStreamingModelHasAsked_isAHit() throws Exception {
    ChatResponse streamed = streamed(streams.forUser(CHAT, "u-1"), question());

    ChatResponse asked = models.forUser(CHAT, "u-1").chat(question());

    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(asked.aiMessage().text()).isEqualTo("Answer 1");
    assertThat(asked.finishReason()).isEqualTo(streamed.finishReason());
    assertThat(asked.tokenUsage().totalTokenCount()).isEqualTo(18);
    assertConvertedHit();
  }

  @Test
  void toolCall_inEitherForm_isThatOfTheOther() throws Exception {
    ChatResponse streamed = streamed(streams.forUser(TOOLS, "u-1"), questionWithTool());
    ChatResponse asked = models.forUser(TOOLS, "u-1").chat(questionWithTool());
    ChatResponse askedFirst = models.forUser(TOOLS, "u-2").chat(questionWithTool());
    ended.clear();
    ChatResponse streamedAfter = streamed(streams.forUser(TOOLS, "u-2"), questionWithTool());

    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(tool(asked).id()).isEqualTo(tool(streamed).id()).isEqualTo("tooluse_1");
    assertThat(tool(asked).arguments()).contains("squat").contains("2.5");
    assertThat(tool(streamedAfter).id()).isEqualTo(tool(askedFirst).id()).isEqualTo("tooluse_2");
    assertThat(tool(streamedAfter).arguments()).contains("squat").contains("2.5");
  }

  @Test
  void stream_ofAnotherUser_isNotServedFromTheChatModelsAnswer() throws Exception {
    models.forUser(CHAT, "u-1").chat(question());
    ended.take();

    streamed(streams.forUser(CHAT, "u-2"), question());

    assertThat(standIn.requests()).isEqualTo(2);
  }

  private void assertConvertedHit() throws InterruptedException {
    CacheEvent event = ended.poll(30, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    assertThat(event.outcome().cached()).isTrue();
    assertThat(event.outcome().converted()).isTrue();
  }

  private static ToolExecutionRequest tool(ChatResponse response) {
    List<ToolExecutionRequest> asked = response.aiMessage().toolExecutionRequests();
    assertThat(asked).hasSize(1);
    return asked.get(0);
  }

  /** Returns after the cache has dealt with the stream, which ends after LangChain4j's. */
  private ChatResponse streamed(StreamingChatModel model, ChatRequest request) throws Exception {
    CompletableFuture<ChatResponse> complete = new CompletableFuture<>();
    model.chat(
        request,
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String part) {}

          @Override
          public void onCompleteResponse(ChatResponse response) {
            complete.complete(response);
          }

          @Override
          public void onError(Throwable error) {
            complete.completeExceptionally(error);
          }
        });
    ChatResponse response = complete.get(30, TimeUnit.SECONDS);
    assertThat(ended.poll(30, TimeUnit.SECONDS)).isNotNull();
    return response;
  }

  private static String answer(boolean tool, int call) {
    String content =
        tool
            ? ("{\"toolUse\":{\"toolUseId\":\"tooluse_%d\",\"name\":\"lastWeight\","
                    + "\"input\":{\"exercise\":\"squat\",\"sets\":[3,2.5]}}}")
                .formatted(call)
            : "{\"text\":\"Answer %d\"}".formatted(call);
    return ("{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[%s]}},"
            + "\"stopReason\":\"%s\",\"usage\":%s,\"metrics\":{\"latencyMs\":420}}")
        .formatted(content, tool ? "tool_use" : "end_turn", USAGE);
  }

  private static final String USAGE = "{\"inputTokens\":11,\"outputTokens\":7,\"totalTokens\":18}";

  private static final String METADATA =
      "{\"usage\":" + USAGE + ",\"metrics\":{\"latencyMs\":420}}";

  private static byte[] textStream(int call) {
    return StreamedAnswers.text(call, METADATA);
  }

  private static byte[] toolStream(int call) {
    return StreamedAnswers.tool(
        call, "{\\\"exercise\\\":\\\"squat\\\",\\\"sets\\\":[3,2.5]}", METADATA);
  }
}
