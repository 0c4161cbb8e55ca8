package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
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
 * A secret that makes a store's keys useless to anyone who can read only the store. Without a
 * secret, a guessed prompt or user id can be checked against a dump of the table. With one, the
 * check also needs the secret.
 *
 * <p>Each digest is replaced by its HMAC-SHA-256 (RFC 2104) under the secret. All processes that
 * share entries need the same secret. Processes with different secrets do not find each other's
 * entries.
 *
 * <p>Changing the secret empties the cache: old entries are no longer found, and they expire in the
 * store. While processes with the old and the new secret run side by side, each must also
 * invalidate the other's entries. This takes three deployments, each complete before the next
 * begins:
 *
 * <pre>{@code
 * KeySecret first = oldSecret.alsoInvalidates(newSecret); // all still use the old one
 * KeySecret second = newSecret.alsoInvalidates(oldSecret); // some use the old one, some the new
 * KeySecret third = newSecret; // after the longest lifetime of an entry
 * }</pre>
 *
 * <p>Immutable and thread-safe. {@link #toString} reveals nothing of the secret.
 */
public final class KeySecret {
  /** The output length of SHA-256: a shorter key makes the HMAC weaker (RFC 2104, section 3). */
  private static final int MIN_BYTES = 32;

  private static final String HMAC = "HmacSHA256";

  /** Each secret costs one more write per invalidation, or 16 if the scope is shared. */
  private static final int MAX_OTHERS = 3;

  private static final KeySecret NONE = new KeySecret(null, List.of());

  private final @Nullable SecretKeySpec key;
  private final List<KeySecret> others;

  private KeySecret(@Nullable SecretKeySpec key, List<KeySecret> others) {
    this.key = key;
    this.others = others;
  }

  /**
   * Returns the absence of a secret, which leaves digests unchanged. This is the default of a
   * cache. Use it when introducing the first secret.
   */
  public static KeySecret none() {
    return NONE;
  }

  /**
   * Returns the secret with these bytes, which are copied. Take them from a secret store: text made
   * up by a person is not random enough.
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
   * Returns this secret for a cache or an admin tool whose invalidations also apply to entries
   * under other secrets, for use while a secret is changed. Entries are read and written under this
   * secret only.
   *
   * @param others at most three secrets, counting those that they also invalidate; include {@link
   *     #none()} if some entries are stored without a secret
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

  /**
   * Returns the secrets to whose entries an invalidation applies, each without its others; this one
   * first.
   */
  public List<KeySecret> invalidated() {
    return Stream.concat(Stream.of(new KeySecret(key, List.of())), others.stream()).toList();
  }

  /** Returns the HMAC of a principal's digest under this secret. */
  public Digest ofPrincipal(Digest digest) {
    return hmac("principal", digest);
  }

  /** Returns the HMAC of a request's digest under this secret. */
  public Digest ofKey(Digest digest) {
    return hmac("key", digest);
  }

  /** Separates uses: the same digest has a different HMAC for each. */
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
