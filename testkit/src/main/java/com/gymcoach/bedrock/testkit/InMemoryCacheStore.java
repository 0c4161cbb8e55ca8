package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An in-memory store with scripted delays and failures. It keeps entries until they are deleted,
 * even after their {@code retainUntil}. Thread-safe.
 */
public final class InMemoryCacheStore implements CacheStore {
  private record MarkerKey(Partition partition, @Nullable String endpoint) {}

  private final Map<EntryAddress, byte[]> entries = new HashMap<>();
  private final Map<MarkerKey, Marker> markers = new HashMap<>();
  private final Map<String, Marker> namespaceMarkers = new HashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();
  private final AtomicInteger marks = new AtomicInteger();
  private final AtomicInteger deletes = new AtomicInteger();
  private volatile @Nullable Supplier<Throwable> failure;
  private volatile CompletableFuture<@Nullable Void> gate = CompletableFuture.completedFuture(null);
  private volatile boolean closed;

  /** Makes each later call fail with the supplier's exception. */
  public void failWith(Supplier<Throwable> supplier) {
    failure = supplier;
  }

  /** Returns false while calls fail as those of a store do whose circuit breaker is open. */
  @Override
  public boolean isAvailable() {
    Supplier<Throwable> scripted = failure;
    return scripted == null || !(scripted.get() instanceof StoreUnavailableException);
  }

  /** Makes later calls succeed again. */
  public void recover() {
    failure = null;
  }

  /** Holds later calls until {@link #release()}; without it they never complete. */
  public void hold() {
    gate = new CompletableFuture<>();
  }

  /** Continues the held calls on the calling thread, and stops holding later ones. */
  public void release() {
    gate.complete(null);
  }

  /** Writes a marker for a namespace. The {@link CacheStore} interface cannot do this. */
  public void markNamespace(String namespace, Marker marker) {
    synchronized (entries) {
      namespaceMarkers.put(namespace, marker);
    }
  }

  /** Returns the number of calls of {@link #read}. */
  public int reads() {
    return reads.get();
  }

  /** Returns the number of calls of {@link #write}. */
  public int writes() {
    return writes.get();
  }

  /** Returns the number of calls of {@link #mark}. */
  public int marks() {
    return marks.get();
  }

  /** Returns the number of calls of {@link #deleteAll}. */
  public int deletes() {
    return deletes.get();
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    reads.incrementAndGet();
    return run(
        () -> {
          EntryAddress address = query.address();
          Partition partition = address.partition();
          byte[] entry = query.withEntry() ? entries.get(address) : null;
          Marker namespace =
              query.withNamespaceMarker()
                  ? namespaceMarkers.getOrDefault(partition.namespace(), Marker.NONE)
                  : null;
          return new StoreRead(
              entry == null ? null : entry.clone(),
              new Markers(
                  marker(partition, null), marker(partition, address.endpoint()), namespace));
        });
  }

  @Override
  public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    writes.incrementAndGet();
    byte[] copy = envelope.clone();
    return done(() -> entries.put(address, copy));
  }

  @Override
  public CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    marks.incrementAndGet();
    return done(() -> markers.put(new MarkerKey(partition, endpoint), marker));
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint) {
    deletes.incrementAndGet();
    return run(
        () -> {
          Set<EntryAddress> gone = new HashSet<>();
          for (EntryAddress address : entries.keySet()) {
            if (address.partition().equals(partition)
                && (endpoint == null || address.endpoint().equals(endpoint))) {
              gone.add(address);
            }
          }
          entries.keySet().removeAll(gone);
          return gone;
        });
  }

  @Override
  public void close() {
    closed = true;
  }

  private Marker marker(Partition partition, @Nullable String endpoint) {
    return markers.getOrDefault(new MarkerKey(partition, endpoint), Marker.NONE);
  }

  @SuppressWarnings("NullAway") // a CompletionStage<Void> can only complete with null
  private CompletionStage<Void> done(Runnable call) {
    return run(
        () -> {
          call.run();
          return null;
        });
  }

  private <T> CompletionStage<T> run(Supplier<T> call) {
    if (closed) {
      return CompletableFuture.failedFuture(new IllegalStateException("The store is closed"));
    }
    Supplier<Throwable> failing = failure;
    return gate.thenCompose(
        opened -> {
          if (failing != null) {
            return CompletableFuture.failedFuture(failing.get());
          }
          synchronized (entries) {
            return CompletableFuture.completedFuture(call.get());
          }
        });
  }
}
