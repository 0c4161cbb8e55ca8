package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.warmup.internal.JsonLines;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The digest of a file's lines so far: each line's digest contains the one before. Two files have
 * the same digest at a line only if they are the same up to there. Not thread-safe.
 */
final class LineChain {
  private final MessageDigest sha256;
  private byte[] digest = new byte[0];

  LineChain() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** Adds the line that has just been read. */
  void add(JsonLines line) {
    sha256.update(digest);
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, line.number()));
    sha256.update((byte) (line.isTooLong() ? 1 : 0));
    sha256.update(line.bytes(), 0, line.isTooLong() ? 0 : line.length());
    digest = sha256.digest();
  }

  /** Returns the digest of all lines added. */
  byte[] digest() {
    return digest;
  }

  boolean is(byte[] other) {
    return Arrays.equals(digest, other);
  }
}
