package com.gymcoach.bedrock.examples.springai;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.EventFrames;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.bedrock.converse.BedrockProxyChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Spring AI's {@code call()} and {@code stream()}, with one answer for both: the policy asks for
 * it. See {@code docs/both-forms.md}.
 */
class BothFormsTest {
  private static final String USAGE = "{\"inputTokens\":11,\"outputTokens\":7,\"totalTokens\":18}";

  /** One for all tests: closing it takes two seconds. */
  private static final SdkAsyncHttpClient HTTP =
      NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1).build();

  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final AtomicInteger calls = new AtomicInteger();
  private final BlockingQueue<CacheEvent> ended = new LinkedBlockingQueue<>();
  private final BedrockCache cache =
      BedrockCache.builder().cachePolicy(new BothForms()).metricsSink(ended::add).build();
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
  private final BedrockProxyChatModel model =
      CachedChatModel.create(bedrock, streaming, "anthropic.claude-3-haiku-20240307-v1:0", "chat");

  private static final class BothForms implements CachePolicy {
    @Override
    public boolean serveBothForms(CallContext call) {
      return true;
    }
  }

  /** Every answer differs, so that a served one cannot pass for a fresh one. */
  @BeforeEach
  void answer() {
    standIn.answerWith(
        request -> {
          int call = calls.incrementAndGet();
          return request.operation().equals("ConverseStream")
              ? Reply.stream(stream(call))
              : Reply.json(
                  ("{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":"
                          + "[{\"text\":\"Answer %d\"}]}},\"stopReason\":\"end_turn\","
                          + "\"usage\":%s,\"metrics\":{\"latencyMs\":420}}")
                      .formatted(call, USAGE));
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
  void stream_whenCalledBefore_isAHit() throws Exception {
    ChatResponse called = model.call(question("u-1"));
    assertConverted(false);

    assertThat(streamed(question("u-1"))).isEqualTo("Answer 1");

    assertConverted(true);
    assertThat(called.getResult().getOutput().getText()).isEqualTo("Answer 1");
    assertThat(standIn.requests()).isEqualTo(1);
  }

  @Test
  void call_whenStreamedBefore_isAHit() throws Exception {
    assertThat(streamed(question("u-1"))).isEqualTo("Answer 1");
    assertConverted(false);

    ChatResponse called = model.call(question("u-1"));

    assertConverted(true);
    assertThat(called.getResult().getOutput().getText()).isEqualTo("Answer 1");
    assertThat(called.getResult().getMetadata().getFinishReason()).isEqualTo("end_turn");
    assertThat(called.getMetadata().getUsage().getTotalTokens()).isEqualTo(18);
    assertThat(standIn.requests()).isEqualTo(1);
  }

  @Test
  void stream_ofAnotherUser_isNotServedTheCalledAnswer() throws Exception {
    model.call(question("u-1"));
    assertConverted(false);

    assertThat(streamed(question("u-2"))).isEqualTo("Answer 2");

    assertConverted(false);
    assertThat(standIn.requests()).isEqualTo(2);
  }

  /** Waits until the cache has dealt with a call: a stream ends after Spring AI's. */
  private void assertConverted(boolean converted) throws InterruptedException {
    CacheEvent event = ended.poll(30, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    assertThat(event.outcome().converted()).isEqualTo(converted);
  }

  private String streamed(Prompt prompt) {
    return Objects.requireNonNull(
            model.stream(prompt).collectList().block(Duration.ofSeconds(30)), "stream")
        .stream()
        .map(BothFormsTest::text)
        .collect(Collectors.joining());
  }

  private static String text(ChatResponse response) {
    List<?> results = response.getResults();
    String text = results.isEmpty() ? null : response.getResult().getOutput().getText();
    return text == null ? "" : text;
  }

  private static Prompt question(String user) {
    return new Prompt(CachedChatModel.message(user, "How do I squat?"));
  }

  private static byte[] stream(int call) {
    return new EventFrames()
        .event("messageStart", "{\"role\":\"assistant\"}")
        .event("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Answer \"}}")
        .event(
            "contentBlockDelta",
            "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"%d\"}}".formatted(call))
        .event("contentBlockStop", "{\"contentBlockIndex\":0}")
        .event("messageStop", "{\"stopReason\":\"end_turn\"}")
        .event("metadata", "{\"usage\":" + USAGE + ",\"metrics\":{\"latencyMs\":420}}")
        .toBytes();
  }
}
