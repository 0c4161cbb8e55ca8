package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value as the bytes in which it was written, for parts of a body that must come back as
 * they were: a number is never parsed. Reads strictly: RFC 8259 in well-formed UTF-8. Shares the
 * body's array, which must not be modified.
 *
 * <p>Immutable.
 */
public final class RawJson {
  /** The depth limit. Embeddings nest three levels deep. */
  private static final int MAX_DEPTH = 16;

  /** The most members of an object that is taken apart: none of those that are known has more. */
  private static final int MAX_MEMBERS = 32;

  private final byte[] in;
  private final int from;
  private final int to;

  private RawJson(byte[] in, int from, int to) {
    this.in = in;
    this.from = from;
    this.to = to;
  }

  /**
   * Reads a body and returns its members in order.
   *
   * @throws IOException if the body is not exactly one JSON object, names a member twice or with an
   *     escape, has too many members or nests too deep
   */
  public static Map<String, RawJson> object(byte[] body) throws IOException {
    Walk walk = new Walk(body, 0);
    Map<String, RawJson> members = walk.members();
    if (walk.peek() >= 0) {
      throw new IOException("Body has content after its end");
    }
    return members;
  }

  /** Returns the members of an object in order, as {@link #object} does for a body. */
  public Map<String, RawJson> members() throws IOException {
    return new Walk(in, from).members();
  }

  /**
   * Returns the elements of a list.
   *
   * @throws IOException if it is not a list or has more than {@code most} elements
   */
  public List<RawJson> elements(int most) throws IOException {
    return new Walk(in, from).elements(most);
  }

  /** Returns whether it is a string. */
  public boolean isText() {
    return in[from] == '"';
  }

  /** Returns whether it is a list. */
  public boolean isList() {
    return in[from] == '[';
  }

  /** Returns whether it is an object. */
  public boolean isObject() {
    return in[from] == '{';
  }

  /** Returns whether it is the value null. */
  public boolean isNull() {
    return in[from] == 'n';
  }

  /** Returns the position of its first byte in the body. */
  public int from() {
    return from;
  }

  /** Returns the position after its last byte in the body. */
  public int to() {
    return to;
  }

  /** Returns the number of its bytes. */
  public int length() {
    return to - from;
  }

  /** Writes its bytes. */
  public void writeTo(ByteArrayOutputStream out) {
    out.write(in, from, to - from);
  }

  /** Returns whether both are written in the same bytes. */
  public boolean isWrittenAs(@Nullable RawJson other) {
    return other != null && Arrays.equals(in, from, to, other.in, other.from, other.to);
  }

  /** Walks over values, from a position on. */
  private static final class Walk {
    private final byte[] in;
    private final JsonScanner scanner;

    Walk(byte[] in, int from) {
      this.in = in;
      this.scanner = new JsonScanner(in);
      scanner.at = from;
    }

    Map<String, RawJson> members() throws IOException {
      expect('{');
      if (peek() == '}') {
        scanner.at++;
        return Map.of();
      }
      Map<String, RawJson> members = new LinkedHashMap<>();
      do {
        String name = name();
        expect(':');
        if (members.put(name, value()) != null) {
          throw new IOException("Object names a member twice");
        }
        if (members.size() > MAX_MEMBERS) {
          throw new IOException("Object has more than " + MAX_MEMBERS + " members");
        }
      } while (isFollowedByMore('}'));
      return members;
    }

    List<RawJson> elements(int most) throws IOException {
      expect('[');
      if (peek() == ']') {
        return List.of();
      }
      List<RawJson> elements = new ArrayList<>();
      do {
        if (elements.size() == most) {
          throw new IOException("List has more than " + most + " elements");
        }
        elements.add(value());
      } while (isFollowedByMore(']'));
      return elements;
    }

    private RawJson value() throws IOException {
      int unused = peek();
      int from = scanner.at;
      skip(1);
      return new RawJson(in, from, scanner.at);
    }

    private String name() throws IOException {
      int first = peek();
      int from = scanner.at + 1;
      // An escaped name could be read as another one: none that is known is written so.
      if (first != '"' || !scanner.string() || scanner.escaped) {
        throw new IOException("Not a plain name");
      }
      return new String(in, from, scanner.at - 1 - from, UTF_8);
    }

    private void skip(int depth) throws IOException {
      int first = peek();
      if (first == '{' || first == '[') {
        skipAll(first == '{', depth);
        return;
      }
      boolean valid =
          switch (first) {
            case '"' -> scanner.string();
            case 't' -> scanner.literal("true");
            case 'f' -> scanner.literal("false");
            case 'n' -> scanner.literal("null");
            default -> scanner.number();
          };
      if (!valid) {
        throw new IOException("Not a value");
      }
    }

    private void skipAll(boolean isObject, int depth) throws IOException {
      if (depth > MAX_DEPTH) {
        throw new IOException("Body nests too deep");
      }
      int end = isObject ? '}' : ']';
      scanner.at++;
      if (peek() == end) {
        scanner.at++;
        return;
      }
      do {
        if (isObject) {
          if (peek() != '"' || !scanner.string()) {
            throw new IOException("Not a name");
          }
          expect(':');
        }
        skip(depth + 1);
      } while (isFollowedByMore(end));
    }

    /** Reads a comma and returns true, or the end of a list or an object and returns false. */
    private boolean isFollowedByMore(int end) throws IOException {
      int next = peek();
      if (next != ',' && next != end) {
        throw new IOException("Neither a comma nor the end");
      }
      scanner.at++;
      return next == ',';
    }

    private void expect(int wanted) throws IOException {
      if (peek() != wanted) {
        throw new IOException("Body is not as expected");
      }
      scanner.at++;
    }

    /** Skips white space and returns the next byte, or -1 at the end. */
    int peek() {
      int i = scanner.at;
      while (i < in.length && (in[i] == ' ' || in[i] == '\n' || in[i] == '\r' || in[i] == '\t')) {
        i++;
      }
      scanner.at = i;
      return i == in.length ? -1 : in[i] & 0xFF;
    }
  }
}
