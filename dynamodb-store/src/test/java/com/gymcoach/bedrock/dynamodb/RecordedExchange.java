package com.gymcoach.bedrock.dynamodb;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A call of Bedrock's and its answer, as they went over the wire.
 *
 * @param id its own, unlike all others
 * @param operation the name of the operation, of whatever kind
 * @param modelId the model that was asked; empty where the recording does not say
 * @param status the answer's HTTP status
 * @param headers the answer's, as they were spelt
 * @param body the answer's, as it was sent
 * @param requestBody the call's; null where the recording has none
 */
record RecordedExchange(
    String id,
    String operation,
    String modelId,
    int status,
    Map<String, List<String>> headers,
    byte[] body,
    byte @Nullable [] requestBody) {
  private static final JsonFactory JSON = new JsonFactory();

  /** Headers that belong to the connection an answer came by, and would be false on another. */
  private static final Set<String> FRAMING =
      Set.of("connection", "content-encoding", "content-length", "transfer-encoding");

  /** Reads the exchanges of this module's own file. */
  static List<RecordedExchange> ownOnes() {
    try (InputStream lines = RecordedExchange.class.getResourceAsStream("/exchanges.jsonl")) {
      if (lines == null) {
        throw new IllegalStateException("exchanges.jsonl is not on the class path");
      }
      return read(lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a file of exchanges, one JSON object a line. */
  static List<RecordedExchange> read(Path file) throws IOException {
    try (InputStream lines = Files.newInputStream(file)) {
      return read(lines);
    }
  }

  /** Reads exchanges, one JSON object a line; does not close the stream. */
  static List<RecordedExchange> read(InputStream lines) throws IOException {
    List<RecordedExchange> exchanges = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(lines)) {
      parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        exchanges.add(one(parser));
      }
    }
    return exchanges;
  }

  /** Returns what a stand-in sends to give this answer again. */
  BedrockStandIn.Reply reply() {
    Map<String, List<String>> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    sent.putAll(headers);
    sent.keySet().removeAll(FRAMING);
    return new BedrockStandIn.Reply(status, sent, body);
  }

  /** Returns its operation, its status and its id, for the names of tests; never its texts. */
  @Override
  public String toString() {
    return operation + " " + status + " " + id;
  }

  private static RecordedExchange one(JsonParser parser) throws IOException {
    String id = "";
    String operation = "";
    String modelId = "";
    int status = 0;
    Map<String, List<String>> headers = Map.of();
    byte[] body = {};
    byte[] requestText = null;
    byte[] requestParsed = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_NULL) {
        continue;
      }
      switch (name) {
        case "id" -> id = parser.getText();
        case "operation" -> operation = parser.getText();
        case "modelId" -> modelId = parser.getText();
        case "status" -> status = parser.getIntValue();
        case "responseHeaders" -> headers = headers(parser);
        case "responseBodyText" -> body = utf8(parser.getText());
        case "responseBodyBase64" -> body = Base64.getDecoder().decode(parser.getText());
        case "requestBodyText" -> requestText = utf8(parser.getText());
        case "requestBody" -> requestParsed = value(parser);
        default -> parser.skipChildren();
      }
    }
    if (id.isEmpty() || operation.isEmpty() || status == 0) {
      throw new IOException("RecordedExchange " + id + " lacks its id, operation or status");
    }
    byte[] request = requestText == null ? requestParsed : requestText;
    return new RecordedExchange(id, operation, modelId, status, headers, body, request);
  }

  private static Map<String, List<String>> headers(JsonParser parser) throws IOException {
    Map<String, List<String>> headers = new TreeMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      headers.put(name, List.of(parser.getText()));
    }
    return headers;
  }

  /** Returns a body that was recorded as parsed: a string where it was no JSON. */
  private static byte[] value(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return utf8(parser.getText());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(bytes)) {
      generator.copyCurrentStructureExact(parser);
    }
    return bytes.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
