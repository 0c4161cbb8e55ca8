package com.gymcoach.bedrock.cache.internal.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value, reduced to what is needed to judge a model's answer. Objects and lists are kept
 * down to a depth of {@value #MAX_DEPTH}, and texts in full. Numbers in a list are only counted and
 * checked for a non-zero one, so an embedding of 3,000 numbers takes one object.
 *
 * <p>Immutable once read.
 */
public final class ShallowJson {
  /** The kinds of JSON value. */
  public enum Kind {
    /** The literal null, or an absent member. */
    NULL,
    /** A string. */
    TEXT,
    /** A number. */
    NUMBER,
    /** The literals true and false. */
    TRUTH,
    /** A list. */
    LIST,
    /** An object. */
    OBJECT
  }

  /**
   * The depth limit. Answers have their text at most eight levels deep; a tool's input may nest
   * further.
   */
  private static final int MAX_DEPTH = 12;

  private static final ShallowJson NULL = new ShallowJson(Kind.NULL, "");

  private final Kind kind;
  private final String text;
  private final Map<String, ShallowJson> members;
  private final List<ShallowJson> elements;
  private int numbers;
  private boolean nonZero;

  private ShallowJson(Kind kind, String text) {
    this.kind = kind;
    this.text = text;
    this.members = kind == Kind.OBJECT ? new LinkedHashMap<>() : Map.of();
    this.elements = kind == Kind.LIST ? new ArrayList<>() : List.of();
  }

  /**
   * Reads a body.
   *
   * @throws IOException if the body is not exactly one complete JSON object, or an object has two
   *     members of the same name
   */
  public static ShallowJson object(byte[] body) throws IOException {
    try (JsonParser in = SdkJson.parser(body)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("Body is not a JSON object");
      }
      ShallowJson object = value(in, 1);
      if (in.nextToken() != null) {
        throw new IOException("Body has content after its end");
      }
      return object;
    }
  }

  public Kind kind() {
    return kind;
  }

  /** Returns whether this is the value null or stands for an absent member. */
  public boolean isNull() {
    return kind == Kind.NULL;
  }

  /** Returns the characters of a text or a number; empty for all other kinds. */
  public String text() {
    return text;
  }

  /** Returns an object's members in order; empty for all other kinds. */
  public Map<String, ShallowJson> members() {
    return members;
  }

  /** Returns a list's elements except numbers; empty for all other kinds. */
  public List<ShallowJson> elements() {
    return elements;
  }

  /** Returns how many numbers a list contains. */
  public int numbers() {
    return numbers;
  }

  /** Returns whether a list contains a non-zero number. */
  public boolean hasNonZero() {
    return nonZero;
  }

  /**
   * Returns the value at the end of a path of members, or the null value if one of them is absent.
   */
  public ShallowJson at(String... path) {
    ShallowJson value = this;
    for (String name : path) {
      value = value.members.getOrDefault(name, NULL);
    }
    return value;
  }

  private static ShallowJson value(JsonParser in, int depth) throws IOException {
    JsonToken token = in.currentToken();
    if (token == null) {
      throw new IOException("Body ends early");
    }
    return switch (token) {
      case VALUE_NULL -> NULL;
      case VALUE_STRING -> new ShallowJson(Kind.TEXT, in.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new ShallowJson(Kind.NUMBER, in.getText());
      case VALUE_TRUE, VALUE_FALSE -> new ShallowJson(Kind.TRUTH, "");
      case START_OBJECT -> members(in, depth);
      case START_ARRAY -> elements(in, depth);
      default -> throw new IOException("Not a value");
    };
  }

  private static ShallowJson members(JsonParser in, int depth) throws IOException {
    ShallowJson object = new ShallowJson(Kind.OBJECT, "");
    if (depth > MAX_DEPTH) {
      return skipped(in, object);
    }
    JsonToken token;
    while ((token = in.nextToken()) == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      if (object.members.put(name, value(in, depth + 1)) != null) {
        throw new IOException("Body names a member twice");
      }
    }
    if (token != JsonToken.END_OBJECT) {
      throw new IOException("Body ends early");
    }
    return object;
  }

  private static ShallowJson elements(JsonParser in, int depth) throws IOException {
    ShallowJson list = new ShallowJson(Kind.LIST, "");
    if (depth > MAX_DEPTH) {
      return skipped(in, list);
    }
    JsonToken token;
    while ((token = in.nextToken()) != JsonToken.END_ARRAY) {
      if (token != null && token.isNumeric()) {
        list.numbers++;
        list.nonZero = list.nonZero || isNonZero(in);
      } else {
        list.elements.add(value(in, depth + 1));
      }
    }
    return list;
  }

  private static ShallowJson skipped(JsonParser in, ShallowJson value) throws IOException {
    in.skipChildren(); // throws if the input ends first
    if (in.currentToken() == null) {
      throw new IOException("Body ends early");
    }
    return value;
  }

  /** Decides by the digits, without parsing the number. */
  private static boolean isNonZero(JsonParser in) throws IOException {
    char[] characters = in.getTextCharacters();
    int from = in.getTextOffset();
    for (int i = from; i < from + in.getTextLength(); i++) {
      char c = characters[i];
      if (c >= '1' && c <= '9') {
        return true;
      }
      if (c == 'e' || c == 'E') {
        return false;
      }
    }
    return false;
  }
}
