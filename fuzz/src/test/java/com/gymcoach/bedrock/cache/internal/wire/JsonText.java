package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the meaning of a JSON text with Jackson, and makes another text of the same meaning. */
final class JsonText {
  private static final JsonFactory JACKSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final Reading UNKNOWN = new Reading("", "", 0);

  private final String text;

  private JsonText(String text) {
    this.text = text;
  }

  /**
   * A text.
   *
   * @param meaning the text of its numbers, the characters of its strings, and the members of its
   *     objects whatever their order: equal texts mean the same, and no others
   * @param reversed another text of the same meaning: the members of each object in the opposite
   *     order, and with white space
   * @param depth how deep it nests
   */
  record Reading(String meaning, String reversed, int depth) {
    /**
     * Returns whether this parser cannot read the text: it has a name with half a surrogate pair.
     */
    boolean isUnknown() {
      return meaning.isEmpty();
    }
  }

  /** Returns what a text means, or null if it is not one JSON value, or names a member twice. */
  static @Nullable Reading read(byte[] bytes) {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.startsWith("\ufeff")) {
        return null; // Jackson skips it; RFC 8259 lets a reader do so, and ours does not
      }
      return new JsonText(text).reading();
    } catch (IOException malformed) { // no JSON, or no JSON to Jackson
      return String.valueOf(malformed.getMessage()).contains("surrogate") ? UNKNOWN : null;
    }
  }

  /** An object or a list that is being read, with its parts so far. */
  private static final class Open {
    final boolean isObject;
    final TreeMap<String, String> sorted = new TreeMap<>();
    final List<String> meanings = new ArrayList<>();
    final List<String> texts = new ArrayList<>();
    String name = "";
    String rawName = "";

    Open(boolean isObject) {
      this.isObject = isObject;
    }

    void add(String meaning, String written) {
      if (isObject) {
        sorted.put(name, meaning);
        texts.add("\t" + rawName + " : " + written);
      } else {
        meanings.add(meaning);
        texts.add(" " + written + "\n");
      }
    }

    String meaning() {
      return isObject ? "{" + sorted + "}" : meanings.toString();
    }

    String written() {
      List<String> parts = new ArrayList<>(texts);
      if (isObject) {
        Collections.reverse(parts);
        return "{" + String.join("\r,", parts) + " }";
      }
      return "[" + String.join(",", parts) + "]";
    }
  }

  private Reading reading() throws IOException {
    Deque<Open> open = new ArrayDeque<>();
    Open root = new Open(false);
    int depth = 0;
    open.push(root);
    try (JsonParser in = JACKSON.createParser(text)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        switch (token) {
          case START_OBJECT, START_ARRAY -> {
            open.push(new Open(token == JsonToken.START_OBJECT));
            depth = Math.max(depth, open.size() - 1);
          }
          case END_OBJECT, END_ARRAY -> {
            Open ended = open.pop();
            open.element().add(ended.meaning(), ended.written());
          }
          case FIELD_NAME -> {
            open.element().name = quoted(in.currentName());
            open.element().rawName = raw(in);
          }
          case VALUE_STRING -> open.element().add(quoted(in.getText()), raw(in));
          default -> open.element().add(in.getText(), in.getText());
        }
      }
    }
    if (root.meanings.size() != 1) {
      throw new IOException("Not one value");
    }
    return new Reading(root.meanings.get(0), root.texts.get(0), depth);
  }

  /** Returns a string in quotes, as it is written. */
  private String raw(JsonParser in) throws IOException {
    int from = (int) in.currentTokenLocation().getCharOffset();
    int to = from + 1;
    while (text.charAt(to) != '"') {
      to += text.charAt(to) == '\\' ? 2 : 1;
    }
    return text.substring(from, to + 1);
  }

  /** Returns characters so that no two strings look the same, nor like a number or a list. */
  private static String quoted(String characters) {
    StringBuilder quoted = new StringBuilder("\"");
    characters.chars().forEach(c -> quoted.append((char) c).append('\''));
    return quoted.append('"').toString();
  }
}
