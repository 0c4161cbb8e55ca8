package com.gymcoach.bedrock.cache.internal.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the output of {@link FrameWriter}, and rejects any length that the frame cannot hold. */
final class FrameReader {
  private final byte[] frame;
  private final int end;
  private int at;

  FrameReader(byte[] frame, int from, int end) {
    this.frame = frame;
    this.at = from;
    this.end = end;
  }

  int octet() throws IOException {
    if (at >= end) {
      throw new IOException("Frame ends early");
    }
    return frame[at++] & 0xFF;
  }

  long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int octet = octet();
      value |= (long) (octet & 0x7F) << shift;
      if (octet < 0x80) {
        if (octet == 0 && shift > 0) {
          throw new IOException("Number is not in its shortest form");
        }
        return value;
      }
    }
    throw new IOException("Number is too large");
  }

  /** Reads a count of at most {@code limit}. */
  int count(int limit) throws IOException {
    long value = number();
    if (value > limit) {
      throw new IOException("Number exceeds its limit");
    }
    return (int) value;
  }

  String text() throws IOException {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  byte[] bytes() throws IOException {
    return raw(count(Integer.MAX_VALUE));
  }

  byte[] raw(int length) throws IOException {
    if (length > end - at) {
      throw new IOException("Frame ends early");
    }
    byte[] bytes = Arrays.copyOfRange(frame, at, at + length);
    at += length;
    return bytes;
  }

  byte[] rest() throws IOException {
    return raw(end - at);
  }
}
