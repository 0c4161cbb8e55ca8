package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * Computes digests of 128 bits under a secret of this run. Without the secret, a temporary file
 * cannot be searched for a known prompt. Not thread-safe.
 */
final class Digests {
  private final MessageDigest sha256;
  private final byte[] secret = new byte[32];

  Digests() {
    new SecureRandom().nextBytes(secret);
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** A digest. */
  record Key(long first, long second) {}

  /** Returns the digest of some texts and of bytes. */
  Key of(byte[] bytes, int from, int length, String... texts) {
    begin(texts);
    sha256.update(bytes, from, length);
    return end();
  }

  /** Returns the digest of some texts. */
  Key of(String... texts) {
    begin(texts);
    return end();
  }

  /** Returns the digest of a digest and some texts. */
  Key of(Key key, String... texts) {
    begin(texts);
    sha256.update(
        ByteBuffer.allocate(2 * Long.BYTES).putLong(key.first).putLong(key.second).array());
    return end();
  }

  private void begin(String... texts) {
    sha256.update(secret);
    for (String text : texts) {
      byte[] bytes = text.getBytes(UTF_8);
      sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      sha256.update(bytes);
    }
  }

  private Key end() {
    ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
    return new Key(digest.getLong(), digest.getLong());
  }
}
