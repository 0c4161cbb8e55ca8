package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.wire.CanonicalJson;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;

/** Judges requests and answers of the log by the rules of the cache itself. */
final class Answers {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final byte[] GUARDRAIL = "\"guardrailConfig\"".getBytes(US_ASCII);

  private Answers() {}

  /**
   * The verdict on an answer.
   *
   * @param reason why the cache would not keep it, or null if it would
   */
  record Verdict(@Nullable CacheReason reason, PriceTier tier) {
    static Verdict no(CacheReason reason) {
      return new Verdict(reason, PriceTier.STANDARD);
    }
  }

  static boolean isConverse(String operation) {
    return operation.startsWith("Converse");
  }

  static boolean isStream(String operation) {
    return operation.endsWith("Stream");
  }

  /** Returns whether the cache knows an operation. */
  static boolean isKnown(String operation) {
    return switch (operation) {
      case "Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream" -> true;
      default -> false;
    };
  }

  /** Returns why the cache would not serve a request, or null if it would. */
  static @Nullable CacheReason refusal(LogRecord call, CanonicalRequest request) {
    if (request.volatileReference()) {
      return CacheReason.VOLATILE_REFERENCE;
    }
    ConverseRequest.Builder builder = ConverseRequest.builder();
    if (isConverse(call.operation()) && contains(request, GUARDRAIL)) {
      try {
        byte[] json = Arrays.copyOf(request.bytes(), request.length());
        SdkJson.read(json, (SdkPojo) builder);
      } catch (IOException unreadable) { // no client of the SDK can have sent it
        return CacheReason.KEY_FAILED;
      }
    }
    // The model's id is judged alike for every operation.
    return CacheableOperations.CONVERSE.refusal(
        builder.modelId(call.modelId()).build(), OptIns.NONE);
  }

  /** Judges an answer. */
  static Verdict judge(String operation, String modelId, byte[] body) {
    boolean list = body[0] == '[';
    return switch (operation) {
      case "Converse" -> converse(modelId, body);
      case "ConverseStream" ->
          list
              ? judge(
                  CacheableOperations.CONVERSE_STREAM,
                  ConverseStreamRequest.builder().modelId(modelId).build(),
                  lines(body))
              : converse(modelId, body); // the log has it in the form of Converse
      case "InvokeModel" -> invoke(modelId, body);
      case "InvokeModelWithResponseStream" ->
          list
              ? judge(
                  CacheableOperations.INVOKE_MODEL_STREAM,
                  InvokeModelWithResponseStreamRequest.builder().modelId(modelId).build(),
                  lines(body))
              : invoke(modelId, body);
      default -> Verdict.no(CacheReason.UNKNOWN_CONTENT);
    };
  }

  private static Verdict converse(String modelId, byte[] body) {
    return judge(
        CacheableOperations.CONVERSE, ConverseRequest.builder().modelId(modelId).build(), body);
  }

  private static Verdict invoke(String modelId, byte[] body) {
    return judge(
        CacheableOperations.INVOKE_MODEL,
        InvokeModelRequest.builder().modelId(modelId).build(),
        body);
  }

  private static <Q extends AwsRequest, R> Verdict judge(
      CacheableOperation<Q, R> operation, Q request, byte[] body) {
    try {
      R answer = operation.decode(new Payload(200, null, Map.of(), body));
      return new Verdict(operation.admission(request, answer, OptIns.NONE), operation.tier(answer));
    } catch (IOException | RuntimeException unreadable) { // the SDK could not have read it either
      return Verdict.no(CacheReason.INCOMPLETE_BODY);
    }
  }

  /** Returns the elements of a list, one a line: the form in which the cache stores a stream. */
  private static byte[] lines(byte[] list) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(list.length + 64);
    try (JsonParser in = FACTORY.createParser(list)) {
      in.nextToken();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        int from = (int) in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        in.finishToken();
        int to = (int) in.currentLocation().getByteOffset();
        CanonicalJson event = CanonicalJson.of(Arrays.copyOfRange(list, from, to));
        lines.write(event.buffer(), 0, event.length());
        lines.write('\n');
      }
    } catch (IOException malformed) { // the reader of the record has read it before
      return new byte[0];
    }
    return lines.toByteArray();
  }

  private static boolean contains(CanonicalRequest request, byte[] part) {
    for (int at = 0; at <= request.length() - part.length; at++) {
      if (Arrays.equals(request.bytes(), at, at + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }
}
