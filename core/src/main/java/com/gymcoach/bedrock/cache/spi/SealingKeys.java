package com.gymcoach.bedrock.cache.spi;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of a sealer.
 *
 * @param keyId names the key that seals, 0 or more; never use a number again for another key
 * @param key 32 random bytes
 * @param older keys that only open what they sealed, by number
 */
public record SealingKeys(int keyId, byte[] key, Map<Integer, byte[]> older) {

  /** Returns one key alone. */
  public static SealingKeys of(int keyId, byte[] key) {
    return new SealingKeys(keyId, key, Map.of());
  }

  /** Names the keys' numbers, and no key. */
  @Override
  public String toString() {
    Set<Integer> numbers = new TreeSet<>(older.keySet());
    return "SealingKeys[seals=" + keyId + ", opens=" + numbers + "]";
  }
}
