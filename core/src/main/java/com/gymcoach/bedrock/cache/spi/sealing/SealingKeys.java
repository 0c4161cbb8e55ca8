package com.gymcoach.bedrock.cache.spi.sealing;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of a sealer, which reads the arrays once and does not keep them.
 *
 * @param keyId identifies the key that seals, 0 or more; never reuse a number for another key
 * @param key 32 random bytes
 * @param older keys that only open entries, by number
 */
public record SealingKeys(int keyId, byte[] key, Map<Integer, byte[]> older) {

  /** Returns a single key without older ones. */
  public static SealingKeys of(int keyId, byte[] key) {
    return new SealingKeys(keyId, key, Map.of());
  }

  /** Returns the keys' numbers, but no key. */
  @Override
  public String toString() {
    Set<Integer> numbers = new TreeSet<>(older.keySet());
    return "SealingKeys[seals=" + keyId + ", opens=" + numbers + "]";
  }
}
