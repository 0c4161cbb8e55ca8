package com.gymcoach.bedrock.cache.internal.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a sequence of numbers, strings and bytes; a string, or the argument of {@link #bytes}, is
 * preceded by its length.
 */
final class FrameWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

  FrameWriter octet(int value) {
    out.write(value);
    return this;
  }

  /** Writes a non-negative number with seven bits per byte, the lowest bits first. */
  FrameWriter number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("A frame cannot hold a negative number");
    }
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  FrameWriter text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  FrameWriter bytes(byte[] value) {
    return number(value.length).raw(value);
  }

  FrameWriter raw(byte[] value) {
    out.writeBytes(value);
    return this;
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
