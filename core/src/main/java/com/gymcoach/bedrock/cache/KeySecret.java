package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.Digest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that makes the digests under which a store keeps entries worthless to whoever reads the
 * store alone. Without one, a guess at a prompt or a user id can be checked against a dump of the
 * table; with one, only by who has the secret too.
 *
 * <p>Each digest is replaced by its HMAC-SHA-256 (RFC 2104) under the secret. All processes that
 * share entries need the same one; with another, they find nothing of each other's. To change it is
 * to begin with an empty cache: invalidate before, for afterwards the old entries cannot be reached
 * any more, and go when they expire.
 *
 * <p>Immutable and thread-safe. Says nothing of itself.
 */
public final class KeySecret {
  /** As many as HMAC-SHA-256 has of strength (RFC 2104, 3). */
  private static final int FEWEST_BYTES = 32;

  private static final String HMAC = "HmacSHA256";

  private final SecretKeySpec key;

  private KeySecret(byte[] secret) {
    this.key = new SecretKeySpec(secret, HMAC);
  }

  /**
   * Returns the secret held by these bytes, which are copied. Take them from a secret store; text
   * that a person thought of is not random enough.
   *
   * @throws IllegalArgumentException if there are fewer than 32
   */
  public static KeySecret of(byte[] secret) {
    Objects.requireNonNull(secret, "secret");
    if (secret.length < FEWEST_BYTES) {
      throw new IllegalArgumentException(
          "The secret has " + secret.length + " bytes: use 32 random ones or more");
    }
    return new KeySecret(secret);
  }

  /** Returns what a principal's digest becomes under this secret. */
  public Digest ofPrincipal(Digest digest) {
    return hmac("principal", digest);
  }

  /** Returns what a request's digest becomes under this secret. */
  public Digest ofKey(Digest digest) {
    return hmac("key", digest);
  }

  /** The same digest has another HMAC for another use. */
  private Digest hmac(String use, Digest digest) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      mac.update(use.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return Digest.of(mac.doFinal(digest.bytes()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has " + HMAC, e);
    }
  }

  @Override
  public String toString() {
    return "KeySecret";
  }
}
