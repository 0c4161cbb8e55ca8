package com.gymcoach.bedrock.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Request;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * The stand-in's built-in answers. Picks the text that best fits the question's last text, in the
 * wire format of the operation. It respects {@code maxTokens}, as a model does.
 */
enum FitnessAnswers implements BedrockStandIn.Responder {
  /** The only instance. */
  INSTANCE;

  private static final JsonFactory JSON = new JsonFactory();

  /** Our own texts, by the keyword of a question. The last one fits all other questions. */
  private static final List<Map.Entry<String, String>> TEXTS =
      List.of(
          Map.entry(
              "squat",
              "Stand with your feet at shoulder width, brace, and sit down between your hips. Keep"
                  + " the whole foot on the floor and your knees in line with your toes. Start with"
                  + " three sets of eight at a weight that leaves two repetitions in reserve."),
          Map.entry(
              "plan",
              "Train four days: Monday upper body, Tuesday lower body, Thursday upper body, Friday"
                  + " lower body. Three sets of eight to twelve for each exercise, two minutes of"
                  + " rest, and a little more weight when all sets reach twelve. Walk on the other"
                  + " days."),
          Map.entry(
              "eat",
              "Build each meal around a palm of protein, a fist of grains or potatoes and two fists"
                  + " of vegetables. Spread the protein over the day and drink water with every"
                  + " meal."),
          Map.entry(
              "motivat",
              "You do not need a perfect week, only the next session. Lay your shoes out tonight and"
                  + " promise yourself ten minutes; most days you will stay for more."),
          Map.entry(
              "",
              "Keep it simple: move every day, lift twice a week, sleep enough, and change one thing"
                  + " at a time."));

  @Override
  public Reply answer(Request request) {
    try {
      Question question = Question.of(request.body());
      String text = text(question.lastText());
      int words = text.split(" ").length;
      boolean cut = words > question.maxTokens();
      if (cut) {
        List<String> all = List.of(text.split(" "));
        text = String.join(" ", all.subList(0, question.maxTokens()));
      }
      int in = Math.max(1, question.lastText().split(" ").length);
      int out = Math.min(words, question.maxTokens());
      return switch (request.operation()) {
        case "Converse" -> converse(text, cut, in, out);
        case "ConverseStream" -> converseStream(text, cut, in, out);
        case "InvokeModelWithResponseStream" -> invokeModelStream(text, cut, in, out);
        default -> invokeModel(text, cut, in, out);
      };
    } catch (IOException notJson) { // reported to the client
      return Reply.error(400, "ValidationException", "The request is not JSON");
    }
  }

