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
import java.util.function.BinaryOperator;

/** Copies JSON token by token: numbers keep their text, and members their order. */
final class JsonTexts {
  static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private JsonTexts() {}

  /**
   * Returns one JSON value without spaces between its parts.
   *
   * @param replacement returns the text to write for a text at a JSON pointer
   * @throws IOException if it is not one whole JSON value
   */
  static String compact(String json, BinaryOperator<String> replacement) throws IOException {
    StringWriter out = new StringWriter(json.length());
    try (JsonParser parser = JSON.createParser(json);
        JsonGenerator generator = JSON.createGenerator(out)) {
      parser.nextToken();
      copy(parser, generator, replacement);
      if (parser.nextToken() != null) {
        throw new IOException("More than one JSON value");
      }
    }
    return out.toString();
  }

  static String compact(String json) throws IOException {
    return compact(json, (pointer, text) -> text);
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
  static void copy(JsonParser in, JsonGenerator out, BinaryOperator<String> replacement)
      throws IOException {
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
            replacement.apply(in.getParsingContext().pathAsPointer().toString(), in.getText()));
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
