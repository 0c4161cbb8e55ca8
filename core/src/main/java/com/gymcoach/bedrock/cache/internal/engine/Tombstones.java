package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Partition;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The scopes whose invalidation the warm tier has not acknowledged: what it holds of them is not
 * taken by this process until an invalidation gets through. Thread-safe.
 */
final class Tombstones {
  /**
   * Beyond so many, nothing is taken from the warm tier at all: memory is bounded, distrust not.
   */
  private static final int MOST = 100_000;

  private record Grave(Partition partition, @Nullable String endpoint) {}

  private final Set<Grave> graves = ConcurrentHashMap.newKeySet();
  private volatile boolean everything;

  void raise(Partition partition, @Nullable String endpoint) {
    if (graves.size() >= MOST) {
      everything = true;
    } else {
      graves.add(new Grave(partition, endpoint));
    }
  }

  /** Removes what an acknowledged invalidation has made good. */
  void remove(Partition partition, @Nullable String endpoint) {
    if (endpoint == null) {
      graves.removeIf(grave -> grave.partition().equals(partition));
    } else {
      graves.remove(new Grave(partition, endpoint));
    }
  }

  boolean stand(EntryAddress address) {
    return everything
        || (!graves.isEmpty()
            && (graves.contains(new Grave(address.partition(), null))
                || graves.contains(new Grave(address.partition(), address.endpoint()))));
  }
}
