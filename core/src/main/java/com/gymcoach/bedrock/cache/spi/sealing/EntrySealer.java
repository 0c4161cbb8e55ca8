package com.gymcoach.bedrock.cache.spi.sealing;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Encrypts and authenticates stored entries. Anyone who can read the store learns nothing of their
 * content, and anyone who can write to it cannot forge, change, move or prolong an entry.
 * Implementations must be thread-safe.
 *
 * <p>With a sealer, the cache ignores unsealed entries. A writer of the store can still delete
 * entries, and can put an older entry back at its own address before it expires.
 */
public interface EntrySealer {

  /**
   * Seals an entry. If it throws, the entry is not written, and the fault {@code ENCODE_FAILED} is
   * counted.
   *
   * @param scope identifies the owner of the entry; entries of two scopes should not share a key
   * @param address the entry's full address: the sealed entry must not open at any other
   * @param content the bytes to seal, including the entry's times and markers
   */
  byte[] seal(byte[] scope, byte[] address, byte[] content);

  /**
   * Opens an entry that {@link #seal} made for the same scope and address.
   *
   * @throws IOException if the entry differs in any bit, was sealed for another scope or address,
   *     or was sealed with a key that this sealer does not have
   */
  byte[] open(byte[] scope, byte[] address, byte[] sealed) throws IOException;

  /**
   * Returns a sealer that uses AES-256-GCM (NIST SP 800-38D) with a key derived for each scope by
   * HKDF-SHA-256 (RFC 5869) and a random nonce for each entry.
   *
   * @param keyId identifies the key in each entry, 0 or more; never reuse a number for another key
   * @param key 32 random bytes from a secret store; copied
   * @throws IllegalArgumentException if the number is negative or the key does not have 32 bytes
   */
  static EntrySealer aes256Gcm(int keyId, byte[] key) {
    return aes256Gcm(keyId, key, Map.of());
  }

  /**
   * Returns such a sealer that also opens entries sealed with older keys. To change the key, first
   * give all processes the new key as one that only opens entries. Then make it the key that seals.
   * Remove the old key when all entries sealed with it have expired.
   *
   * @param older the keys that only open entries, by number; copied
   * @throws IllegalArgumentException if a number is negative or used twice, or a key does not have
   *     32 bytes
   */
  static EntrySealer aes256Gcm(int keyId, byte[] key, Map<Integer, byte[]> older) {
    return new AesGcmSealer(keyId, key, older);
  }

  /**
   * Returns such a sealer that fetches its keys, for example data keys decrypted by AWS KMS, and
   * never uses them beyond three limits. The source is called immediately on this thread, and later
   * on a separate daemon thread whenever half of a limit is used; it must be safe to call from any
   * thread. Calls to Bedrock never wait for it. If new keys do not arrive in time, entries are not
   * written to the store, and once the keys are older than {@code maxAge}, stored entries are not
   * read either.
   *
   * @param source returns the current keys
   * @param maxAge how long fetched keys are used
   * @param maxEntries the most entries that one key seals in this process
   * @param maxBytes the most bytes that one key seals in this process
   * @throws IllegalArgumentException if a limit is not more than zero
   */
  static EntrySealer aes256Gcm(
      Supplier<SealingKeys> source, Duration maxAge, long maxEntries, long maxBytes) {
    return new RenewingSealer(
        source,
        new RenewingSealer.Limits(maxAge, maxEntries, maxBytes),
        TimeSource.system(),
        RenewingSealer.ownThread());
  }

  /**
   * Drops keys that can be fetched again, for example before a snapshot of this process is taken.
   * The next use fetches them. By default does nothing.
   */
  default void forget() {}
}
