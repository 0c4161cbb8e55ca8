package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.gymcoach.bedrock.cache.internal.wire.CanonicalJson;

/**
 * The canonical form of a request's body: that of the cache's key, without the parts of Converse
 * that cannot change an answer. These are {@code requestMetadata} and elements of a list that are
 * cache points.
 *
 * @param bytes the buffer whose first bytes are the form
 * @param length how many of them
 * @param volatileReference whether the body refers to something that can change under its name
 */
record CanonicalRequest(byte[] bytes, int length, boolean volatileReference) {
  private static final byte[] METADATA = "\"requestMetadata\":".getBytes(US_ASCII);

  /** In a canonical form this is never part of a text, where quotation marks are escaped. */
  private static final byte[] CACHE_POINT = "{\"cachePoint\":".getBytes(US_ASCII);

  /** Returns the canonical form of a body, which is not changed. */
  static CanonicalRequest of(byte[] body, boolean converse) {
    CanonicalJson json = CanonicalJson.of(body);
    return converse && json.canonical()
        ? new Shortening(json.buffer(), json.length()).run(json.volatileReference())
        : new CanonicalRequest(json.buffer(), json.length(), json.volatileReference());
  }

  /** Returns no byte of the request. */
  @Override
  public String toString() {
    return "CanonicalRequest[" + length + "]";
  }

  /** Leaves out the parts. */
  private static final class Shortening {
    private final byte[] in;
    private final int end;
    private final byte[] out;
    private int length;

    Shortening(byte[] in, int end) {
      this.in = in;
      this.end = end;
      this.out = new byte[end];
    }

    CanonicalRequest run(boolean volatileReference) {
      int depth = 0;
      int at = 0;
      while (at < end) {
        int next = at + 1;
        if (in[at] == '"') {
          next = endOfText(at);
        } else if (in[at] == '{' || in[at] == '[') {
          depth++;
        } else if (in[at] == '}' || in[at] == ']') {
          depth--;
        }
        if (depth == 1 && isMember(at) && begins(at, METADATA)) {
          at = drop(endOfValue(at + METADATA.length));
        } else if (isElement(at) && begins(at, CACHE_POINT) && hasOneMember(at)) {
          depth--;
          at = drop(endOfValue(at));
        } else {
          System.arraycopy(in, at, out, length, next - at);
          length += next - at;
          at = next;
        }
      }
      return new CanonicalRequest(out, length, volatileReference);
    }

    private boolean isMember(int at) {
      return in[at] == '"' && (in[at - 1] == '{' || in[at - 1] == ',');
    }

    private boolean isElement(int at) {
      return in[at] == '{' && at > 0 && (in[at - 1] == '[' || in[at - 1] == ',');
    }

    private boolean hasOneMember(int at) {
      return endOfValue(at + CACHE_POINT.length) + 1 == endOfValue(at);
    }

    /** Leaves out a part that ends here, with one comma. Returns where to read on. */
    private int drop(int to) {
      if (in[to] == ',') {
        return to + 1;
      }
      if (out[length - 1] == ',') {
        length--;
      }
      return to;
    }

    private boolean begins(int at, byte[] part) {
      for (int i = 0; i < part.length; i++) {
        if (at + i >= end || in[at + i] != part[i]) {
          return false;
        }
      }
      return true;
    }

    private int endOfValue(int from) {
      int depth = 0;
      int at = from;
      do {
        switch (in[at]) {
          case '"' -> at = endOfText(at) - 1;
          case '{', '[' -> depth++;
          case '}', ']' -> depth--;
          default -> {} // part of a number or a literal
        }
        at++;
      } while (depth > 0 || (in[at] != ',' && in[at] != '}' && in[at] != ']'));
      return at;
    }

    private int endOfText(int quote) {
      int at = quote + 1;
      while (in[at] != '"') {
        at += in[at] == '\\' ? 2 : 1;
      }
      return at + 1;
    }
  }
}
