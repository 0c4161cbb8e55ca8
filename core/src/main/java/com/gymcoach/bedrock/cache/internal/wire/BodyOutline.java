package com.gymcoach.bedrock.cache.internal.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a body says near its surface: the text, number or null at each path of up to three names,
 * lists passed through ({@code choices.finish_reason} holds those of all choices), the texts in a
 * list, and an empty text for an object or a list itself. Read in one pass, without a tree.
 */
public final class BodyOutline {
  private static final int DEEPEST = 3;

  private final Map<String, List<@Nullable String>> values = new HashMap<>();

  /**
   * Reads a body to its end, after those read before: a stream's chunks are one body.
   *
   * @throws IOException if it is not one complete JSON object
   */
  public void add(byte[] body) throws IOException {
    try (JsonParser in = SdkJson.parser(body)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("Body is not a JSON object");
      }
      object(in, "", 1);
      if (in.nextToken() != null) {
        throw new IOException("Body goes on after its end");
      }
    }
  }

  /** Returns the values at a path, in order; empty where there are none. */
  public List<@Nullable String> at(String path) {
    return values.getOrDefault(path, List.of());
  }

  private void object(JsonParser in, String prefix, int depth) throws IOException {
    JsonToken token;
    while ((token = in.nextToken()) == JsonToken.FIELD_NAME) {
      String path = prefix + in.currentName();
      in.nextToken();
      value(in, path, depth);
    }
    if (token != JsonToken.END_OBJECT) {
      throw new IOException("Body ends early");
    }
  }

  private void value(JsonParser in, String path, int depth) throws IOException {
    JsonToken token = in.currentToken();
    if (token == null) {
      throw new IOException("Body ends early");
    }
    if (token.isScalarValue()) {
      note(path, token == JsonToken.VALUE_NULL ? null : in.getText());
    } else if (token == JsonToken.START_OBJECT && depth < DEEPEST) {
      note(path, "");
      object(in, path + ".", depth + 1);
    } else if (token == JsonToken.START_ARRAY && depth < DEEPEST) {
      note(path, "");
      while ((token = in.nextToken()) != JsonToken.END_ARRAY) {
        if (token == JsonToken.START_OBJECT) {
          object(in, path + ".", depth + 1);
        } else if (token == JsonToken.VALUE_STRING) {
          note(path, in.getText());
        } else {
          skip(in);
        }
      }
    } else {
      note(path, "");
      skip(in);
    }
  }

  private static void skip(JsonParser in) throws IOException {
    in.skipChildren(); // throws where the input ends first
    if (in.currentToken() == null) {
      throw new IOException("Body ends early");
    }
  }

  private void note(String path, @Nullable String value) {
    values.computeIfAbsent(path, absent -> new ArrayList<>(1)).add(value);
  }
}
