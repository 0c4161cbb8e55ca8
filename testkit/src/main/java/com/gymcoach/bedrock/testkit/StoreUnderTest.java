package com.gymcoach.bedrock.testkit;

import static com.gymcoach.bedrock.testkit.Stages.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store under test, a separate namespace for each test, and calls and values for tests. */
abstract class StoreUnderTest {
  static final int THREADS = 8;

  /** The largest envelope tried, even if the store accepts more. */
  private static final int MAX_TRIED_BYTES = 8 << 20;

  static final Digest ALICE = new Digest(1, 2, 3, 4);

  final Random random = new Random(20261124);
  String namespace = "";
  Partition partition = new Partition(namespace, ALICE, Partition.WHOLE);
  CacheStore underTest;

  /** As {@link CacheStoreContract#createStore()}. */
  protected abstract CacheStore createStore();

  /** As {@link CacheStoreContract#createSecondStore()}. */
  protected abstract @Nullable CacheStore createSecondStore();

  /** As {@link CacheStoreContract#breakBackend()}. */
  protected abstract boolean breakBackend();

  /** As {@link CacheStoreContract#markNamespace}. */
  protected abstract boolean markNamespace(String namespace, Marker marker);

  @BeforeEach
  void openStore() {
    namespace = "contract-" + UUID.randomUUID();
    partition = new Partition(namespace, ALICE, Partition.WHOLE);
    underTest = createStore();
  }

  @AfterEach
  void closeStore() {
    underTest.close();
  }

  void write(EntryAddress address, byte[] envelope) {
    get(underTest.write(address, envelope, retainUntil()));
  }

  void mark(Partition whose, @Nullable String endpoint, Marker marker) {
    get(underTest.mark(whose, endpoint, marker, retainUntil()));
  }

  Set<EntryAddress> deleteAll(Partition whose, @Nullable String endpoint) {
    return get(underTest.deleteAll(whose, endpoint));
  }

  byte @Nullable [] envelope(EntryAddress address) {
    return get(underTest.read(new StoreQuery(address, true, false))).envelope();
  }

  Markers markers(Partition whose, String endpoint) {
    EntryAddress address = new EntryAddress(whose, endpoint, digest());
    Markers markers = get(underTest.read(new StoreQuery(address, false, false))).markers();
    if (markers == null) {
      throw new AssertionError("The store did not read the markers although nothing failed");
    }
    return markers;
  }

  EntryAddress address(String endpoint) {
    return new EntryAddress(partition, endpoint, digest());
  }

  /** Returns partitions that differ from one in a single part, and only slightly. */
  List<Partition> partitionsLike(Partition one) {
    List<Partition> others = new ArrayList<>();
    for (String name : namesLike(one.namespace())) {
      others.add(new Partition(name, one.principal(), one.shard()));
    }
    for (Digest principal : digestsLike(one.principal())) {
      others.add(new Partition(one.namespace(), principal, one.shard()));
    }
    for (int shard = Partition.WHOLE; shard < 16; shard++) {
      if (shard != one.shard()) {
        others.add(new Partition(one.namespace(), one.principal(), shard));
      }
    }
    return others;
  }

  /** Returns names that begin like the given one, or differ from it only by case. */
  static List<String> namesLike(String name) {
    String longest = name + "-".repeat(64 - name.length());
    String shorter = name.substring(0, name.length() - 1);
    return List.of(name + "-2", name + ".b", longest, shorter, name.toUpperCase(Locale.ROOT));
  }

  /** Returns digests that differ from the given one in one bit of one of the four parts. */
  static List<Digest> digestsLike(Digest one) {
    return List.of(
        new Digest(one.first() ^ Long.MIN_VALUE, one.second(), one.third(), one.fourth()),
        new Digest(one.first(), one.second() ^ 1, one.third(), one.fourth()),
        new Digest(one.first(), one.second(), one.third() ^ 1, one.fourth()),
        new Digest(one.first(), one.second(), one.third(), one.fourth() ^ 1));
  }

  Digest digest() {
    return new Digest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  Marker marker() {
    return new Marker(random.nextLong(), random.nextLong());
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Returns an envelope of the largest size that the store accepts, or of 8 MB if that is less. */
  byte[] largest() {
    return bytes(Math.min(underTest.maxEnvelopeBytes(), MAX_TRIED_BYTES));
  }

  /** Checks an entry. If it differs, its bytes are not printed: there may be millions. */
  void assertIs(byte[] envelope, EntryAddress address) {
    assertThat(Arrays.equals(envelope(address), envelope)).as("is the entry").isTrue();
  }

  static Instant retainUntil() {
    return Instant.now().plus(Duration.ofDays(1)); // a backend may delete by its own clock
  }

  /** Makes each call on its own thread, all starting together, and waits for all. */
  static void atOnce(List<Supplier<CompletionStage<Void>>> calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(calls.size());
    try {
      CyclicBarrier start = new CyclicBarrier(calls.size());
      List<Callable<CompletionStage<Void>>> tasks = new ArrayList<>();
      for (Supplier<CompletionStage<Void>> call : calls) {
        tasks.add(
            () -> {
              start.await(10, TimeUnit.SECONDS);
              return call.get();
            });
      }
      for (Future<CompletionStage<Void>> made : threads.invokeAll(tasks, 30, TimeUnit.SECONDS)) {
        get(made.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
