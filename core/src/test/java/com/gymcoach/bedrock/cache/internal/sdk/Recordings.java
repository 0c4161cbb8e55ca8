package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.eventstream.Message;
import software.amazon.awssdk.eventstream.MessageDecoder;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;

/** Answers that Bedrock gave, and what becomes of them. */
final class Recordings {
  private static final JsonNodeParser JSON = JsonNodeParser.create();

  private Recordings() {}

  /** Returns where a file of recordings lies; the test is skipped where it does not. */
  static Path file(String name) {
    Path file = Path.of(System.getProperty("bedrock.cache.shared", ""), "recordings", name);
    assumeTrue(Files.exists(file), "Skipped: " + name + " is not on this machine");
    return file;
  }

  /** Returns a member that an object has. */
  static JsonNode member(JsonNode object, String name) {
    return Objects.requireNonNull(object.asObject().get(name), name);
  }

  /** Returns what becomes of each answer of status 200, by the id of its recording. */
  static Map<String, String> fates(OptIns optIns) throws IOException {
    Map<String, String> fates = new TreeMap<>();
    for (String line : Files.readAllLines(file("bedrock-open.jsonl"))) {
      JsonNode recording = JSON.parse(line);
      String operation = member(recording, "operation").asString();
      if (member(recording, "status").asNumber().equals("200")
          && (operation.startsWith("Converse") || operation.startsWith("InvokeModel"))) {
        CacheReason refusal = admission(operation, recording, optIns);
        fates.put(
            operation + " " + member(recording, "id").asString(),
            refusal == null ? "KEPT" : refusal.name());
      }
    }
    return fates;
  }

  /** Returns the recorded answers of Converse that are kept, by the id of the recording. */
  static Map<String, ConverseResponse> keptResponses(OptIns optIns) throws IOException {
    Map<String, ConverseResponse> kept = new TreeMap<>();
    for (JsonNode recording : kept("Converse", optIns)) {
      kept.put(member(recording, "id").asString(), response(recording));
    }
    return kept;
  }

  /** Returns the recorded streams of ConverseStream that are kept, by the id of the recording. */
  static Map<String, List<ConverseStreamOutput>> keptStreams(OptIns optIns) throws IOException {
    Map<String, List<ConverseStreamOutput>> kept = new TreeMap<>();
    for (JsonNode recording : kept("ConverseStream", optIns)) {
      kept.put(member(recording, "id").asString(), events(recording));
    }
    return kept;
  }

  private static List<JsonNode> kept(String operation, OptIns optIns) throws IOException {
    List<JsonNode> kept = new ArrayList<>();
    for (String line : Files.readAllLines(file("bedrock-open.jsonl"))) {
      JsonNode recording = JSON.parse(line);
      if (member(recording, "operation").asString().equals(operation)
          && member(recording, "status").asNumber().equals("200")
          && admission(operation, recording, optIns) == null) {
        kept.add(recording);
      }
    }
    return kept;
  }

  private static ConverseResponse response(JsonNode recording) throws IOException {
    ConverseResponse.Builder response = ConverseResponse.builder();
    SdkJson.read(text(recording).getBytes(UTF_8), response);
    return response.build();
  }

  private static List<ConverseStreamOutput> events(JsonNode recording) throws IOException {
    List<ConverseStreamOutput> events = new ArrayList<>();
    for (Message frame : frames(recording)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      line.writeBytes(("{\"" + type(frame) + "\":").getBytes(UTF_8));
      line.writeBytes(frame.getPayload());
      line.write('}');
      events.add(
          ((ConverseStreamOperation) CacheableOperations.CONVERSE_STREAM)
              .event(line.toByteArray()));
    }
    return events;
  }

  private static @Nullable CacheReason admission(
      String operation, JsonNode recording, OptIns optIns) throws IOException {
    JsonNode named = member(recording, "modelId");
    String model = named.isNull() ? "" : named.asString();
    switch (operation) {
      case "Converse" -> {
        return CacheableOperations.CONVERSE.admission(
            ConverseRequest.builder().modelId(model).build(), response(recording), optIns);
      }
      case "InvokeModel" -> {
        return CacheableOperations.INVOKE_MODEL.admission(
            InvokeModelRequest.builder().modelId(model).build(),
            InvokeModelResponse.builder().body(SdkBytes.fromUtf8String(text(recording))).build(),
            optIns);
      }
      case "ConverseStream" -> {
        return CacheableOperations.CONVERSE_STREAM.admission(
            ConverseStreamRequest.builder().modelId(model).build(),
            Streamed.of(ConverseStreamResponse.builder().build(), events(recording), 1),
            optIns);
      }
      default -> {
        List<ResponseStream> events = new ArrayList<>();
        for (Message frame : frames(recording)) {
          JsonNode bytes = member(JSON.parse(frame.getPayload()), "bytes");
          events.add(
              ResponseStream.chunkBuilder()
                  .bytes(SdkBytes.fromByteArray(Base64.getDecoder().decode(bytes.asString())))
                  .build());
        }
        return CacheableOperations.INVOKE_MODEL_STREAM.admission(
            InvokeModelWithResponseStreamRequest.builder().modelId(model).build(),
            Streamed.of(InvokeModelWithResponseStreamResponse.builder().build(), events, 1),
            optIns);
      }
    }
  }

  private static String text(JsonNode recording) {
    return member(recording, "responseBodyText").asString();
  }

  private static List<Message> frames(JsonNode recording) {
    List<Message> frames = new ArrayList<>();
    new MessageDecoder(frames::add)
        .feed(Base64.getDecoder().decode(member(recording, "responseBodyBase64").asString()));
    return frames;
  }

  private static String type(Message frame) {
    return Objects.requireNonNull(frame.getHeaders().get(":event-type")).getString();
  }
}
