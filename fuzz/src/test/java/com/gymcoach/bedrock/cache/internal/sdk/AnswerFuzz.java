package com.gymcoach.bedrock.cache.internal.sdk;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

/**
 * Stored answers of all operations: the first byte says which, the rest is the body. An answer is
 * refused as documented, or decoded; and what was decoded is judged, counted, compared, converted
 * and written without an exception, and comes back the same.
 */
public final class AnswerFuzz implements Target {
  /** Most of it is for the builders of the SDK's objects: {@code {},} is one of them. */
  private static final int PER_BYTE = 2_048;

  private static final int BASE = 128 * 1_024;
  private static final String MODEL = "anthropic.claude-3-haiku-20240307-v1:0";

  /** An operation, with a request of it. */
  private record Asked<Q extends AwsRequest, R>(CacheableOperation<Q, R> operation, Q request) {
    /** Returns whether the answer could be decoded. */
    boolean answer(byte[] body) {
      Payload payload = new Payload(200, "OK", HEADERS, body);
      R answer;
      try {
        answer = Bounds.within(body, PER_BYTE, BASE, () -> operation.decode(payload));
      } catch (IOException refused) { // as documented
        return false;
      }
      Bounds.within(body, PER_BYTE, BASE, () -> judged(answer));
      require(isSame(answer, again(answer)), "An answer comes back changed");
      return true;
    }

    private boolean judged(R answer) {
      for (OptIns optIns : List.of(OptIns.NONE, ALL)) {
        boolean admitted = operation.admission(request, answer, optIns) == null;
        if (admitted && BothForms.mayServe(request)) {
          boolean unused = BothForms.fitsBoth(operation, answer, optIns);
        }
      }
      Object usage = operation.usage(answer);
      require(operation.tier(answer) != null, "An answer has no tier");
      Kept<R> kept = operation.kept(answer);
      require(isSame(answer, operation.handOut(kept)), "A caller gets another answer");
      return usage != null;
    }

    private R again(R answer) {
      try {
        return operation.decode(operation.encode(answer));
      } catch (IOException unread) {
        throw new AssertionError("An answer is written that cannot be read", unread);
      }
    }

    private static boolean isSame(Object one, Object other) {
      if (one instanceof Streamed<?, ?> stream && other instanceof Streamed<?, ?> second) {
        return stream.response().equals(second.response()) && events(stream).equals(events(second));
      }
      return one.equals(other);
    }

    private static List<Object> events(Streamed<?, ?> stream) {
      List<Object> events = new ArrayList<>();
      stream.forEach(events::add);
      return events;
    }
  }

  private static final OptIns ALL =
      OptIns.of(true, true, true).withBothForms(true).withEmbeddingsByText(true);

  private static final Map<String, List<String>> HEADERS =
      Map.of(
          "x-amzn-requestid", List.of("r"),
          "content-type", List.of("application/json"));

  private static final List<Asked<?, ?>> OPERATIONS =
      List.of(
          new Asked<>(
              CacheableOperations.CONVERSE, ConverseRequest.builder().modelId(MODEL).build()),
          new Asked<>(
              CacheableOperations.INVOKE_MODEL,
              InvokeModelRequest.builder().modelId(MODEL).build()),
          new Asked<>(
              CacheableOperations.CONVERSE_STREAM,
              ConverseStreamRequest.builder().modelId(MODEL).build()),
          new Asked<>(
              CacheableOperations.INVOKE_MODEL_STREAM,
              InvokeModelWithResponseStreamRequest.builder().modelId(MODEL).build()),
          new Asked<>(CacheableOperations.COUNT_TOKENS, CountTokensRequest.builder().build()),
          new Asked<>(CacheableOperations.APPLY_GUARDRAIL, ApplyGuardrailRequest.builder().build()),
          new Asked<>(
              GuardrailChecksOperation.INSTANCE, InvokeGuardrailChecksRequest.builder().build()));

  @Override
  public List<byte[]> seeds() {
    return List.of(
        seed(
            1,
            "{\"metrics\":{\"latencyMs\":5},\"output\":{\"message\":{\"content\":[{\"text\":\"Hi\"}],"
                + "\"role\":\"assistant\"}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":1,"
                + "\"outputTokens\":2,\"totalTokens\":3},\"additionalModelResponseFields\":{\"a\":1.0}}"),
        seed(
            1,
            "{\"output\":{\"message\":{\"content\":[{\"toolUse\":{\"toolUseId\":\"\",\"name\":\"n\","
                + "\"input\":{\"x\":[1,null,true]}}},{\"reasoningContent\":{\"redactedContent\":\"AQID\"}}],"
                + "\"role\":\"assistant\"}},\"stopReason\":\"tool_use\"}"),
        seed(
            2,
            "{\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}],\"stop_reason\":\"end_turn\","
                + "\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}"),
        seed(2, "{\"embedding\":[0.1,-2e-3],\"inputTextTokenCount\":3}"),
        seed(2, "{\"embeddings\":{\"float\":[[1.5]]},\"texts\":[\"a\"],\"id\":\"i\"}"),
        seed(
            2,
            "{\"inputTextTokenCount\":1,\"results\":[{\"tokenCount\":2,\"outputText\":\"a\","
                + "\"completionReason\":\"FINISH\"}]}"),
        seed(
            3,
            """
            {"messageStart":{"role":"assistant"}}
            {"contentBlockDelta":{"delta":{"text":"Hi"},"contentBlockIndex":0}}
            {"contentBlockStop":{"contentBlockIndex":0}}
            {"messageStop":{"stopReason":"end_turn"}}
            {"metadata":{"usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3},"metrics":{"latencyMs":5}}}
            """),
        seed(
            3,
            """
            {"messageStart":{"role":"assistant"}}
            {"contentBlockStart":{"start":{"toolUse":{"toolUseId":"t","name":"n"}},"contentBlockIndex":0}}
            {"contentBlockDelta":{"delta":{"toolUse":{"input":"{}"}},"contentBlockIndex":0}}
            {"contentBlockStop":{"contentBlockIndex":0}}
            {"messageStop":{"stopReason":"tool_use"}}
            """),
        seed(
            4,
            """
            {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}
            {"type":"message_delta","delta":{"stop_reason":"end_turn"}}
            {"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":1,"outputTokenCount":2}}
            """),
        seed(5, "{\"inputTokens\":3}"),
        seed(
            6,
            "{\"action\":\"NONE\",\"outputs\":[],\"assessments\":[{}],\"usage\":{\"topicPolicyUnits\":1}}"),
        seed(7, "{\"results\":{}}"));
  }

  private static byte[] seed(int codec, String body) {
    ByteArrayOutputStream seed = new ByteArrayOutputStream();
    seed.write('0' + codec); // a character, so that the corpus can be read
    seed.writeBytes(body.getBytes(UTF_8));
    return seed.toByteArray();
  }

  @Override
  public boolean accepts(byte[] input) {
    if (input.length == 0) {
      return false;
    }
    int codec = Math.floorMod(input[0] - '1', OPERATIONS.size());
    byte[] body = Arrays.copyOfRange(input, 1, input.length);
    return Objects.requireNonNull(OPERATIONS.get(codec)).answer(body);
  }
}
