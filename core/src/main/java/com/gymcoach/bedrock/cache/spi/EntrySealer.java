package com.gymcoach.bedrock.cache.spi;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Seals stored entries, so that who can read the store learns nothing of them, and who can write it
 * cannot make, change, move or prolong one. Must be safe for use by many threads.
 *
 * <p>With a sealer the cache takes no entry that is not sealed. What a store's writer can still do
 * is to delete entries, and to put back an older one in its own place while it is still good.
 */
public interface EntrySealer {

  /**
   * Seals an entry.
   *
   * @param scope names whose entry it is; entries of two scopes should not share a key
   * @param address all of where the entry lives: it must not open anywhere else
   * @param content what to seal, its times and markers included
   */
  byte[] seal(byte[] scope, byte[] address, byte[] content);

  /**
   * Opens what {@link #seal} made of the same scope and address.
   *
   * @throws IOException if it is not that, bit for bit, or was sealed with a key that is not here
   */
  byte[] open(byte[] scope, byte[] address, byte[] sealed) throws IOException;

  /**
   * Returns a sealer with AES-256-GCM (NIST SP 800-38D), a key for each scope by HKDF-SHA-256 (RFC
   * 5869), and a random nonce for each entry.
   *
   * @param keyId names the key in each entry, 0 or more; never use a number again for another key
   * @param key 32 random bytes, from a secret store; copied
   * @throws IllegalArgumentException if the number or the key is not such
   */
  static EntrySealer aes256Gcm(int keyId, byte[] key) {
    return aes256Gcm(keyId, key, Map.of());
  }

  /**
   * Returns the same, which also opens what was sealed with older keys. To change the key: first
   * give all processes the new key as one that opens, then make it the one that seals, and leave
   * out the old one when what it sealed has expired.
   *
   * @param older keys by number
   */
  static EntrySealer aes256Gcm(int keyId, byte[] key, Map<Integer, byte[]> older) {
    return new AesGcmSealer(keyId, key, older);
  }

  /**
   * Returns the same with keys that are fetched, such as data keys that AWS KMS has decrypted, and
   * not used for longer, for more or for larger than is said. The source is asked at once, on this
   * thread, and then on a daemon thread of its own whenever half of a limit is used; it must be
   * safe to call from any thread. Where it has none in time, entries are not written, or once the
   * keys are too old not taken either; nobody waits for it.
   *
   * @param source returns the keys that are in force
   * @param maxAge how long keys seal and open
   * @param maxEntries how many entries one key seals in this process
   * @param maxBytes how many bytes it seals
   * @throws IllegalArgumentException if a limit is not more than zero
   */
  static EntrySealer aes256Gcm(
      Supplier<SealingKeys> source, Duration maxAge, long maxEntries, long maxBytes) {
    return new RenewingSealer(
        source, maxAge, maxEntries, maxBytes, TimeSource.system(), RenewingSealer.ownThread());
  }

  /**
   * Drops keys that can be fetched again, as before a snapshot of this process is taken. The next
   * use fetches them. Does nothing unless overridden.
   */
  default void forget() {}
}
