package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

/** A process that asks for more answers than its heap holds, with every setting at its default. */
final class ManyAnswersProcess {
  private static final String FILLER = "x".repeat(20_000);
  private static final String ANSWER = "y".repeat(100);

  private ManyAnswersProcess() {}

  /** Takes how many answers and how many streams to ask for; says what memory holds. */
  public static void main(String[] arguments) throws InterruptedException {
    try (BedrockCache cache = BedrockCache.builder().build()) {
      BedrockRuntimeClient answers =
          CachingBedrockClient.create(new InProcessHttp(ManyAnswersProcess::answer).client(), cache)
              .forScope(CacheScope.shared());
      times(Integer.parseInt(arguments[0]), i -> answers.converse(FakeBedrock.ask(i + FILLER)));
      BedrockRuntimeAsyncClient streams =
          CachingBedrockAsyncClient.create(
                  CannedHttp.always(BytesCall.INVOKE_STREAM.body()).client(), cache)
              .forScope(CacheScope.shared());
      times(
          Integer.parseInt(arguments[1]),
          i ->
              streams
                  .invokeModelWithResponseStream(
                      InvokeModelWithResponseStreamRequest.builder()
                          .modelId("anthropic.claude-3-haiku-20240307-v1:0")
                          .body(SdkBytes.fromUtf8String(i + FILLER))
                          .build(),
                      InvokeModelWithResponseStreamResponseHandler.builder()
                          .subscriber(event -> {})
                          .build())
                  .join());
      CacheStats stats = cache.stats();
      System.out.printf(
          "misses %d entries %d bytes %d of %d%n",
          stats.total().misses(), stats.hotEntries(), stats.hotBytes(), stats.hotMaxBytes());
    }
  }

  private static byte[] answer(int n) {
    return ("{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
            + n
            + ANSWER
            + "\"}]}},\"stopReason\":\"end_turn\","
            + "\"usage\":{\"inputTokens\":12,\"outputTokens\":34,\"totalTokens\":46}}")
        .getBytes(UTF_8);
  }

  /** By two threads, which is as many as the machines that build this have. */
  private static void times(int count, IntConsumer call) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                  call.accept(n);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
