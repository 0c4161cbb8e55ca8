package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.store.BlockingCacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The smallest store that blocks: it stands on two maps, which several of them may share. */
final class BlockingMapStore implements BlockingCacheStore {
  private record MarkerKey(Partition partition, @Nullable String endpoint) {}

  /** What stores share. */
  static final class Backend {
    private final Map<EntryAddress, byte[]> entries = new ConcurrentHashMap<>();
    private final Map<MarkerKey, Marker> markers = new ConcurrentHashMap<>();
    private volatile boolean broken;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** Makes all later calls fail. */
    void fail() {
      broken = true;
    }

    /** Makes later calls wait for the latch that it returns. */
    CountDownLatch hold() {
      gate = new CountDownLatch(1);
      return gate;
    }
  }

  private final Backend backend;

  BlockingMapStore(Backend backend) {
    this.backend = backend;
  }

  @Override
  public String name() {
    return "maps";
  }

  @Override
  public StoreRead read(StoreQuery query) {
    check();
    EntryAddress address = query.address();
    // The markers first: whoever writes meanwhile writes under these or later ones.
    Markers markers =
        new Markers(
            marker(address.partition(), null),
            marker(address.partition(), address.endpoint()),
            query.withNamespaceMarker() ? Marker.NONE : null);
    byte[] entry = query.withEntry() ? backend.entries.get(address) : null;
    return new StoreRead(entry == null ? null : entry.clone(), markers);
  }

  @Override
  public void write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    check();
    backend.entries.put(address, envelope.clone());
  }

  @Override
  public void mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    check();
    backend.markers.put(new MarkerKey(partition, endpoint), marker);
  }

  @Override
  public Set<EntryAddress> deleteAll(Partition partition, @Nullable String endpoint) {
    check();
    Set<EntryAddress> gone = new HashSet<>();
    for (EntryAddress address : Set.copyOf(backend.entries.keySet())) {
      if (address.partition().equals(partition)
          && (endpoint == null || address.endpoint().equals(endpoint))
          && backend.entries.remove(address) != null) {
        gone.add(address);
      }
    }
    return gone;
  }

  @Override
  public void close() {}

  private Marker marker(Partition partition, @Nullable String endpoint) {
    return backend.markers.getOrDefault(new MarkerKey(partition, endpoint), Marker.NONE);
  }

  private void check() {
    try {
      backend.gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the backend was held", e);
    }
    if (backend.broken) {
      throw new IllegalStateException("The backend is down");
    }
  }
}
