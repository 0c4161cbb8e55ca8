package com.gymcoach.bedrock.cache.spi;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The trace that an invalidation leaves in a store: a random 128-bit token, compared by equality
 * only. An entry is taken only while the markers that it was made under are still those in force.
 */
public record Marker(long high, long low) {
  /** The marker of what was never invalidated. */
  public static final Marker NONE = new Marker(0, 0);

  /**
   * How long a marker is kept: a day longer than any entry may live, so that it outlives what was
   * on its way when it was made.
   */
  public static final Duration RETENTION = Duration.ofDays(367);

  /** The length of {@link #bytes()}. */
  public static final int BYTES = 16;

  /**
   * Returns a marker that has not been in force before, here or in any clone of this process: the
   * randomness is obtained anew each time.
   */
  public static Marker random() {
    SecureRandom random = new SecureRandom();
    Marker marker = new Marker(random.nextLong(), random.nextLong());
    return marker.equals(NONE) ? random() : marker;
  }

  /**
   * Returns the marker held by the 16 bytes given.
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

  // By hand: the first use of a record's own takes some 10 ms of a cold start.
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