  private static String text(String question) {
    String lower = question.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, String> text : TEXTS) {
      if (lower.contains(text.getKey())) {
        return text.getValue();
      }
    }
    throw new AssertionError("the last text fits everything");
  }

  private static Reply converse(String text, boolean cut, int in, int out) {
    String body =
        json(
            json -> {
              json.writeObjectFieldStart("output");
              json.writeObjectFieldStart("message");
              json.writeStringField("role", "assistant");
              content(json, text, false);
              json.writeEndObject();
              json.writeEndObject();
              json.writeStringField("stopReason", cut ? "max_tokens" : "end_turn");
              cost(json, in, out);
            });
    return reply(body, Map.of());
  }

  /** In the format of Anthropic's models. */
  private static Reply invokeModel(String text, boolean cut, int in, int out) {
    String body =
        json(
            json -> {
              json.writeStringField("id", "msg_standin");
              json.writeStringField("type", "message");
              json.writeStringField("role", "assistant");
              content(json, text, true);
              json.writeStringField("stop_reason", cut ? "max_tokens" : "end_turn");
              json.writeNullField("stop_sequence");
              json.writeObjectFieldStart("usage");
              json.writeNumberField("input_tokens", in);
              json.writeNumberField("output_tokens", out);
              json.writeEndObject();
            });
    return reply(
        body,
        Map.of(
            "X-Amzn-Bedrock-Input-Token-Count", List.of("" + in),
            "X-Amzn-Bedrock-Output-Token-Count", List.of("" + out),
            "X-Amzn-Bedrock-Invocation-Latency", List.of("1")));
  }

  /** One event per word. */
  private static Reply converseStream(String text, boolean cut, int in, int out) {
    EventFrames frames = new EventFrames();
    frames.event("messageStart", json(json -> json.writeStringField("role", "assistant")));
    for (String word : text.split("(?<= )", -1)) {
      frames.event(
          "contentBlockDelta",
          json(
              json -> {
                json.writeNumberField("contentBlockIndex", 0);
                json.writeObjectFieldStart("delta");
                json.writeStringField("text", word);
                json.writeEndObject();
              }));
    }
    frames.event("contentBlockStop", json(json -> json.writeNumberField("contentBlockIndex", 0)));
    frames.event(
        "messageStop",
        json(json -> json.writeStringField("stopReason", cut ? "max_tokens" : "end_turn")));
    frames.event("metadata", json(json -> cost(json, in, out)));
    return withId(Reply.stream(frames.toBytes()), Map.of());
  }

  /** In the format of Anthropic's models: one chunk per word. */
  private static Reply invokeModelStream(String text, boolean cut, int in, int out) {
    EventFrames frames = new EventFrames();
    frames.chunk("{\"type\":\"message_start\",\"message\":{\"id\":\"msg_standin\"}}");
    for (String word : text.split("(?<= )", -1)) {
      frames.chunk(
          json(
              json -> {
                json.writeStringField("type", "content_block_delta");
                json.writeNumberField("index", 0);
                json.writeObjectFieldStart("delta");
                json.writeStringField("type", "text_delta");
                json.writeStringField("text", word);
                json.writeEndObject();
              }));
    }
    frames.chunk(
        json(
            json -> {
              json.writeStringField("type", "message_delta");
              json.writeObjectFieldStart("delta");
              json.writeStringField("stop_reason", cut ? "max_tokens" : "end_turn");
              json.writeEndObject();
            }));
    frames.chunk(
        json(
            json -> {
              json.writeStringField("type", "message_stop");
              json.writeObjectFieldStart("amazon-bedrock-invocationMetrics");
              json.writeNumberField("inputTokenCount", in);
              json.writeNumberField("outputTokenCount", out);
              json.writeEndObject();
            }));
    return withId(Reply.stream(frames.toBytes()), Map.of());
  }

  /** Usage and latency in Converse's format, for an answer or at the end of a stream. */
  private static void cost(JsonGenerator json, int in, int out) throws IOException {
    json.writeObjectFieldStart("usage");
    json.writeNumberField("inputTokens", in);
    json.writeNumberField("outputTokens", out);
    json.writeNumberField("totalTokens", in + out);
    json.writeEndObject();
    json.writeObjectFieldStart("metrics");
    json.writeNumberField("latencyMs", 1);
    json.writeEndObject();
  }

  private static void content(JsonGenerator json, String text, boolean typed) throws IOException {
    json.writeArrayFieldStart("content");
    json.writeStartObject();
    if (typed) {
      json.writeStringField("type", "text");
    }
    json.writeStringField("text", text);
    json.writeEndObject();
    json.writeEndArray();
  }

  private static Reply reply(String body, Map<String, List<String>> more) {
    return withId(Reply.json(body), more);
  }

  private static Reply withId(Reply plain, Map<String, List<String>> more) {
    Map<String, List<String>> headers = new HashMap<>(plain.headers());
    headers.putAll(more);
    headers.put("x-amzn-RequestId", List.of(UUID.randomUUID().toString()));
    return new Reply(200, headers, plain.body());
  }

  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private static String json(Fields fields) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  /** The relevant parts of a request: its last text, and the limit of the answer's tokens. */
  private record Question(String lastText, int maxTokens) {
    static Question of(byte[] body) throws IOException {
      String text = "";
      int maxTokens = Integer.MAX_VALUE;
      List<String> path = new ArrayList<>();
      try (JsonParser in = JSON.createParser(new String(body, StandardCharsets.UTF_8))) {
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
          String name = in.currentName();
          if (token == JsonToken.START_ARRAY || token == JsonToken.START_OBJECT) {
            path.add(name == null ? "" : name);
          } else if (token == JsonToken.END_ARRAY || token == JsonToken.END_OBJECT) {
            path.remove(path.size() - 1);
          } else if (token == JsonToken.VALUE_STRING && path.contains("messages")) {
            text = "text".equals(name) || "content".equals(name) ? in.getText() : text;
          } else if (token == JsonToken.VALUE_NUMBER_INT
              && ("maxTokens".equals(name) || "max_tokens".equals(name))) {
            maxTokens = in.getIntValue();
          }
        }
      }
      return new Question(text, maxTokens);
    }
  }
}
