package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Request;
import com.gymcoach.bedrock.testkit.EventFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** The answers of the stand-in for Bedrock: a stamp and 1 to 2 KB of text. Thread-safe. */
final class Answers implements BedrockStandIn.Responder {
  private static final int EVENT_CHARACTERS = 40;
  private static final int TOKENS_IN = 110;
  private static final List<String> SENTENCES =
      List.of(
          "Warm up for ten minutes at a pace at which you can still talk.",
          "Stand with your feet at shoulder width, brace, and sit down between your hips.",
          "Three sets of eight, at a weight that leaves two repetitions in reserve.",
          "Walk for half an hour on the days between, and climb the stairs.",
          "Build each meal around a palm of protein and two fists of vegetables.",
          "Add 2.5 kg when all sets reach twelve, and not before.",
          "Sleep comes first: without it, neither muscle nor mood will grow.",
          "Rest for two minutes between the heavy sets and one between the light ones.",
          "If a joint hurts for more than a week, see a doctor before you go on.",
          "Drink water with every meal, and before you are thirsty when it is hot.",
          "One missed session is nothing; two in a row are the beginning of a habit.",
          "Lay your shoes out tonight and promise yourself ten minutes.");

  private volatile Duration delay;
  private volatile double faultyPercent;
  private volatile boolean throttled;

  Answers(Duration delay) {
    this.delay = delay;
  }

  /** Sets how long the stand-in waits before it asks for the answer to a Converse call. */
  void delay(Duration delay) {
    this.delay = delay;
  }

  /** Makes a percentage of calls fail at random: throttled, failed, or with a stream cut short. */
  void faulty(double percent) {
    this.faultyPercent = percent;
  }

  /** Makes all calls fail with status 429, or none. */
  void throttled(boolean throttled) {
    this.throttled = throttled;
  }

  @Override
  public Reply answer(Request request) {
    Operation operation = Operation.named(request.operation());
    boolean stream = operation.isStream();
    // The stand-in has already waited: for a stream, a quarter of the delay.
    long waited = stream ? delay.toMillis() / 4 : delay.toMillis();
    long askedAt = System.currentTimeMillis() - waited;
    boolean faulty = ThreadLocalRandom.current().nextDouble(100) < faultyPercent;
    int kind = ThreadLocalRandom.current().nextInt(stream ? 3 : 2);
    if (throttled || (faulty && kind == 0)) {
      return Reply.error(429, "ThrottlingException", "Too many requests");
    }
    if (faulty && kind == 1) {
      return Reply.error(500, "InternalServerException", "Something failed");
    }
    try {
      String asked =
          Stamp.requestDigest(operation.awsName(), request.modelId(), Texts.in(request.body()));
      String user = Stamp.userDigest(request);
      String text = Stamp.on(words(user + asked), user, asked, askedAt);
      return switch (operation) {
        case CONVERSE -> converse(text);
        case INVOKE_MODEL -> invokeModel(text);
        case CONVERSE_STREAM -> streamed(converseStream(text), faulty);
        case INVOKE_MODEL_STREAM -> streamed(invokeModelStream(text), faulty);
      };
    } catch (IOException notJson) { // reported to the client
      return Reply.error(400, "ValidationException", "The request is not JSON");
    }
  }

  /** Returns the same 1,000 to 2,000 characters for the same question. */
  private static String words(String question) {
    Random random = new Random(question.hashCode());
    StringBuilder words = new StringBuilder();
    int length = 900 + random.nextInt(1_000);
    while (words.length() < length) {
      words.append(words.length() == 0 ? "" : " ");
      words.append(SENTENCES.get(random.nextInt(SENTENCES.size())));
    }
    return words.toString();
  }

  private static Reply converse(String text) {
    return Reply.json(
        """
        {"output":{"message":{"role":"assistant","content":[{"text":"%s"}]}},\
        "stopReason":"end_turn",%s}"""
            .formatted(text, cost(text)));
  }

  /** In the format of Anthropic's models. */
  private static Reply invokeModel(String text) {
    return Reply.json(
        """
        {"id":"msg_load","type":"message","role":"assistant",\
        "content":[{"type":"text","text":"%s"}],"stop_reason":"end_turn",\
        "usage":{"input_tokens":%d,"output_tokens":%d}}"""
            .formatted(text, TOKENS_IN, tokens(text)));
  }

  private static EventFrames converseStream(String text) {
    EventFrames frames = new EventFrames();
    frames.event("messageStart", "{\"role\":\"assistant\"}");
    for (String piece : pieces(text)) {
      frames.event(
          "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"" + piece + "\"}}");
    }
    frames.event("contentBlockStop", "{\"contentBlockIndex\":0}");
    frames.event("messageStop", "{\"stopReason\":\"end_turn\"}");
    return frames.event("metadata", "{" + cost(text) + "}");
  }

  private static EventFrames invokeModelStream(String text) {
    EventFrames frames = new EventFrames();
    frames.chunk("{\"type\":\"message_start\",\"message\":{\"id\":\"msg_load\"}}");
    for (String piece : pieces(text)) {
      frames.chunk(
          "{\"type\":\"content_block_delta\",\"index\":0,"
              + "\"delta\":{\"type\":\"text_delta\",\"text\":\""
              + piece
              + "\"}}");
    }
    frames.chunk("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}");
    return frames.chunk(
        """
        {"type":"message_stop","amazon-bedrock-invocationMetrics":\
        {"inputTokenCount":%d,"outputTokenCount":%d}}"""
            .formatted(TOKENS_IN, tokens(text)));
  }

  private static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    for (int from = 0; from < text.length(); from += EVENT_CHARACTERS) {
      pieces.add(text.substring(from, Math.min(text.length(), from + EVENT_CHARACTERS)));
    }
    return pieces;
  }

  private static Reply streamed(EventFrames frames, boolean cut) {
    if (!cut) {
      return Reply.stream(frames.toBytes());
    }
    List<byte[]> all = EventFrames.split(frames.toBytes());
    ByteArrayOutputStream half = new ByteArrayOutputStream();
    all.subList(0, all.size() / 2).forEach(half::writeBytes);
    return Reply.stream(half.toByteArray());
  }

  private static String cost(String text) {
    int out = tokens(text);
    return """
        "usage":{"inputTokens":%d,"outputTokens":%d,"totalTokens":%d},"metrics":{"latencyMs":1}"""
        .formatted(TOKENS_IN, out, TOKENS_IN + out);
  }

  private static int tokens(String text) {
    return text.length() / 4;
  }
}
