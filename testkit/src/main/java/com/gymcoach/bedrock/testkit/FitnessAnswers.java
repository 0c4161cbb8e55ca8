package com.gymcoach.bedrock.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Request;
import com.gymcoach.bedrock.testkit.ModelForm.Answer;
import com.gymcoach.bedrock.testkit.ModelForm.Inputs;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The stand-in's built-in answers. Picks the text that best fits the question's last text, in the
 * wire format of the operation and, for InvokeModel, of the model's family. It respects the
 * request's limit of tokens, as a model does.
 */
enum FitnessAnswers implements BedrockStandIn.Responder {
  /** The only instance. */
  INSTANCE;

  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public Reply answer(Request request) {
    try {
      Question question = Question.of(request.body());
      Answer answer = question.answer();
      ModelForm form = ModelForm.of(request.modelId());
      return switch (request.operation()) {
        case "Converse" -> converse(answer);
        case "ConverseStream" -> converseStream(answer);
        case "InvokeModelWithResponseStream" -> invokeModelStream(form, answer);
        default -> invokeModel(form, answer);
      };
    } catch (IOException notJson) { // reported to the client
      return Reply.error(400, "ValidationException", "The request is not JSON");
    }
  }

  private static Reply converse(Answer answer) {
    String body =
        json(
            json -> {
              json.writeObjectFieldStart("output");
              json.writeObjectFieldStart("message");
              json.writeStringField("role", "assistant");
              json.writeArrayFieldStart("content");
              json.writeStartObject();
              json.writeStringField("text", answer.text());
              json.writeEndObject();
              json.writeEndArray();
              json.writeEndObject();
              json.writeEndObject();
              json.writeStringField("stopReason", stopReason(answer));
              cost(json, answer);
            });
    return withId(Reply.json(body), Map.of());
  }

  private static Reply invokeModel(ModelForm form, Answer answer) {
    return withId(
        Reply.json(form.body(answer)),
        Map.of(
            "X-Amzn-Bedrock-Input-Token-Count", List.of("" + answer.in()),
            "X-Amzn-Bedrock-Output-Token-Count", List.of("" + answer.out()),
            "X-Amzn-Bedrock-Invocation-Latency", List.of("1")));
  }

  /** One event per word. */
  private static Reply converseStream(Answer answer) {
    EventFrames frames = new EventFrames();
    frames.event("messageStart", json(json -> json.writeStringField("role", "assistant")));
    for (String word : answer.text().split("(?<= )", -1)) {
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
        "messageStop", json(json -> json.writeStringField("stopReason", stopReason(answer))));
    frames.event("metadata", json(json -> cost(json, answer)));
    return withId(Reply.stream(frames.toBytes()), Map.of());
  }

  private static Reply invokeModelStream(ModelForm form, Answer answer) {
    if (!form.streams()) {
      return Reply.error(400, "ValidationException", "The model is unsupported for streaming");
    }
    EventFrames frames = new EventFrames();
    form.chunks(answer).forEach(frames::chunk);
    return withId(Reply.stream(frames.toBytes()), Map.of());
  }

  private static String stopReason(Answer answer) {
    return answer.cut() ? "max_tokens" : "end_turn";
  }

  /** Usage and latency in Converse's format, for an answer or at the end of a stream. */
  private static void cost(JsonGenerator json, Answer answer) throws IOException {
    json.writeObjectFieldStart("usage");
    json.writeNumberField("inputTokens", answer.in());
    json.writeNumberField("outputTokens", answer.out());
    json.writeNumberField("totalTokens", answer.in() + answer.out());
    json.writeEndObject();
    json.writeObjectFieldStart("metrics");
    json.writeNumberField("latencyMs", 1);
    json.writeEndObject();
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

  /**
   * The relevant parts of a request.
   *
   * @param text its last text
   * @param maxTokens the limit of the answer's tokens
   * @param inputs the texts to embed, or the documents to rank
   */
  private record Question(String text, int maxTokens, Inputs inputs) {
    private static final Set<String> LIMITS =
        Set.of(
            "maxTokens",
            "max_tokens",
            "max_tokens_to_sample",
            "max_completion_tokens",
            "max_new_tokens",
            "max_gen_len",
            "maxTokenCount",
            "maxOutputTokens");

    /** The members of a body that are the question, in families without messages. */
    private static final Set<String> PROMPTS =
        Set.of("prompt", "inputText", "inputPrompt", "message", "query");

    private static final Set<String> INPUTS = Set.of("texts", "documents");

    static Question of(byte[] body) throws IOException {
      String text = "";
      int maxTokens = Integer.MAX_VALUE;
      int inputs = 0;
      List<String> texts = new ArrayList<>();
      List<String> types = new ArrayList<>();
      List<String> path = new ArrayList<>();
      try (JsonParser in = JSON.createParser(new String(body, StandardCharsets.UTF_8))) {
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
          String name = in.currentName();
          if (path.size() == 2 && INPUTS.contains(path.get(1)) && !token.isStructEnd()) {
            inputs++;
          }
          if (token.isStructStart()) {
            path.add(name == null ? "" : name);
          } else if (token.isStructEnd()) {
            path.remove(path.size() - 1);
          } else if (token == JsonToken.VALUE_STRING) {
            text = isQuestion(path, name) ? in.getText() : text;
            if (path.size() == 2) {
              switch (path.get(1)) {
                case "texts" -> texts.add(in.getText());
                case "embedding_types" -> types.add(in.getText());
                default -> {} // no list of ours
              }
            }
          } else if (token == JsonToken.VALUE_NUMBER_INT && LIMITS.contains(name)) {
            maxTokens = in.getIntValue();
          }
        }
      }
      return new Question(
          text, maxTokens, new Inputs(Math.max(1, inputs), Arrays.hashCode(body), texts, types));
    }

    private static boolean isQuestion(List<String> path, @Nullable String name) {
      return path.contains("messages")
          ? "text".equals(name) || "content".equals(name)
          : path.size() == 1 && name != null && PROMPTS.contains(name);
    }

    Answer answer() {
      List<String> words = List.of(FitnessTexts.of(text).split(" ", -1));
      boolean cut = words.size() > maxTokens;
      List<String> said = cut ? words.subList(0, maxTokens) : words;
      int in = inputs.texts().isEmpty() ? words(text) : 0;
      for (String each : inputs.texts()) {
        in += words(each);
      }
      return new Answer(String.join(" ", said), cut, in, said.size(), inputs);
    }

    private static int words(String text) {
      return text.split(" ", -1).length;
    }
  }
}
