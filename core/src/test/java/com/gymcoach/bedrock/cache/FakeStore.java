package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A store in memory that can be told to fail, and counts what it is asked. */
public final class FakeStore implements CacheStore {
  private static final Duration LONG = Duration.ofHours(1);

  public final Map<EntryAddress, byte[]> entries = new ConcurrentHashMap<>();
  public final Map<List<Object>, Marker> marks = new ConcurrentHashMap<>();
  public final AtomicInteger reads = new AtomicInteger();

  /** How many of the reads asked for an entry, and not for markers alone. */
  public final AtomicInteger entryReads = new AtomicInteger();

  public final AtomicInteger writes = new AtomicInteger();
  public volatile @Nullable Throwable failReads;

  /** Whether reads and writes never end. */
  public volatile boolean hang;

  /** Whether writes never end. */
  public volatile boolean hangWrites;

  /** Runs while it reads, for example to advance the clock. */
  public volatile Runnable whileReading = () -> {};

  /** The live settings of each namespace. */
  public volatile String settings = "";

  /** How often the live settings were read by themselves, and not with a look-up. */
  public final AtomicInteger settingsReads = new AtomicInteger();

  public volatile @Nullable Throwable failWrites;
  public volatile @Nullable Throwable failMarks;

  /** What happens after a marker was written, and before the writer is told. */
  public volatile Runnable afterMarking = () -> {};

  /** The units that it reports for a look-up and a write. */
  public volatile IntToDoubleFunction readUnits = envelopeBytes -> 0;

  public volatile IntToDoubleFunction writeUnits = envelopeBytes -> 0;

  @Override
  public String name() {
    return "fake";
  }

  /** Its answers are there at once, however slow the machine; only what never ends takes time. */
  @Override
  public Duration readBudget() {
    return hang ? CacheStore.super.readBudget() : LONG;
  }

  @Override
  public Duration writeBudget() {
    return hang || hangWrites ? CacheStore.super.writeBudget() : LONG;
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    reads.incrementAndGet();
    entryReads.addAndGet(query.withEntry() ? 1 : 0);
    whileReading.run();
    if (hang) {
      return new CompletableFuture<>();
    }
    if (failReads != null) {
      return CompletableFuture.failedFuture(failReads);
    }
    EntryAddress address = query.address();
    Markers markers =
        new Markers(
            mark(address.partition(), "*"),
            mark(address.partition(), address.endpoint()),
            query.withNamespaceMarker() ? mark(address.partition().namespace(), "*") : null);
    return CompletableFuture.completedFuture(
        new StoreRead(
            query.withEntry() ? entries.get(address) : null,
            markers,
            false,
            query.withNamespaceMarker() ? settings : null));
  }

  @Override
  public CompletionStage<String> readSettings(String namespace) {
    settingsReads.incrementAndGet();
    if (hang) {
      return new CompletableFuture<>();
    }
    return failReads == null
        ? CompletableFuture.completedFuture(settings)
        : CompletableFuture.failedFuture(failReads);
  }

  private Marker mark(Object whose, String endpoint) {
    return marks.getOrDefault(List.of(whose, endpoint), Marker.NONE);
  }

  @Override
  public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    writes.incrementAndGet();
    if (hang || hangWrites) {
      return new CompletableFuture<>();
    }
    if (failWrites != null) {
      return CompletableFuture.failedFuture(failWrites);
    }
    entries.put(address, envelope);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public double readUnits(StoreQuery query, int envelopeBytes) {
    return readUnits.applyAsDouble(envelopeBytes);
  }

  @Override
  public double writeUnits(EntryAddress address, int envelopeBytes) {
    return writeUnits.applyAsDouble(envelopeBytes);
  }

  @Override
  public CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    if (failMarks != null) {
      return CompletableFuture.failedFuture(failMarks);
    }
    marks.put(List.of(partition, endpoint == null ? "*" : endpoint), marker);
    afterMarking.run();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint) {
    Set<EntryAddress> gone = new HashSet<>();
    entries
        .keySet()
        .removeIf(
            address ->
                address.partition().equals(partition)
                    && (endpoint == null || endpoint.equals(address.endpoint()))
                    && gone.add(address));
    return CompletableFuture.completedFuture(gone);
  }

  @Override
  public void close() {}
}
