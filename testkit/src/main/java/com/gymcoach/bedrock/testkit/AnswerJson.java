package com.gymcoach.bedrock.testkit;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.testkit.StoredAnswer.Head;
import com.gymcoach.bedrock.testkit.StoredAnswer.Times;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An answer as indented JSON, for people and for version control. Its body is shown as JSON if the
 * same bytes can be made of it again, otherwise as a text: nothing of an answer is lost.
 *
 * <p>{@code {"bedrock-cache": 1, "address": …, "operation": …, "model": …, "times": […], "markers":
 * […], "usage": […], "status": …, "statusText": …, "headers": {…}, "body": …}}, where the body of a
 * stream is {@code "events": […]}. Times and markers are absent from a recording.
 */
final class AnswerJson {
  private static final int VERSION = 1;
  private static final HexFormat HEX = HexFormat.of();
  private static final int MAX_ITEMS = 64;
  private static final Markers NO_MARKERS = new Markers(Marker.NONE, Marker.NONE, Marker.NONE);

  private AnswerJson() {}

  /**
   * Returns an answer as JSON.
   *
   * @param address stands for the address at which the answer is valid
   * @param valid whether times and markers are written
   * @throws IOException if the body is not UTF-8
   */
  static String write(String address, StoredAnswer answer, boolean valid) throws IOException {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JsonTexts.pretty(out)) {
      json.writeStartObject();
      json.writeNumberField("bedrock-cache", VERSION);
      json.writeStringField("address", address);
      json.writeStringField("operation", answer.operation());
      json.writeStringField("model", answer.modelId());
      if (valid) {
        Times times = answer.times();
        texts(json, "times", List.of(times.created(), times.expires(), times.retainUntil()));
        texts(json, "markers", hex(answer.markers()));
      }
      TokenUsage usage = answer.usage();
      if (usage != null) {
        json.writeArrayFieldStart("usage");
        for (long count :
            new long[] {usage.input(), usage.output(), usage.cacheRead(), usage.cacheWrite()}) {
          json.writeNumber(count);
        }
        json.writeEndArray();
      }
      json.writeNumberField("status", answer.head().status());
      if (answer.head().statusText() != null) {
        json.writeStringField("statusText", answer.head().statusText());
      }
      json.writeObjectFieldStart("headers");
      for (Map.Entry<String, List<String>> header : answer.head().headers().entrySet()) {
        texts(json, header.getKey(), header.getValue());
      }
      json.writeEndObject();
      body(json, answer);
      json.writeEndObject();
    }
    return out.append('\n').toString();
  }

  private static void texts(JsonGenerator json, String name, List<?> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (Object value : values) {
      json.writeString(value.toString());
    }
    json.writeEndArray();
  }

  private static List<String> hex(Markers markers) {
    Marker namespace = Objects.requireNonNullElse(markers.namespace(), Marker.NONE);
    return List.of(
        HEX.formatHex(markers.scope().bytes()),
        HEX.formatHex(markers.endpoint().bytes()),
        HEX.formatHex(namespace.bytes()));
  }

  private static void body(JsonGenerator json, StoredAnswer answer) throws IOException {
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    if (!Arrays.equals(body.getBytes(StandardCharsets.UTF_8), answer.body())) {
      throw new IOException("The body is not UTF-8");
    }
    if (!answer.isStream()) {
      json.writeFieldName("body");
      value(json, body);
      return;
    }
    json.writeArrayFieldStart("events");
    String[] lines = body.split("\n", -1);
    if (!lines[lines.length - 1].isEmpty()) {
      throw new IOException("The last event is not whole");
    }
    for (int i = 0; i < lines.length - 1; i++) {
      value(json, lines[i]);
    }
    json.writeEndArray();
  }

  private static void value(JsonGenerator json, String text) throws IOException {
    if (!isCompactObject(text)) {
      json.writeString(text);
      return;
    }
    try (JsonParser parser = JsonTexts.JSON.createParser(text)) {
      parser.nextToken();
      JsonTexts.copy(parser, json, JsonTexts.Change.NONE);
    }
  }

  /** Returns whether a text is a JSON object that can be shown in any form and restored. */
  private static boolean isCompactObject(String text) {
    try {
      return text.startsWith("{") && JsonTexts.compact(text).equals(text);
    } catch (IOException notJson) { // shown as a text
      return false;
    }
  }

  /**
   * Returns the answer of a JSON text, or null if it belongs to another address.
   *
   * @param otherwise the times if the text has none
   * @throws IOException if it is not such a text
   */
  static @Nullable StoredAnswer read(String text, String address, Times otherwise)
      throws IOException {
    try (JsonParser json = JsonTexts.JSON.createParser(text)) {
      Fields fields = new Fields(json);
      if (!address.equals(fields.text("address"))) {
        return null;
      }
      if (!"1".equals(fields.text("bedrock-cache"))) {
        throw new IOException("The file has another version");
      }
      List<String> times = fields.list("times");
      List<String> markers = fields.list("markers");
      List<String> usage = fields.list("usage");
      return new StoredAnswer(
          codec(fields.required("operation")),
          fields.required("model"),
          times == null ? otherwise : times(times),
          markers == null ? NO_MARKERS : markers(markers),
          usage == null ? null : usage(usage),
          new Head(status(fields.required("status")), fields.text("statusText"), fields.headers),
          fields.body());
    } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException damaged) {
      throw new IOException("A member of the file is damaged", damaged);
    }
  }

  private static int status(String text) {
    int status = Integer.parseInt(text);
    if (status < 100 || status > 999) {
      throw new IllegalArgumentException("The status is not one of HTTP");
    }
    return status;
  }

  private static int codec(String operation) {
    int codec = StoredAnswer.codec(operation);
    if (codec < 0 || codec > EntryFormat.MAX_CODEC) {
      throw new IllegalArgumentException("The number of the operation is out of range");
    }
    return codec;
  }

  /** Returns times that an entry can hold: in order, and none of them too far from the others. */
  private static Times times(List<String> texts) {
    Instant before = Instant.EPOCH;
    for (String text : texts) {
      Instant time = Instant.parse(text);
      if (time.isBefore(before) || time.isAfter(before.plusMillis(EntryFormat.LATEST_MILLIS))) {
        throw new IllegalArgumentException("The times are out of order or out of range");
      }
      before = time;
    }
    return new Times(
        Instant.parse(texts.get(0)), Instant.parse(texts.get(1)), Instant.parse(texts.get(2)));
  }

  private static Markers markers(List<String> texts) {
    return new Markers(marker(texts.get(0)), marker(texts.get(1)), marker(texts.get(2)));
  }

  private static Marker marker(String text) {
    return Marker.of(HEX.parseHex(text));
  }

  private static TokenUsage usage(List<String> counts) {
    return new TokenUsage(
        count(counts.get(0)), count(counts.get(1)), count(counts.get(2)), count(counts.get(3)));
  }

  private static long count(String text) {
    long count = Long.parseLong(text);
    if (count < 0) {
      throw new IllegalArgumentException("A count of tokens is negative");
    }
    return count;
  }

  /** The members of the file's object. */
  private static final class Fields {
    private final Map<String, String> texts = new TreeMap<>();
    private final Map<String, List<String>> lists = new TreeMap<>();
    final TreeMap<String, List<String>> headers = new TreeMap<>();
    private @Nullable String body;

    Fields(JsonParser json) throws IOException {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("The file is not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken token = json.nextToken();
        switch (name) {
          case "body" -> body = value(json);
          case "events" -> body = events(json);
          case "headers" -> {
            while (json.nextToken() == JsonToken.FIELD_NAME && headers.size() < MAX_ITEMS) {
              String header = json.currentName();
              json.nextToken();
              headers.put(header, items(json));
            }
          }
          default -> {
            if (token == JsonToken.START_ARRAY) {
              lists.put(name, items(json));
            } else if (token.isScalarValue()) {
              texts.put(name, json.getText());
            } else {
              throw new IOException("An unknown member of the file is an object");
            }
          }
        }
      }
      if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
        throw new IOException("The file is not one whole JSON object");
      }
    }

    private static List<String> items(JsonParser json) throws IOException {
      List<String> items = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (json.currentToken() == null
            || !json.currentToken().isScalarValue()
            || items.size() == MAX_ITEMS) {
          throw new IOException("A list of the file is damaged");
        }
        items.add(json.getText());
      }
      return items;
    }

    private static String events(JsonParser json) throws IOException {
      StringBuilder lines = new StringBuilder();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        lines.append(value(json)).append('\n');
      }
      return lines.toString();
    }

    /** Returns an object as compact JSON, or the content of a text. */
    private static String value(JsonParser json) throws IOException {
      if (json.currentToken() == JsonToken.VALUE_STRING) {
        return json.getText();
      }
      StringWriter out = new StringWriter();
      try (JsonGenerator compact = JsonTexts.JSON.createGenerator(out)) {
        JsonTexts.copy(json, compact, JsonTexts.Change.NONE);
      }
      return out.toString();
    }

    @Nullable String text(String name) {
      return texts.get(name);
    }

    String required(String name) throws IOException {
      String text = texts.get(name);
      if (text == null) {
        throw new IOException("The file has no member " + name);
      }
      return text;
    }

    @Nullable List<String> list(String name) {
      return lists.get(name);
    }

    byte[] body() throws IOException {
      if (body == null) {
        throw new IOException("The file has no body");
      }
      return body.getBytes(StandardCharsets.UTF_8);
    }
  }
}
