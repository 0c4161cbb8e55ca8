package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.CacheStore;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Marker;
import com.gymcoach.bedrock.cache.spi.Markers;
import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.StoreQuery;
import com.gymcoach.bedrock.cache.spi.StoreRead;
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
 * A store in memory whose slowness and failures are scripted. It keeps entries until they are
 * deleted, whatever their retention. Safe for use by many threads.
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

  /** Makes each later call fail with what the supplier gives. */
  public void failWith(Supplier<Throwable> supplier) {
    failure = supplier;
  }

  /** Makes later calls succeed again. */
  public void recover() {
    failure = null;
  }

  /** Makes later calls wait until {@link #release()}; without it they never complete. */
  public void hold() {
    gate = new CompletableFuture<>();
  }

  /** Lets the calls that are held go on, on the calling thread, and holds no later ones. */
  public void release() {
    gate.complete(null);
  }

  /** Puts a marker in force for a namespace, which ordinary users of a store cannot. */
  public void markNamespace(String namespace, Marker marker) {
    synchronized (entries) {
      namespaceMarkers.put(namespace, marker);
    }
  }

  /** Returns how many times {@link #read} was called. */
  public int reads() {
    return reads.get();
  }

  /** Returns how many times {@link #write} was called. */
  public int writes() {
    return writes.get();
  }

  /** Returns how many times {@link #mark} was called. */
  public int marks() {
    return marks.get();
  }

  /** Returns how many times {@link #deleteAll} was called. */
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

  @SuppressWarnings("NullAway") // a stage of Void can only complete with null
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
