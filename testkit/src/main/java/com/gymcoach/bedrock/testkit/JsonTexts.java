package com.gymcoach.bedrock.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;

/** Copies JSON token by token: numbers keep their text, and members their order. */
final class JsonTexts {
  static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Replaces texts and names. */
  @FunctionalInterface
  interface Change {
    /** Nothing is changed. */
    Change NONE = (pointer, text) -> text;

    /** Returns the text to write for a text at a JSON pointer. */
    String text(String pointer, String text);

    /** Returns the name to write for the name of a member. */
    default String name(String name) {
      return name;
    }
  }

  private JsonTexts() {}

  /**
   * Returns one JSON value without spaces between its parts.
   *
   * @throws IOException if it is not one whole JSON value
   */
  static String compact(String json, Change change) throws IOException {
    StringWriter out = new StringWriter(json.length());
    try (JsonParser parser = JSON.createParser(json);
        JsonGenerator generator = JSON.createGenerator(out)) {
      parser.nextToken();
      copy(parser, generator, change);
      if (parser.nextToken() != null) {
        throw new IOException("More than one JSON value");
      }
    }
    return out.toString();
  }

  static String compact(String json) throws IOException {
    return compact(json, Change.NONE);
  }

  /**
   * Returns a generator that starts a new line for each member, with a line feed on every system.
   */
  static JsonGenerator pretty(StringWriter out) throws IOException {
    return JSON.createGenerator(out)
        .setPrettyPrinter(
            new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
  }

  /** Copies the value whose first token is the current one, and leaves its last as the current. */
  static void copy(JsonParser in, JsonGenerator out, Change change) throws IOException {
    int depth = 0;
    do {
      JsonToken token = in.currentToken();
      if (token == null) {
        throw new IOException("The JSON ends early");
      } else if (token.isStructStart()) {
        depth++;
        out.copyCurrentEvent(in);
      } else if (token.isStructEnd()) {
        depth--;
        out.copyCurrentEvent(in);
      } else if (token == JsonToken.VALUE_STRING) {
        out.writeString(
            change == Change.NONE
                ? in.getText()
                : change.text(in.getParsingContext().pathAsPointer().toString(), in.getText()));
      } else if (token == JsonToken.FIELD_NAME) {
        out.writeFieldName(change.name(in.currentName()));
      } else if (token.isNumeric()) {
        out.writeNumber(in.getText());
      } else {
        out.copyCurrentEvent(in);
      }
      if (depth > 0) {
        in.nextToken();
      }
    } while (depth > 0);
  }
}
