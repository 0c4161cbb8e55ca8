package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.Digest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A secret that makes the digests under which a store keeps entries worthless to whoever reads the
 * store alone. Without one, a guess at a prompt or a user id can be checked against a dump of the
 * table; with one, only by who has the secret too.
 *
 * <p>Each digest is replaced by its HMAC-SHA-256 (RFC 2104) under the secret. All processes that
 * share entries need the same one; with another, they find nothing of each other's.
 *
 * <p>To change a secret is to begin with an empty cache; the old entries go when they expire. While
 * processes with the old and the new one run beside each other, each must also invalidate what the
 * other keeps. That takes three deployments, each complete before the next begins:
 *
 * <pre>{@code
 * oldSecret.alsoInvalidates(newSecret) // 1: all still use the old one
 * newSecret.alsoInvalidates(oldSecret) // 2: some use the old one, some the new
 * newSecret                            // 3: after the longest lifetime of an entry
 * }</pre>
 *
 * <p>Immutable and thread-safe. Says nothing of itself.
 */
public final class KeySecret {
  /** As many as HMAC-SHA-256 has of strength (RFC 2104, 3). */
  private static final int MIN_BYTES = 32;

  private static final String HMAC = "HmacSHA256";

  /** Each costs a write at every invalidation, and 16 at one of what is shared. */
  private static final int MAX_OTHERS = 3;

  private static final KeySecret NONE = new KeySecret(null, List.of());

  private final @Nullable SecretKeySpec key;
  private final List<KeySecret> others;

  private KeySecret(@Nullable SecretKeySpec key, List<KeySecret> others) {
    this.key = key;
    this.others = others;
  }

  /**
   * Returns the absence of a secret, which leaves digests as they are. It is what a cache has that
   * is given none; it serves to introduce the first one.
   */
  public static KeySecret none() {
    return NONE;
  }

  /**
   * Returns the secret held by these bytes, which are copied. Take them from a secret store; text
   * that a person thought of is not random enough.
   *
   * @throws IllegalArgumentException if there are fewer than 32
   */
  public static KeySecret of(byte[] secret) {
    Objects.requireNonNull(secret, "secret");
    if (secret.length < MIN_BYTES) {
      throw new IllegalArgumentException(
          "The secret has " + secret.length + " bytes: use 32 random ones or more");
    }
    return new KeySecret(new SecretKeySpec(secret, HMAC), List.of());
  }

  /**
   * Returns this secret for a cache, or an admin tool, whose invalidations also concern what is
   * kept under others: while a secret is changed. Entries are read and written under this one
   * alone.
   *
   * @param others at most three, with those that they also invalidate; {@link #none()} among them
   *     if entries are kept without a secret
   * @throws IllegalArgumentException if there are more
   */
  public KeySecret alsoInvalidates(KeySecret... others) {
    List<KeySecret> all =
        Arrays.stream(others).flatMap(other -> other.invalidated().stream()).toList();
    if (all.size() > MAX_OTHERS) {
      throw new IllegalArgumentException(
          all.size() + " secrets are too many to invalidate under: " + MAX_OTHERS + " at most");
    }
    return new KeySecret(key, all);
  }

  /** Returns the secrets whose entries an invalidation concerns, each by itself: this one first. */
  public List<KeySecret> invalidated() {
    return Stream.concat(Stream.of(new KeySecret(key, List.of())), others.stream()).toList();
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
    if (key == null) {
      return digest;
    }
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
