package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** Answers whose objects weigh very differently from their texts. */
enum AnswerShape {
  SHORT_TEXT(() -> converse(text("a".repeat(100)))),
  LONG_TEXT(() -> converse(text("a sentence. ".repeat(2_000)))),
  TEXT_BEYOND_LATIN(() -> converse(text("приседание ".repeat(1_000)))),
  BLOCKS(() -> converse(times(2_000, i -> text("block " + i)))),
  EMPTY_MAPS(() -> toolUse("[" + times(5_000, i -> "{}") + "]")),
  SMALL_MAPS(() -> toolUse("[" + times(1_000, i -> "{\"reps\":" + i + "}") + "]")),
  NUMBERS(() -> toolUse("[" + times(2_000, i -> i + ".5") + "]")),
  MEMBERS(() -> toolUse("{" + times(1_000, i -> "\"member " + i + "\":\"v\"") + "}")),
  SMALL_STRINGS(() -> toolUse("[" + times(3_000, i -> "\"s" + i + "\"") + "]")),
  BOOLEANS_AND_NULLS(() -> toolUse("[" + times(3_000, i -> i % 2 == 0 ? "true" : "null") + "]")),
  NESTED(() -> toolUse("[".repeat(300) + "]".repeat(300))),
  NESTED_MAPS(() -> toolUse("{\"a\":".repeat(300) + "1" + "}".repeat(300))),
  CITATIONS(() -> converse(citations())),
  IMAGE(() -> converse(text("Look") + "," + image(60_000))),
  SMALL_IMAGES(() -> converse(times(200, i -> image(10)))),
  REDACTED(() -> converse(text("So") + "," + redacted(5_000))),
  HEADERS(() -> withHeaders(converse(text("a")), 40)),
  EMBEDDING(() -> embedding(), InvokeModelRequest.class),
  MESSAGE(() -> message(), InvokeModelRequest.class),
  TINY_EVENTS(() -> tinyEvents(500), ConverseStreamRequest.class),
  TOOL_EVENTS(() -> toolEvents(300), ConverseStreamRequest.class),
  CHUNKS(() -> chunks(300), InvokeModelWithResponseStreamRequest.class);

  private static final String CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0";
  private static final String TITAN = "amazon.titan-embed-text-v2:0";

  @SuppressWarnings("ImmutableEnumChecker") // it captures nothing
  private final Supplier<Reply> reply;

  private final Class<?> request;

  AnswerShape(Supplier<Reply> reply) {
    this(reply, ConverseRequest.class);
  }

  AnswerShape(Supplier<Reply> reply, Class<?> request) {
    this.reply = reply;
    this.request = request;
  }

  /** Returns the answer as Bedrock sends it. */
  Reply reply() {
    return reply.get();
  }

  /** Returns whether only an async client can ask for it. */
  boolean isStream() {
    return request == ConverseStreamRequest.class
        || request == InvokeModelWithResponseStreamRequest.class;
  }

  /** Returns a request that is answered so. */
  Object request(String prompt) {
    Message message = Message.builder().role("user").content(ContentBlock.fromText(prompt)).build();
    SdkBytes body = SdkBytes.fromUtf8String("{\"inputText\":\"" + prompt + "\"}");
    if (request == ConverseRequest.class) {
      return ConverseRequest.builder().modelId(CLAUDE).messages(message).build();
    } else if (request == ConverseStreamRequest.class) {
      return ConverseStreamRequest.builder().modelId(CLAUDE).messages(message).build();
    } else if (request == InvokeModelRequest.class) {
      String model = this == EMBEDDING ? TITAN : CLAUDE;
      return InvokeModelRequest.builder().modelId(model).body(body).build();
    }
    return InvokeModelWithResponseStreamRequest.builder().modelId(CLAUDE).body(body).build();
  }

  private static String times(int count, IntFunction<String> element) {
    return IntStream.range(0, count).mapToObj(element).collect(Collectors.joining(","));
  }

  private static String text(String text) {
    return "{\"text\":\"" + text + "\"}";
  }

  private static String image(int bytes) {
    return "{\"image\":{\"format\":\"png\",\"source\":{\"bytes\":\"" + base64(bytes) + "\"}}}";
  }

  private static String redacted(int bytes) {
    return "{\"reasoningContent\":{\"redactedContent\":\"" + base64(bytes) + "\"}}";
  }

