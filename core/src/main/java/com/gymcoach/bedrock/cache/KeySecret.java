package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

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

  /** Each secret costs one more write per invalidation, or 16 if the scope is shared. */
  private static final int MAX_OTHERS = 3;

  private static final KeySecret NONE = new KeySecret(KeyDigests.PLAIN);

  private final KeyDigests digests;

  private KeySecret(KeyDigests digests) {
    this.digests = digests;
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
    return new KeySecret(KeyDigests.under(secret));
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
    List<KeyDigests> all =
        Arrays.stream(others).flatMap(other -> other.digests.invalidated().stream()).toList();
    if (all.size() > MAX_OTHERS) {
      throw new IllegalArgumentException(
          all.size() + " secrets are too many to invalidate under: " + MAX_OTHERS + " at most");
    }
    return new KeySecret(digests.alsoInvalidating(all));
  }

  /** Returns the digests under this secret. */
  KeyDigests digests() {
    return digests;
  }

  @Override
  public String toString() {
    return "KeySecret";
  }
}
