package com.gymcoach.bedrock.examples.langchain4j;

import static com.gymcoach.bedrock.examples.langchain4j.Asked.TOOLS;
import static com.gymcoach.bedrock.examples.langchain4j.Asked.question;
import static com.gymcoach.bedrock.examples.langchain4j.Asked.questionWithTool;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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

/** LangChain4j's own streaming model and the SDK's own client, against a stand-in that counts. */
class CachedStreamingChatModelsTest {
  private static final String CHAT = "chat";

  /** One for all tests: closing it takes two seconds. */
  private static final SdkAsyncHttpClient HTTP =
      NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1).build();

  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final AtomicInteger calls = new AtomicInteger();
  private final BlockingQueue<CacheEvent> ended = new LinkedBlockingQueue<>();
  private final BedrockCache cache =
      BedrockCache.builder()
          .cachePolicy(new Asked.ToolAnswersOfOneEndpoint())
          .metricsSink(ended::add)
          .build();
  private final CachingBedrockAsyncClient bedrock =
      CachingBedrockAsyncClient.create(
          BedrockRuntimeAsyncClient.builder()
              .httpClient(HTTP)
              .endpointOverride(standIn.endpoint())
              .region(Region.US_EAST_1)
              .credentialsProvider(AnonymousCredentialsProvider.create())
              .build(),
          cache);
  private final CachedStreamingChatModels models =
      new CachedStreamingChatModels(bedrock, "anthropic.claude-3-haiku-20240307-v1:0");

  /**
   * The answer of a caller, without the id, which LangChain4j makes up for each stream.
   *
   * @param parts the texts, in the order that they came
   */
  private record Streamed(
      List<String> parts, AiMessage message, FinishReason finishReason, TokenUsage usage) {}

  /** Asks for the tool if it is offered one. Every answer differs from those before. */
  @BeforeEach
  void answerAsAModelWithATool() {
    standIn.answerWith(
        request -> {
          int call = calls.incrementAndGet();
          String asked = new String(request.body(), StandardCharsets.UTF_8);
          return Reply.stream(asked.contains("toolConfig") ? toolStream(call) : textStream(call));
        });
  }

  @AfterAll
  static void close() {
    HTTP.close();
  }

  @AfterEach
  void stop() {
    bedrock.close();
    cache.close();
    standIn.close();
  }

  @Test
  void chat_whenAskedAgain_isAHitWithTheSamePartsAndTheSameEnd() throws Exception {
    StreamingChatModel model = models.forUser(CHAT, "u-1");

    Streamed first = streamed(model, question());
    Streamed second = streamed(model, question());

    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(cache.stats().total().hotHits()).isEqualTo(1);
    assertThat(second).isEqualTo(first);
    assertThat(second.parts()).containsExactly("Answer ", "1");
    assertThat(second.message().text()).isEqualTo("Answer 1");
    assertThat(second.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(second.usage().totalTokenCount()).isEqualTo(18);
  }

  @Test
  void chat_whenTwoUsersAreBehindOneModelObject_neverShares() throws Exception {
    AtomicReference<String> currentUser = new AtomicReference<>("u-1");
    StreamingChatModel model = models.forCurrentUser(CHAT, currentUser::get);

    Streamed ofOne = streamed(model, question());
    currentUser.set("u-2");
    Streamed ofTwo = streamed(model, question());
    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(ofTwo.parts()).isNotEqualTo(ofOne.parts());

    assertThat(streamed(model, question())).isEqualTo(ofTwo);
    currentUser.set("u-1");
    assertThat(streamed(model, question())).isEqualTo(ofOne);
    assertThat(standIn.requests()).isEqualTo(2);
  }

  @Test
  void chat_whenTheAnswerAsksForATool_comesBackWithTheCallWhereTheEndpointOptedIn()
      throws Exception {
    StreamingChatModel model = models.forUser(TOOLS, "u-1");

    Streamed first = streamed(model, questionWithTool());
    Streamed second = streamed(model, questionWithTool());

    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(second).isEqualTo(first);
    List<ToolExecutionRequest> asked = second.message().toolExecutionRequests();
    assertThat(asked).hasSize(1);
    assertThat(asked.get(0).id()).isEqualTo("tooluse_1");
    assertThat(asked.get(0).arguments()).contains("squat");
  }

  @Test
  void chat_whenTheAnswerAsksForATool_isNotKeptElsewhere() throws Exception {
    StreamingChatModel model = models.forUser(CHAT, "u-1");

    streamed(model, questionWithTool());
    streamed(model, questionWithTool());

    assertThat(standIn.requests()).isEqualTo(2);
  }

  /** Returns after the cache has dealt with the stream, which ends after LangChain4j's. */
  private Streamed streamed(StreamingChatModel model, ChatRequest request) throws Exception {
    List<String> parts = new ArrayList<>();
    CompletableFuture<ChatResponse> complete = new CompletableFuture<>();
    model.chat(
        request,
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String part) {
            parts.add(part);
          }

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
    return new Streamed(
        List.copyOf(parts), response.aiMessage(), response.finishReason(), response.tokenUsage());
  }

  private static byte[] textStream(int call) {
    return StreamedAnswers.text(call, usage(11, 7));
  }

  private static byte[] toolStream(int call) {
    return StreamedAnswers.tool(call, "{\\\"exercise\\\":\\\"squat\\\"}", usage(40, 9));
  }

  private static String usage(int in, int out) {
    return ("{\"usage\":{\"inputTokens\":%d,\"outputTokens\":%d,\"totalTokens\":%d},"
            + "\"metrics\":{\"latencyMs\":420}}")
        .formatted(in, out, in + out);
  }
}
