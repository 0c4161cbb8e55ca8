package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.CannedHttp.Body;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

/** A call of each operation, of each client, whose answer holds byte arrays. */
enum BytesCall {
  CONVERSE_SYNC {
    @Override
    CompletableFuture<Void> over(Bedrock bedrock, @Nullable BedrockCache cache, ArrayTaker taker) {
      taker.take(bedrock.sync(cache).converse(FakeBedrock.ask("one")));
      return CompletableFuture.completedFuture(null);
    }

    @Override
    List<byte[]> body() {
      return List.of(Bodies.CONVERSE.getBytes(UTF_8));
    }
  },
  CONVERSE_ASYNC {
    @Override
    CompletableFuture<Void> over(Bedrock bedrock, @Nullable BedrockCache cache, ArrayTaker taker) {
      return bedrock.async(cache).converse(FakeBedrock.ask("one")).thenAccept(taker::take);
    }

    @Override
    List<byte[]> body() {
      return List.of(Bodies.CONVERSE.getBytes(UTF_8));
    }
  },
  INVOKE_SYNC {
    @Override
    CompletableFuture<Void> over(Bedrock bedrock, @Nullable BedrockCache cache, ArrayTaker taker) {
      taker.take(bedrock.sync(cache).invokeModel(Bodies.INVOKE_REQUEST));
      return CompletableFuture.completedFuture(null);
    }

    @Override
    List<byte[]> body() {
      return List.of(Bodies.INVOKE.getBytes(UTF_8));
    }
  },
  INVOKE_ASYNC {
    @Override
    CompletableFuture<Void> over(Bedrock bedrock, @Nullable BedrockCache cache, ArrayTaker taker) {
      return bedrock.async(cache).invokeModel(Bodies.INVOKE_REQUEST).thenAccept(taker::take);
    }

    @Override
    List<byte[]> body() {
      return List.of(Bodies.INVOKE.getBytes(UTF_8));
    }
  },
  CONVERSE_STREAM {
    @Override
    CompletableFuture<Void> over(Bedrock bedrock, @Nullable BedrockCache cache, ArrayTaker taker) {
      return bedrock
          .async(cache)
          .converseStream(
              StreamsTest.ask("one"),
              ConverseStreamResponseHandler.builder()
                  .subscriber(event -> taker.take((SdkPojo) event))
                  .build());
    }

    @Override
    List<byte[]> body() {
      return Bodies.CONVERSE_STREAM;
    }
  },
  INVOKE_STREAM {
    @Override
    CompletableFuture<Void> over(Bedrock bedrock, @Nullable BedrockCache cache, ArrayTaker taker) {
      return bedrock
          .async(cache)
          .invokeModelWithResponseStream(
              Bodies.INVOKE_STREAM_REQUEST,
              InvokeModelWithResponseStreamResponseHandler.builder()
                  .subscriber(event -> taker.take((SdkPojo) event))
                  .build());
    }

    @Override
    List<byte[]> body() {
      return Bodies.INVOKE_STREAM;
    }
  };

  /** Calls through a cache, or bare; a sync call has ended when this returns. */
  abstract CompletableFuture<Void> over(
      Bedrock bedrock, @Nullable BedrockCache cache, ArrayTaker taker);

  /** Returns what Bedrock answers. */
  abstract List<byte[]> body();

  boolean isSync() {
    return this == CONVERSE_SYNC || this == INVOKE_SYNC;
  }

  /** The real clients over an HTTP without a network. */
  record Bedrock(BedrockRuntimeClient syncClient, BedrockRuntimeAsyncClient asyncClient) {
    /** Returns one whose answers are given. */
    static Bedrock of(IntFunction<byte[]> syncBodies, IntFunction<Body> asyncBodies) {
      return new Bedrock(
          new InProcessHttp(syncBodies).client(), new CannedHttp(asyncBodies).client());
    }

    BedrockRuntimeClient sync(@Nullable BedrockCache cache) {
      return cache == null
          ? syncClient
          : CachingBedrockClient.create(syncClient, cache).forScope(CacheScope.shared());
    }

    BedrockRuntimeAsyncClient async(@Nullable BedrockCache cache) {
      return cache == null
          ? asyncClient
          : CachingBedrockAsyncClient.create(asyncClient, cache).forScope(CacheScope.shared());
    }
  }

  /**
   * Takes an answer as a careless caller does: notes each array and its content, then overwrites
   * it.
   */
  static final class ArrayTaker {
    final List<byte[]> arrays = new ArrayList<>();
    final List<String> contents = new ArrayList<>();

    void take(SdkPojo answer) {
      for (SdkField<?> field : answer.sdkFields()) {
        takeValue(field.getValueOrDefault(answer));
      }
    }

    private void takeValue(@Nullable Object value) {
      if (value instanceof SdkBytes bytes) {
        byte[] array = bytes.asByteArrayUnsafe();
        arrays.add(array);
        contents.add(bytes.asUtf8String());
        java.util.Arrays.fill(array, (byte) 'X');
      } else if (value instanceof SdkPojo pojo) {
        take(pojo);
      } else if (value instanceof List<?> list) {
        list.forEach(this::takeValue);
      } else if (value instanceof Map<?, ?> map) {
        map.values().forEach(this::takeValue);
      }
    }
  }

  private static final class Bodies {
    static final String CONVERSE =
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":["
            + "{\"text\":\"Look\"},"
            + ("{\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\""
                + base64("image")
                + "\"}}},")
            + ("{\"video\":{\"format\":\"mp4\",\"source\":{\"bytes\":\""
                + base64("video")
                + "\"}}},")
            + ("{\"document\":{\"name\":\"d\",\"format\":\"txt\",\"source\":{\"bytes\":\""
                + base64("document")
                + "\"}}},")
            + ("{\"reasoningContent\":{\"redactedContent\":\"" + base64("redacted") + "\"}}")
            + "]}},\"stopReason\":\"end_turn\","
            + "\"usage\":{\"inputTokens\":12,\"outputTokens\":34,\"totalTokens\":46}}";

    static final String INVOKE =
        "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}],"
            + "\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":12,\"output_tokens\":34}}";

    static final List<byte[]> CONVERSE_STREAM =
        List.of(
            Frames.messageStart(),
            Frames.event(
                "contentBlockDelta",
                "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"redactedContent\":\""
                    + base64("redacted")
                    + "\"}}}"),
            Frames.blockStop(0),
            Frames.delta(1, "Look"),
            Frames.blockStop(1),
            Frames.messageStop("end_turn"),
            Frames.metadata());

    static final List<byte[]> INVOKE_STREAM =
        List.of(
            Frames.chunk("{\"type\":\"message_start\",\"message\":{\"role\":\"assistant\"}}"),
            Frames.chunk(
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                    + "{\"type\":\"text_delta\",\"text\":\"hi\"}}"),
            Frames.chunk("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}"),
            Frames.chunk(
                "{\"type\":\"message_stop\",\"amazon-bedrock-invocationMetrics\":"
                    + "{\"inputTokenCount\":12,\"outputTokenCount\":34}}"));

    static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
    static final InvokeModelRequest INVOKE_REQUEST =
        InvokeModelRequest.builder().modelId(MODEL).body(SdkBytes.fromUtf8String("{}")).build();
    static final InvokeModelWithResponseStreamRequest INVOKE_STREAM_REQUEST =
        InvokeModelWithResponseStreamRequest.builder()
            .modelId(MODEL)
            .body(SdkBytes.fromUtf8String("{}"))
            .build();

    private static String base64(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
  }
}
