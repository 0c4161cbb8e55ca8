package com.gymcoach.bedrock.cache.spi.store;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The unit that an invalidation reaches: the entries of one user, or one shard of the entries that
 * all users share. A store keeps a partition's entries and markers together. {@link
 * com.gymcoach.bedrock.cache.CacheScope#partitions} returns all partitions of a scope.
 *
 * @param namespace the cache's namespace, {@code [A-Za-z0-9._-]{1,64}}
 * @param principal the digest of the user id, or that of the shared principal
 * @param shard the shard of the shared entries, 0 to 15, or {@link #WHOLE} for a user
 */
public record Partition(String namespace, Digest principal, int shard) {
  /** The shard of a partition that is not divided. */
  public static final int WHOLE = -1;

  /** Checks that nothing is null. */
  public Partition {
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(principal, "principal");
  }

  // Hand-written, as in Digest.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Partition that
        && shard == that.shard
        && principal.equals(that.principal)
        && namespace.equals(that.namespace);
  }

  @Override
  public int hashCode() {
    return 31 * principal.hashCode() + shard;
  }
}
