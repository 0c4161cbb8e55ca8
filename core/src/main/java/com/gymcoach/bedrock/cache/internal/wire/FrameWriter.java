package com.gymcoach.bedrock.cache.internal.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes numbers, strings and bytes one after the other, each preceded by what it takes to read it.
 */
final class FrameWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

  FrameWriter octet(int value) {
    out.write(value);
    return this;
  }

  /** Writes a number that is not negative, seven bits a byte, the lowest first. */
  FrameWriter number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("A frame holds no negative number");
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
