package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.CacheControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.PayloadPart;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * Requests, and answers that say what they answer: each carries its question's label and the name
 * of the call to Bedrock that brought it.
 */
final class Answers {
  private static final String NOVA = "amazon.nova-micro-v1:0";
  private static final String CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0";
  private static final String COHERE = "cohere.embed-multilingual-v3";
  private static final SdkHttpResponse OK =
      SdkHttpResponse.builder()
          .statusCode(200)
          .statusText("OK")
          .putHeader("Content-Type", "application/json")
          .putHeader("x-amzn-RequestId", "id-1")
          .putHeader("X-Amzn-Bedrock-Input-Token-Count", "3")
          .build();

  /** The name of a call to Bedrock, as answers carry it; a vector holds only its number. */
  private static final Pattern CALL = Pattern.compile("#(\\d+)#");

  private static final Pattern VECTOR =
      Pattern.compile("\\[(\\d+),(-?\\d+),(\\d+),(\\d+),(\\d+)\\]");

  private Answers() {}

  static AwsRequest request(Question question, CacheControl control, @Nullable Duration timeout) {
    AwsRequest.Builder request = request(question);
    if (!control.equals(CacheControl.DEFAULT) || timeout != null) {
      AwsRequestOverrideConfiguration.Builder overrides = AwsRequestOverrideConfiguration.builder();
      control.applyTo(overrides);
      overrides.apiCallTimeout(timeout);
      request.overrideConfiguration(overrides.build());
    }
    return request.build();
  }

  private static AwsRequest.Builder request(Question question) {
    String text = "question " + question.text();
    Message message = Message.builder().role("user").content(ContentBlock.fromText(text)).build();
    return switch (question.operation()) {
      case CONVERSE -> ConverseRequest.builder().modelId(NOVA).messages(message);
      case CONVERSE_STREAM -> ConverseStreamRequest.builder().modelId(NOVA).messages(message);
      case INVOKE_MODEL ->
          InvokeModelRequest.builder().modelId(CLAUDE).body(bytes("{\"q\":\"" + text + "\"}"));
      case INVOKE_MODEL_STREAM ->
          InvokeModelWithResponseStreamRequest.builder()
              .modelId(CLAUDE)
              .body(bytes("{\"q\":\"" + text + "\"}"));
      case EMBEDDINGS ->
          InvokeModelRequest.builder()
              .modelId(COHERE)
              .body(
                  bytes(
                      question.texts().stream()
                          .map(each -> "\"text " + each + "\"")
                          .collect(
                              Collectors.joining(
                                  ",", "{\"texts\":[", "],\"input_type\":\"search_query\"}"))));
      case INVALIDATE -> throw new IllegalArgumentException();
    };
  }

  private static SdkBytes bytes(String text) {
    return SdkBytes.fromUtf8String(text);
  }

  /**
   * Returns the answer of a call to Bedrock: a response, or the events of a stream.
   *
   * @param cut whether the answer is cut short
   */
  static Object answer(Question question, int call, boolean cut) {
    String text = question.label() + "#" + call + "#";
    return switch (question.operation()) {
      case CONVERSE ->
          ConverseResponse.builder()
              .output(o -> o.message(m -> m.role("assistant").content(ContentBlock.fromText(text))))
              .stopReason(cut ? StopReason.MAX_TOKENS : StopReason.END_TURN)
              .usage(u -> u.inputTokens(3).outputTokens(4).totalTokens(7))
              .sdkHttpResponse(OK)
              .build();
      case INVOKE_MODEL -> {
        String body =
            "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\""
                + text
                + "\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}";
        yield response(cut ? body.substring(0, body.length() - 20) : body);
      }
      case EMBEDDINGS -> {
        String body = embeddings(question, call);
        yield response(cut ? body.substring(0, body.length() - 3) : body);
      }
      case CONVERSE_STREAM -> {
        List<Object> events = new ArrayList<>();
        events.add(ConverseStreamOutput.messageStartBuilder().role("assistant").build());
        events.add(
            ConverseStreamOutput.contentBlockDeltaBuilder()
                .contentBlockIndex(0)
                .delta(ContentBlockDelta.fromText(text))
                .build());
        events.add(ConverseStreamOutput.contentBlockStopBuilder().contentBlockIndex(0).build());
        if (!cut) {
          events.add(
              ConverseStreamOutput.messageStopBuilder().stopReason(StopReason.END_TURN).build());
          events.add(
              ConverseStreamOutput.metadataBuilder()
                  .usage(u -> u.inputTokens(3).outputTokens(4).totalTokens(7))
                  .build());
        }
        yield events;
      }
      case INVOKE_MODEL_STREAM -> {
        List<Object> events = new ArrayList<>();
        events.add(chunk("{\"type\":\"message_start\",\"message\":{\"role\":\"assistant\"}}"));
        events.add(
            chunk(
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
                    + "\"text\":\""
                    + text
                    + "\"}}"));
        if (!cut) {
          events.add(
              chunk("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}"));
          events.add(
              chunk(
                  "{\"type\":\"message_stop\",\"amazon-bedrock-invocationMetrics\":"
                      + "{\"inputTokenCount\":3,\"outputTokenCount\":4}}"));
        }
        yield events;
      }
      case INVALIDATE -> throw new IllegalArgumentException();
    };
  }