  private static String base64(int bytes) {
    return Base64.getEncoder().encodeToString(new byte[bytes]);
  }

  private static String citations() {
    return "{\"citationsContent\":{\"content\":[{\"text\":\"So they say.\"}],\"citations\":["
        + times(
            300,
            i ->
                "{\"title\":\"Source "
                    + i
                    + "\",\"sourceContent\":[{\"text\":\"quoted "
                    + i
                    + "\"}],\"location\":{\"documentChar\":{\"documentIndex\":0,\"start\":"
                    + (i + 200)
                    + ",\"end\":"
                    + (i + 300)
                    + "}}}")
        + "]}}";
  }

  private static Reply toolUse(String input) {
    return converse(
        "{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"plan\",\"input\":" + input + "}}");
  }

  private static Reply converse(String content) {
    return json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":["
            + content
            + "]}},\"stopReason\":\"end_turn\",\"metrics\":{\"latencyMs\":321},"
            + "\"usage\":{\"inputTokens\":1200,\"outputTokens\":3400,\"totalTokens\":4600}}");
  }

  private static Reply json(String body) {
    Reply plain = Reply.json(body);
    Map<String, List<String>> headers = new TreeMap<>(plain.headers());
    headers.put("x-amzn-RequestId", List.of("a1b2c3d4-0000-1111-2222-333344445555"));
    return new Reply(200, headers, plain.body());
  }

  private static Reply withHeaders(Reply reply, int count) {
    Map<String, List<String>> headers = new TreeMap<>(reply.headers());
    for (int i = 0; i < count; i++) {
      headers.put("X-Amzn-Bedrock-Extra-" + i, List.of("v".repeat(100)));
    }
    return new Reply(200, headers, reply.body());
  }

  private static Reply embedding() {
    return json(
        "{\"embedding\":["
            + times(1_536, i -> "-0.0" + (1_000_000 + i * 37))
            + "],\"inputTextTokenCount\":5}");
  }

  private static Reply message() {
    return json(
        "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\""
            + "a sentence. ".repeat(100)
            + "\"}],\"stop_reason\":\"end_turn\","
            + "\"usage\":{\"input_tokens\":12,\"output_tokens\":34}}");
  }

  private static Reply tinyEvents(int count) {
    EventFrames frames = new EventFrames().event("messageStart", "{\"role\":\"assistant\"}");
    for (int i = 0; i < count; i++) {
      frames.event("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":" + text("ab") + "}");
    }
    return end(frames, 0);
  }

  private static Reply toolEvents(int count) {
    EventFrames frames =
        new EventFrames()
            .event("messageStart", "{\"role\":\"assistant\"}")
            .event(
                "contentBlockStart",
                "{\"contentBlockIndex\":0,\"start\":"
                    + "{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"plan\"}}}");
    for (int i = 0; i < count; i++) {
      frames.event(
          "contentBlockDelta",
          "{\"contentBlockIndex\":0,\"delta\":{\"toolUse\":{\"input\":\"" + i + "\"}}}");
    }
    return end(frames, 0);
  }

  private static Reply end(EventFrames frames, int block) {
    return Reply.stream(
        frames
            .event("contentBlockStop", "{\"contentBlockIndex\":" + block + "}")
            .event("messageStop", "{\"stopReason\":\"end_turn\"}")
            .event(
                "metadata",
                "{\"metrics\":{\"latencyMs\":7},\"usage\":"
                    + "{\"inputTokens\":12,\"outputTokens\":34,\"totalTokens\":46}}")
            .toBytes());
  }

  private static Reply chunks(int count) {
    List<String> chunks = new ArrayList<>();
    chunks.add("{\"type\":\"message_start\",\"message\":{\"role\":\"assistant\"}}");
    for (int i = 0; i < count; i++) {
      chunks.add(
          "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
              + "{\"type\":\"text_delta\",\"text\":\"hi\"}}");
    }
    chunks.add("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}");
    chunks.add(
        "{\"type\":\"message_stop\",\"amazon-bedrock-invocationMetrics\":"
            + "{\"inputTokenCount\":12,\"outputTokenCount\":34}}");
    EventFrames frames = new EventFrames();
    chunks.forEach(frames::chunk);
    return Reply.stream(frames.toBytes());
  }
}
