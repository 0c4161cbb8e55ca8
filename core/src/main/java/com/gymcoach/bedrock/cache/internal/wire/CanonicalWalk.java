package com.gymcoach.bedrock.cache.internal.wire;

import java.util.Arrays;

/** Walks over a JSON text in canonical form, from its start to its end. Iterative. */
public final class CanonicalWalk {
  /** Receives the parts of a text in their order. Positions are those in {@link #text}. */
  public interface Visitor {
    /** An object or an array begins. */
    void begin(boolean object);

    /** The name of the member that follows, as written but without its quotes. */
    void name(int from, int to);

    /** A string, a number or a literal, as written. */
    void scalar(int from, int to);

    /** The object or array that began last ends. */
    void end();
  }

  private final byte[] text;

  /** Prepares a walk over a text for which {@link CanonicalJson#canonical()} is true. */
  public CanonicalWalk(CanonicalJson json) {
    byte[] buffer = json.buffer();
    this.text = buffer.length == json.length() ? buffer : Arrays.copyOf(buffer, json.length());
  }

  /** Returns the text. Do not modify it. */
  public byte[] text() {
    return text;
  }

  /** Tells a visitor each part. */
  public void tell(Visitor visitor) {
    boolean[] isObject = new boolean[SdkJson.MAX_DEPTH + 1];
    int depth = 0;
    boolean nameNext = false;
    int at = 0;
    while (at < text.length) {
      byte b = text[at];
      switch (b) {
        case '{', '[' -> {
          nameNext = isObject[++depth] = b == '{';
          visitor.begin(nameNext);
          at++;
        }
        case '}', ']' -> {
          depth--;
          nameNext = false;
          visitor.end();
          at++;
        }
        case ',' -> {
          nameNext = isObject[depth];
          at++;
        }
        case ':' -> {
          nameNext = false;
          at++;
        }
        default -> {
          int to = b == '"' ? afterString(at) : afterWord(at);
          if (nameNext) {
            visitor.name(at + 1, to - 1);
          } else {
            visitor.scalar(at, to);
          }
          at = to;
        }
      }
    }
  }

  private int afterString(int quote) {
    int i = quote + 1;
    while (text[i] != '"') {
      i += text[i] == '\\' ? 2 : 1;
    }
    return i + 1;
  }

  private int afterWord(int from) {
    int i = from;
    while (i < text.length && text[i] != ',' && text[i] != '}' && text[i] != ']') {
      i++;
    }
    return i;
  }
}
