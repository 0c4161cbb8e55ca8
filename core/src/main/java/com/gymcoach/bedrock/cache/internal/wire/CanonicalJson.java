package com.gymcoach.bedrock.cache.internal.wire;

/**
 * The canonical form of a JSON text, from which digests are computed: the text without
 * insignificant white space, with the members of each object sorted by name. Numbers and strings
 * are kept as written, so {@code 1}, {@code 1.0} and {@code 1e0} are three different values.
 *
 * <p>In four cases a body is not canonicalised, and {@link #buffer()} holds it unchanged. It is not
 * strict RFC 8259 JSON in well-formed UTF-8; an object has two members of the same name, and
 * parsers disagree about which one counts; it nests deeper than 1,000 levels; or sorting it would
 * cost far more than reading it.
 *
 * <p>The result shares the given body's array if nothing had to be moved, so neither may be
 * modified.
 */
public final class CanonicalJson {
  private final byte[] buffer;
  private final int length;
  private final boolean canonical;
  private final boolean volatileReference;

  CanonicalJson(byte[] buffer, int length, boolean canonical, boolean volatileReference) {
    this.buffer = buffer;
    this.length = length;
    this.canonical = canonical;
    this.volatileReference = volatileReference;
  }

  /** Canonicalises a body. Never throws; the body is not changed. */
  public static CanonicalJson of(byte[] body) {
    return new JsonCanonicalizer(body).run();
  }

  /** Returns whether {@link #buffer()} is in canonical form; otherwise it is the unchanged body. */
  public boolean canonical() {
    return canonical;
  }

  /** Returns the array whose first {@link #length()} bytes are the result. Do not modify it. */
  public byte[] buffer() {
    return buffer;
  }

  /** Returns the number of bytes of {@link #buffer()} that are in use. */
  public int length() {
    return length;
  }

  /**
   * Returns whether the text refers to something whose content can change under the same name. This
   * is so if {@link #isVolatileValue} is true for a string value, or {@link #isVolatileName} for a
   * member's name. If the text is not valid JSON, only the part before the first error counts. If
   * it nests too deep to be read, the result is true.
   */
  public boolean volatileReference() {
    return volatileReference;
  }

  /** Returns whether a string is an S3 URI. */
  public static boolean isVolatileValue(String value) {
    return value.startsWith(JsonCanonicalizer.S3);
  }

  /** Returns whether a member of this name requests a tool that runs in Bedrock. */
  public static boolean isVolatileName(String name) {
    return name.equals(JsonCanonicalizer.SYSTEM_TOOL);
  }
}
