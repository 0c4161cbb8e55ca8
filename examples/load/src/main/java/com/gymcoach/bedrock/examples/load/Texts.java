package com.gymcoach.bedrock.examples.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;

/** Reads and writes the text in the JSON of requests and answers. */
final class Texts {
  private static final JsonFactory JSON = new JsonFactory();

  private Texts() {}

  /** Returns all texts in a body, concatenated. Here a body has one text, or a piece per chunk. */
  static String in(byte[] body) throws IOException {
    StringBuilder texts = new StringBuilder();
    try (JsonParser in = JSON.createParser(body)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.VALUE_STRING && "text".equals(in.currentName())) {
          texts.append(in.getText());
        }
      }
    }
    return texts.toString();
  }

  /** Returns a text escaped for use between JSON quotes. */
  static String quoted(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text));
  }
}
