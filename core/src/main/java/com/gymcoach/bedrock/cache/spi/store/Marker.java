package com.gymcoach.bedrock.cache.spi.store;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A random 128-bit token that an invalidation leaves in a store, compared for equality only. An
 * entry is valid only while the markers under which it was created are still in force.
 */
public record Marker(long high, long low) {
  /** The marker in force before any invalidation. */
  public static final Marker NONE = new Marker(0, 0);

  /**
   * How long a marker is kept: 367 days. That is a day longer than any entry may live, so the
   * marker outlives answers that were on their way when it was created.
   */
  public static final Duration RETENTION = Duration.ofDays(367);

  /** The length of {@link #bytes()}. */
  public static final int BYTES = 16;

  /**
   * Returns a new random marker. Obtains new randomness each time, so clones of this process do not
   * return the same markers.
   */
  public static Marker random() {
    SecureRandom random = new SecureRandom();
    Marker marker = new Marker(random.nextLong(), random.nextLong());
    return marker.equals(NONE) ? random() : marker;
  }

  /**
   * Returns the marker with the given 16 bytes.
   *
   * @throws IllegalArgumentException if there are not exactly 16 bytes
   */
  public static Marker of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("A marker has 16 bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Marker(buffer.getLong(), buffer.getLong());
  }

  // Hand-written: the first use of a record's own adds some 10 ms to a cold start.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Marker that && high == that.high && low == that.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high ^ low);
  }

  /** Returns the 16 bytes, most significant first. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }
}
