package com.gymcoach.bedrock.cache;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

/** A stream that Bedrock sent, byte for byte. */
record RecordedStream(String id, String operation, String modelId, byte[] body) {

  /** All that are recorded, the smallest first; the test is skipped where there are none. */
  static List<RecordedStream> all() {
    List<RecordedStream> streams = new ArrayList<>();
    for (JsonNode line : lines("bedrock-open.jsonl")) {
      Map<String, JsonNode> recording = line.asObject();
      String operation = member(recording, "operation").asString();
      if (operation.contains("Stream") && recording.containsKey("responseBodyBase64")) {
        streams.add(
            new RecordedStream(
                member(recording, "id").asString(),
                operation,
                member(recording, "modelId").asString(),
                bytes(member(recording, "responseBodyBase64"))));
      }
    }
    streams.sort(Comparator.comparingInt((RecordedStream s) -> s.body.length));
    return streams;
  }

  /** Published byte sequences that are no good event streams. */
  static List<RecordedStream> corrupt() {
    List<RecordedStream> streams = new ArrayList<>();
    for (JsonNode line : lines("eventstream-vectors.jsonl")) {
      Map<String, JsonNode> vector = line.asObject();
      if (!member(vector, "expectValid").asBoolean()) {
        streams.add(
            new RecordedStream(
                member(vector, "name").asString(),
                "ConverseStream",
                "amazon.nova-micro-v1:0",
                bytes(member(vector, "base64"))));
      }
    }
    return streams;
  }

  private static JsonNode member(Map<String, JsonNode> object, String name) {
    return Objects.requireNonNull(object.get(name), name);
  }

  private static byte[] bytes(JsonNode base64) {
    return Base64.getDecoder().decode(base64.asString());
  }

  private static List<JsonNode> lines(String file) {
    Path recordings = Path.of(System.getProperty("bedrock.cache.shared", ""), "recordings", file);
    assumeTrue(Files.exists(recordings), "Skipped: " + file + " is not on this machine");
    JsonNodeParser parser = JsonNodeParser.create();
    try {
      return Files.readAllLines(recordings).stream().map(parser::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names no text. */
  @Override
  public String toString() {
    return operation + " " + modelId + " " + id;
  }
}
