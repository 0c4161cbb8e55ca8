package com.gymcoach.bedrock.cache.spi.keys;

import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A 256-bit digest, compared in full. Held in four longs rather than an array, because keys are
 * looked up on every call and should not be copied or hashed again.
 *
 * <p>Immutable.
 */
public record Digest(long first, long second, long third, long fourth) {
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();
  private static final int BYTES = 32;

  /**
   * Returns the digest with the given 32 bytes.
   *
   * @throws IllegalArgumentException if there are not exactly 32 bytes
   */
  public static Digest of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("A digest has 32 bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Digest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }

  /**
   * Parses the text returned by {@link #text()}.
   *
   * @throws IllegalArgumentException if the text is not that of a digest
   */
  public static Digest parse(String text) {
    return of(Base64.getUrlDecoder().decode(text));
  }

  /** Returns the 32 bytes, most significant first. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(first)
        .putLong(second)
        .putLong(third)
        .putLong(fourth)
        .array();
  }

  /** Returns all 256 bits in the URL-safe Base64 alphabet, 43 characters without padding. */
  public String text() {
    return TEXT.encodeToString(bytes());
  }

  // Hand-written: on Java 17 a record's own equals takes ten times as long, and each hot hit
  // compares digests.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Digest that
        && first == that.first
        && second == that.second
        && third == that.third
        && fourth == that.fourth;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first); // the bits of a cryptographic digest are already spread
  }

  /** Returns only the first six characters, enough to tell entries apart in a log. */
  @Override
  public String toString() {
    return text().substring(0, 6) + "…";
  }
}