  private static InvokeModelResponse response(String body) {
    return (InvokeModelResponse)
        InvokeModelResponse.builder()
            .body(bytes(body))
            .contentType("application/json")
            .sdkHttpResponse(OK)
            .build();
  }

  private static ResponseStream chunk(String json) {
    return ResponseStream.chunkBuilder().bytes(bytes(json)).build();
  }

  private static String embeddings(Question asked, int call) {
    String vectors =
        asked.texts().stream()
            .map(
                text ->
                    "["
                        + text
                        + ","
                        + asked.user()
                        + ","
                        + asked.endpoint()
                        + ","
                        + asked.client()
                        + ","
                        + call
                        + "]")
            .collect(Collectors.joining(",", "[", "]"));
    String texts =
        asked.texts().stream()
            .map(text -> "\"text " + text + "\"")
            .collect(Collectors.joining(",", "[", "]"));
    return "{\"embeddings\":"
        + vectors
        + ",\"id\":\"call\",\"response_type\":\"embeddings_floats\",\"texts\":"
        + texts
        + "}";
  }

  /**
   * Returns the numbers of the calls to Bedrock that brought an answer: one, or one for each text
   * of a batch. Null if the answer is not to this question.
   */
  static @Nullable List<Integer> callsOf(Question question, Object answer) {
    if (question.operation() == Operation.EMBEDDINGS) {
      return callsOfTexts(question, ((InvokeModelResponse) answer).body().asUtf8String());
    }
    String text =
        answer instanceof ConverseResponse converse
            ? converse.output().message().content().get(0).text()
            : answer instanceof InvokeModelResponse invoked
                ? invoked.body().asUtf8String()
                : textOfStream((List<?>) answer);
    Matcher call = CALL.matcher(text);
    return call.find() ? List.of(Integer.valueOf(call.group(1))) : null;
  }

  private static String textOfStream(List<?> events) {
    StringBuilder text = new StringBuilder();
    for (Object event : events) {
      if (event instanceof ContentBlockDeltaEvent delta) {
        text.append(delta.delta().text());
      } else if (event instanceof PayloadPart part) {
        text.append(part.bytes().asUtf8String());
      }
    }
    return text.toString();
  }

  private static @Nullable List<Integer> callsOfTexts(Question question, String body) {
    List<Integer> calls = new ArrayList<>();
    List<Integer> texts = question.texts();
    Matcher vector = VECTOR.matcher(body);
    while (vector.find()) {
      int at = calls.size();
      boolean isAsked =
          at < texts.size()
              && Integer.parseInt(vector.group(1)) == texts.get(at)
              && Integer.parseInt(vector.group(2)) == question.user()
              && Integer.parseInt(vector.group(3)) == question.endpoint()
              && Integer.parseInt(vector.group(4)) == question.client();
      if (!isAsked) {
        return null;
      }
      calls.add(Integer.valueOf(vector.group(5)));
    }
    return calls.size() == texts.size() ? calls : null;
  }
}
