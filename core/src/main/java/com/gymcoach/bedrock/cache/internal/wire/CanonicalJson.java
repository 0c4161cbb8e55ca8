package com.gymcoach.bedrock.cache.internal.wire;

/**
 * What a digest of a JSON text is taken of: the text without insignificant white space, with the
 * members of each object sorted by name. Numbers and strings are kept as they are written, so that
 * {@code 1}, {@code 1.0} and {@code 1e0} are three different values.
 *
 * <p>A body is not canonicalised, and {@link #buffer()} holds it as it came, where it is not JSON
 * by the letter of RFC 8259 in well-formed UTF-8, where an object has two members of one name
 * (readers disagree about which counts), where it nests deeper than 1,000 levels, or where sorting
 * it would cost far more than reading it.
 *
 * <p>Shares its bytes with the body given wherever nothing had to be moved: neither may be changed.
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

  /** Returns whether {@link #buffer()} is in canonical form rather than the body as it came. */
  public boolean canonical() {
    return canonical;
  }

  /** Returns the array whose first {@link #length()} bytes are the result. Not to be changed. */
  public byte[] buffer() {
    return buffer;
  }

  /** Returns how many bytes of {@link #buffer()} count. */
  public int length() {
    return length;
  }

  /**
   * Returns whether the text refers to something that can change behind the same name: it has a
   * string value for which {@link #isVolatileValue} holds, or a member for whose name {@link
   * #isVolatileName} does. Of a text that is not JSON, only what comes before the first error
   * counts; of one that nests too deep to be read, the worst is assumed.
   */
  public boolean volatileReference() {
    return volatileReference;
  }

  /** Returns whether a string is the address of an object in S3. */
  public static boolean isVolatileValue(String value) {
    return value.startsWith(JsonCanonicalizer.S3);
  }

  /** Returns whether a member of this name asks for a tool that runs on Bedrock's side. */
  public static boolean isVolatileName(String name) {
    return name.equals(JsonCanonicalizer.SYSTEM_TOOL);
  }
}
