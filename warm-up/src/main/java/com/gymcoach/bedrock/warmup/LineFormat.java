package com.gymcoach.bedrock.warmup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.WireRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes lines of a file of requests. */
final class LineFormat {
  /** The longest line: a request may hold documents and images. */
  static final int MAX_BYTES = 16 << 20;

  private static final int MAX_DEPTH = 1_000;
  private static final int MAX_TEXT = 2_048;
  private static final int MAX_MEMBERS = 64;
  private static final String SHARED = "shared";

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_BYTES)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private LineFormat() {}

  /** Thrown for a line that is not a request; its message quotes nothing of the line. */
  private static final class BadLine extends IOException {
    private static final long serialVersionUID = 1L;

    BadLine(String message) {
      super(message);
    }
  }

  static RequestLine read(byte[] line, int length) throws IOException {
    Members members = new Members(line);
    try (JsonParser in = FACTORY.createParser(line, 0, length)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new BadLine("It is not a JSON object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        members.add(in, name);
      }
      if (in.nextToken() != null) {
        throw new BadLine("It has something after the request");
      }
    } catch (BadLine told) {
      throw told;
    } catch (IOException | IndexOutOfBoundsException malformed) { // may quote the line
      throw new BadLine("It is not valid JSON in UTF-8, or has a member twice");
    }
    return members.line();
  }

  static String write(CacheScope scope, WireRequest wire) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      // UTF-8 has no half of a surrogate pair: it would become a question mark, another user's id.
      out.enable(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());
      out.writeStartObject();
      out.writeStringField("operation", wire.operation());
      out.writeStringField("modelId", wire.modelId());
      if (scope.user().isPresent()) {
        out.writeStringField("user", scope.user().get());
      } else {
        out.writeStringField("scope", SHARED);
      }
      if (scope.endpoint().isPresent()) {
        out.writeStringField("endpoint", scope.endpoint().get());
      }
      texts(out, "vary", scope.vary());
      texts(out, "headers", wire.headers());
      out.writeFieldName("body");
      out.writeRawValue(oneLine(wire.body()));
      out.writeEndObject();
    } catch (IOException impossible) { // it writes to memory
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  private static void texts(
      JsonGenerator out, String name, Map<String, ? extends @Nullable String> texts)
      throws IOException {
    if (!texts.isEmpty()) {
      out.writeObjectFieldStart(name);
      for (Map.Entry<String, ? extends @Nullable String> text : texts.entrySet()) {
        out.writeStringField(text.getKey(), text.getValue());
      }
      out.writeEndObject();
    }
  }

  /** Returns a JSON text with blanks for line ends, which JSON has between its tokens only. */
  private static String oneLine(byte[] json) {
    try (JsonParser in = FACTORY.createParser(json)) {
      in.nextToken();
      in.skipChildren();
      if (in.currentToken() == null || in.nextToken() != null) {
        throw new IllegalArgumentException("The request's body is not one JSON value");
      }
    } catch (IOException malformed) { // its message may quote the body
      throw new IllegalArgumentException(
          "The request's body is not valid JSON, or has a member twice");
    }
    return new String(json, StandardCharsets.UTF_8).replace('\n', ' ').replace('\r', ' ');
  }

  /** The members of a line, as far as they have been read. */
  private static final class Members {
    private final byte[] line;
    private @Nullable String operation;
    private @Nullable String modelId;
    private @Nullable String scope;
    private @Nullable String user;
    private @Nullable String endpoint;
    private Map<String, @Nullable String> vary = Map.of();
    private Map<String, @Nullable String> headers = Map.of();
    private byte @Nullable [] body;

    Members(byte[] line) {
      this.line = line;
    }

    void add(JsonParser in, String name) throws IOException {
      switch (name) {
        case "operation" -> operation = text(in, name);
        case "modelId" -> modelId = text(in, name);
        case "scope" -> scope = text(in, name);
        case "user" -> user = text(in, name);
        case "endpoint" -> endpoint = text(in, name);
        case "vary" -> vary = texts(in, name);
        case "headers" -> headers = texts(in, name);
        case "body" -> body = raw(in);
        default ->
            throw new BadLine(
                "It has a member other than operation, modelId, scope, user, endpoint, vary,"
                    + " headers and body");
      }
    }

    private static String text(JsonParser in, String name) throws IOException {
      if (in.currentToken() != JsonToken.VALUE_STRING || in.getTextLength() > MAX_TEXT) {
        throw new BadLine(name + " is not a text of at most 2,048 characters");
      }
      return in.getText();
    }

    private static Map<String, @Nullable String> texts(JsonParser in, String name)
        throws IOException {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw new BadLine(name + " is not an object");
      }
      Map<String, @Nullable String> texts = new LinkedHashMap<>();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String key = in.currentName();
        texts.put(
            key, in.nextToken() == JsonToken.VALUE_NULL ? null : text(in, "A value in " + name));
      }
      if (texts.size() > MAX_MEMBERS) {
        throw new BadLine(name + " has more than 64 members");
      }
      return texts;
    }

    private byte[] raw(JsonParser in) throws IOException {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw new BadLine("body is not a JSON object");
      }
      int from = (int) in.currentTokenLocation().getByteOffset();
      in.skipChildren();
      return Arrays.copyOfRange(line, from, (int) in.currentLocation().getByteOffset());
    }

    RequestLine line() throws IOException {
      if (operation == null || modelId == null || body == null) {
        throw new BadLine("It lacks operation, modelId or body");
      }
      Map<String, String> given = new LinkedHashMap<>();
      for (Map.Entry<String, @Nullable String> header : headers.entrySet()) {
        String value = header.getValue();
        if (value == null) {
          throw new BadLine("A value in headers is null");
        }
        given.put(header.getKey(), value);
      }
      return new RequestLine(scope(), new WireRequest(operation, modelId, given, body).toRequest());
    }

    private CacheScope scope() throws IOException {
      if ((scope == null) == (user == null)) {
        throw new BadLine("It needs either \"scope\":\"shared\" or user");
      }
      if (scope != null && !scope.equals(SHARED)) {
        throw new BadLine("scope is not \"shared\"; name a user with user");
      }
      try {
        CacheScope named = user == null ? CacheScope.shared() : CacheScope.user(user);
        named = endpoint == null ? named : named.endpoint(endpoint);
        for (Map.Entry<String, @Nullable String> each : vary.entrySet()) {
          named = named.vary(each.getKey(), each.getValue());
        }
        return named;
      } catch (IllegalArgumentException refused) { // its message may quote the line
        throw new BadLine("user or endpoint is not one that a scope may have");
      }
    }
  }
}
