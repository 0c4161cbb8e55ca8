package com.gymcoach.bedrock.cache.spi.store;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The address of one entry. Two requests share an entry if and only if their addresses are equal.
 *
 * @param partition the partition that holds the entry
 * @param endpoint the scope's endpoint, {@code [A-Za-z0-9._-]{1,64}}
 * @param key the digest of everything that can change the answer
 */
public record EntryAddress(Partition partition, String endpoint, Digest key) {
  /** Checks that nothing is null. */
  public EntryAddress {
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(endpoint, "endpoint");
    Objects.requireNonNull(key, "key");
  }

  // Hand-written, as in Digest.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof EntryAddress that
            && key.equals(that.key)
            && endpoint.equals(that.endpoint)
            && partition.equals(that.partition));
  }

  @Override
  public int hashCode() {
    return key.hashCode(); // the key's digest covers partition and endpoint
  }
}
