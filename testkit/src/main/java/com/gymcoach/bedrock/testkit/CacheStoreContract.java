package com.gymcoach.bedrock.testkit;

import static com.gymcoach.bedrock.testkit.Stages.failure;
import static com.gymcoach.bedrock.testkit.Stages.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contract that the cache expects of every {@link CacheStore}, as JUnit tests. Extend it in the
 * tests of a store and implement the factory method:
 *
 * <pre>{@code
 * class MyStoreContractTest extends CacheStoreContract {
 *   @Override
 *   protected CacheStore createStore() {
 *     return new InMemoryCacheStore(); // your store in its place
 *   }
 * }
 * }</pre>
 *
 * <p>Each test creates a store, uses its own namespace and closes the store. So the backend may be
 * shared and need not be emptied between tests. Requires JUnit 5 and AssertJ. A test fails if a
 * call does not complete within 10 s, so give the store under test generous time limits.
 *
 * <p>Behaviour that is left to the store is not tested. An entry may or may not be returned once
 * its {@code retainUntil} has passed, because the cache decides whether an entry is still valid. An
 * empty envelope need not be accepted, because the cache writes none.
 *
 * <p>Override {@link #createSecondStore()}, {@link #breakBackend()} and {@link #markNamespace} to
 * test more of the contract. Tests that need one of them are skipped if it is not overridden.
 */
@Timeout(120)
public abstract class CacheStoreContract {
  /** More entries than fit on a few pages of any backend that reads or deletes by pages. */
  private static final int MANY = 120;

  private static final int THREADS = 8;

  /** The largest envelope tried, even if the store accepts more. */
  private static final int LARGEST = 8 << 20;

  private static final Digest ALICE = new Digest(1, 2, 3, 4);
  private static final String SECRET = "what the user asked and Bedrock said";

  private final Random random = new Random(20261124);
  private String namespace = "";
  private Partition partition = new Partition(namespace, ALICE, Partition.WHOLE);
  private CacheStore store;

  /** Does nothing: each test creates its store with {@link #createStore()}. */
  protected CacheStoreContract() {}

  /**
   * Creates the store under test, on a working backend. Called once before each test. The store is
   * closed after the test.
   */
  protected abstract CacheStore createStore();

  /**
   * Creates a second store on the backend of the last {@link #createStore()}, as another process
   * would. Called at most once per test, which closes it. By default returns null.
   */
  protected @Nullable CacheStore createSecondStore() {
    return null;
  }

  /**
   * Makes the backend of the last created store fail until the next {@link #createStore()}. By
   * default does nothing.
   *
   * @return whether the backend fails now
   */
  protected boolean breakBackend() {
    return false;
  }

  /**
   * Writes a marker for a whole namespace of the last created store, as an operator does. By
   * default does nothing.
   *
   * @return whether the marker is in force now
   */
  protected boolean markNamespace(String namespace, Marker marker) {
    return false;
  }

  @BeforeEach
  void openStore() {
    namespace = "contract-" + UUID.randomUUID();
    partition = new Partition(namespace, ALICE, Partition.WHOLE);
    store = createStore();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void name_isStableAndNotBlank() {
    assertThat(store.name()).isNotBlank().isEqualTo(store.name());
  }

  @Test
  void budgets_arePositive() {
    assertThat(store.readBudget()).isPositive();
    assertThat(store.writeBudget()).isPositive();
    assertThat(store.maxEnvelopeBytes()).isPositive();
  }

  @Test
  void read_whenNothingWasWritten_isAbsentUnderMarkersOfNone() {
    StoreRead read = get(store.read(new StoreQuery(address("chat"), true, true)));
    assertThat(read.envelope()).isNull();
    assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, Marker.NONE));
  }

  @Test
  void read_whenNamespaceMarkerNotAskedFor_doesNotGuessIt() {
    assertThat(markers(partition, "chat").namespace()).isNull();
  }

  @Test
  void read_whenNamespaceMarked_seesItWhereAskedFor() {
    Marker marker = marker();
    assumeTrue(markNamespace(namespace, marker), "The store's test cannot mark a namespace");
    StoreRead read = get(store.read(new StoreQuery(address("chat"), false, true)));
    assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, marker));
    assertThat(markers(partition, "chat")).isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
  }

  @Test
  void read_whenWritten_returnsTheSameBytes() {
    byte[] each = new byte[256];
    for (int i = 0; i < each.length; i++) {
      each[i] = (byte) i;
    }
    for (byte[] envelope : List.of(each, new byte[1], bytes(1), bytes(1024), bytes(5000))) {
      EntryAddress address = address("chat");
      write(address, envelope);
      assertThat(envelope(address)).isEqualTo(envelope);
    }
  }

  @Test
  void read_whenEnvelopeIsTheLargestTaken_returnsIt() {
    byte[] envelope = bytes(Math.min(store.maxEnvelopeBytes(), LARGEST));
    EntryAddress address = address("chat");
    write(address, envelope);
    assertThat(Arrays.equals(envelope(address), envelope)).isTrue(); // a difference is not printed
  }

  @Test
  void read_whenMarkersAloneAskedFor_returnsNoEnvelope() {
    EntryAddress address = address("chat");
    write(address, bytes(64));
    StoreRead read = get(store.read(new StoreQuery(address, false, false)));
    assertThat(read.envelope()).isNull();
    assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
  }

  @Test
  void read_whenReturnedArrayIsChanged_returnsTheEntryUnchanged() {
    EntryAddress address = address("chat");
    byte[] envelope = bytes(64);
    write(address, envelope);
    byte[] returned = envelope(address);
    assertThat(returned).isNotNull();
    Arrays.fill(returned, (byte) 0);
    assertThat(envelope(address)).isEqualTo(envelope);
  }

  @Test
  void write_whenGivenArrayIsChangedAfterwards_keepsWhatItWas() {
    EntryAddress address = address("chat");
    byte[] envelope = bytes(64);
    byte[] given = envelope.clone();
    write(address, given);
    Arrays.fill(given, (byte) 0);
    assertThat(envelope(address)).isEqualTo(envelope);
  }

  @Test
  void write_whenThereIsAnEntry_replacesIt() {
    EntryAddress address = address("chat");
    for (byte[] envelope : List.of(bytes(2000), bytes(10), bytes(3000))) {
      write(address, envelope);
      assertThat(envelope(address)).isEqualTo(envelope);
    }
  }

  @Test
  void write_whenOnePartOfTheAddressDiffers_isAnotherEntry() {
    Digest key = digest();
    Map<EntryAddress, byte[]> written = new HashMap<>();
    for (Partition each : partitionsLike(partition)) {
      written.put(new EntryAddress(each, "chat", key), bytes(32));
    }
    for (String endpoint : namesLike("chat")) {
      written.put(new EntryAddress(partition, endpoint, key), bytes(32));
    }
    for (Digest each : digestsLike(key)) {
      written.put(new EntryAddress(partition, "chat", each), bytes(32));
    }
    EntryAddress absent = new EntryAddress(partition, "chat", key);
    written.forEach(this::write);
    assertThat(envelope(absent)).isNull();
    written.put(absent, bytes(32));
    write(absent, written.get(absent));
    written.forEach(
        (address, envelope) ->
            assertThat(envelope(address)).as(address.toString()).isEqualTo(envelope));
  }

  @Test
  void write_whenConcurrent_keepsOneOfTheEntriesWhole() throws Exception {
    EntryAddress address = address("chat");
    List<byte[]> written = new ArrayList<>();
    List<Supplier<CompletionStage<Void>>> writes = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      byte[] envelope = bytes(500 + 100 * i);
      written.add(envelope);
      writes.add(() -> store.write(address, envelope, retainUntil()));
    }
    atOnce(writes);
    assertThat(written).usingElementComparator(Arrays::compare).contains(envelope(address));
  }

  @Test
  void mark_whenPartitionMarked_isSeenAtEachEndpointAndNowhereElse() {
    Marker marker = marker();
    mark(partition, null, marker);
    assertThat(markers(partition, "chat")).isEqualTo(new Markers(marker, Marker.NONE, null));
    assertThat(markers(partition, "chat-2")).isEqualTo(new Markers(marker, Marker.NONE, null));
    assertUnmarked(partitionsLike(partition), "chat");
  }

  @Test
  void mark_whenShardMarked_isSeenInNoOther() {
    Partition shard = new Partition(namespace, ALICE, 1);
    mark(shard, null, marker());
    assertUnmarked(partitionsLike(shard), "chat");
  }

  @Test
  void mark_whenEndpointMarked_isSeenThereAndNowhereElse() {
    Marker marker = marker();
    mark(partition, "chat", marker);
    assertThat(markers(partition, "chat")).isEqualTo(new Markers(Marker.NONE, marker, null));
    for (String endpoint : namesLike("chat")) {
      assertUnmarked(List.of(partition), endpoint);
    }
    assertUnmarked(partitionsLike(partition), "chat");
  }

  @Test
  void mark_whenPartitionAndEndpointMarked_keepsThemApartWhateverTheEndpointIsCalled() {
    Marker scope = marker();
    mark(partition, null, scope);
    for (String endpoint : List.of("scope", "namespace", "marker", "s", "M", "ttl", "null", ".")) {
      assertThat(markers(partition, endpoint)).isEqualTo(new Markers(scope, Marker.NONE, null));
      Marker marker = marker();
      mark(partition, endpoint, marker);
      assertThat(markers(partition, endpoint)).isEqualTo(new Markers(scope, marker, null));
    }
  }

  @Test
  void mark_whenMarkedTwice_theLaterIsInForce() {
    for (String endpoint : Arrays.asList(null, "chat")) {
      mark(partition, endpoint, marker());
    }
    Marker scope = marker();
    Marker endpoint = marker();
    mark(partition, null, scope);
    mark(partition, "chat", endpoint);
    assertThat(markers(partition, "chat")).isEqualTo(new Markers(scope, endpoint, null));
  }

  @Test
  void mark_whateverItsBits_isReadAsItWas() {
    for (Marker marker :
        List.of(new Marker(0, 1), new Marker(1, 0), new Marker(-1, Long.MIN_VALUE), marker())) {
      mark(partition, "chat", marker);
      assertThat(markers(partition, "chat").endpoint()).isEqualTo(marker);
    }
  }

  @Test
  void mark_whenConcurrent_putsOneOfThemInForce() throws Exception {
    List<Marker> marked = new ArrayList<>();
    List<Supplier<CompletionStage<Void>>> marks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Marker marker = marker();
      marked.add(marker);
      marks.add(() -> store.mark(partition, "chat", marker, retainUntil()));
    }
    atOnce(marks);
    assertThat(marked).contains(markers(partition, "chat").endpoint());
  }

  @Test
  void mark_whenThereAreEntries_leavesThem() {
    EntryAddress address = address("chat");
    byte[] envelope = bytes(64);
    write(address, envelope);
    mark(partition, null, marker());
    mark(partition, "chat", marker());
    assertThat(envelope(address)).isEqualTo(envelope);
  }

  @Test
  void deleteAll_whenThereAreEntries_returnsExactlyThoseThatWent() {
    Set<EntryAddress> written = new HashSet<>();
    for (String endpoint : List.of("chat", "chat", "workout-plan")) {
      written.add(address(endpoint));
    }
    written.forEach(address -> write(address, bytes(64)));
    written.forEach(address -> write(address, bytes(64))); // an entry written twice is one entry
    assertThat(deleteAll(partition, null)).isEqualTo(written);
    written.forEach(address -> assertThat(envelope(address)).isNull());
    assertThat(deleteAll(partition, null)).isEmpty();
  }

  @Test
  void deleteAll_whenEndpointNamed_leavesTheOthers() {
    EntryAddress chat = address("chat");
    write(chat, bytes(64));
    List<EntryAddress> others = new ArrayList<>();
    namesLike("chat").forEach(endpoint -> others.add(address(endpoint)));
    others.forEach(address -> write(address, bytes(64)));
    assertThat(deleteAll(partition, "chat")).containsExactly(chat);
    assertThat(envelope(chat)).isNull();
    others.forEach(address -> assertThat(envelope(address)).as(address.toString()).isNotNull());
    assertThat(deleteAll(partition, "chat")).isEmpty();
  }

  @Test
  void deleteAll_whenPartitionNamed_leavesTheOthers() {
    assertOthersLeft(partition);
  }

  @Test
  void deleteAll_whenShardNamed_leavesTheOthers() {
    assertOthersLeft(new Partition(namespace, ALICE, 1));
  }

  @Test
  void deleteAll_whenThereAreMarkers_leavesThem() {
    Markers marked = new Markers(marker(), marker(), null);
    mark(partition, null, marked.scope());
    mark(partition, "chat", marked.endpoint());
    write(address("chat"), bytes(64));
    assertThat(deleteAll(partition, "chat")).hasSize(1);
    assertThat(deleteAll(partition, null)).isEmpty();
    assertThat(markers(partition, "chat")).isEqualTo(marked);
  }

  @Test
  void deleteAll_whenThereAreMany_reachesAll() {
    Set<EntryAddress> written = new HashSet<>();
    for (int i = 0; i < MANY; i++) {
      EntryAddress address = address("chat");
      written.add(address);
      write(address, bytes(64));
    }
    assertThat(deleteAll(partition, null)).isEqualTo(written);
    written.forEach(address -> assertThat(envelope(address)).isNull());
  }

  @Test
  void read_whenAnotherStoreWroteAndMarked_seesBoth() {
    CacheStore made = createSecondStore();
    assumeTrue(made != null, "The store's test makes no second store");
    try (CacheStore second = Objects.requireNonNull(made)) {
      EntryAddress address = address("chat");
      byte[] envelope = bytes(64);
      Marker marker = marker();
      assertThat(second.name()).isEqualTo(store.name());
      assertThat(envelope(address)).isNull(); // the store might remember this from now on
      get(second.write(address, envelope, retainUntil()));
      get(second.mark(partition, null, marker, retainUntil()));
      assertThat(envelope(address)).isEqualTo(envelope);
      assertThat(markers(partition, "chat").scope()).isEqualTo(marker);
      assertThat(get(second.deleteAll(partition, null))).containsExactly(address);
      assertThat(envelope(address)).isNull();
    }
  }

  @Test
  void everyCall_whenTheBackendFails_failsItsStageAndTellsNoPayload() {
    write(address("chat"), secret());
    assumeTrue(breakBackend(), "The store's test cannot break its backend");
    for (Throwable failure : failures()) {
      StringWriter text = new StringWriter();
      failure.printStackTrace(new PrintWriter(text, true));
      assertThat(text.toString()).doesNotContain(SECRET);
    }
  }

  @Test
  void everyCall_whenTheStoreIsClosed_failsItsStage() {
    store.close();
    assertThat(failures()).hasSize(4).doesNotContainNull();
  }

  @Test
  void close_whenClosed_changesNothing() {
    store.close();
    assertThatCode(() -> store.close()).doesNotThrowAnyException();
  }

  @Test
  void toString_whenThereIsAnEntry_tellsNothingOfIt() {
    EntryAddress address = address("chat");
    write(address, secret());
    assertThat(store.toString())
        .doesNotContain(SECRET)
        .doesNotContain(Arrays.toString(secret()))
        .doesNotContain(address.key().text());
  }

  private void assertUnmarked(List<Partition> partitions, String endpoint) {
    for (Partition each : partitions) {
      assertThat(markers(each, endpoint))
          .as("%s, %s", each, endpoint)
          .isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
    }
  }

  private void assertOthersLeft(Partition mine) {
    EntryAddress gone = new EntryAddress(mine, "chat", digest());
    write(gone, bytes(64));
    List<EntryAddress> others = new ArrayList<>();
    partitionsLike(mine).forEach(each -> others.add(new EntryAddress(each, "chat", digest())));
    others.forEach(address -> write(address, bytes(64)));
    assertThat(deleteAll(mine, null)).containsExactly(gone);
    others.forEach(address -> assertThat(envelope(address)).as(address.toString()).isNotNull());
  }

  /** Makes each kind of call, all of which must fail, and returns the failures. */
  private List<Throwable> failures() {
    EntryAddress address = address("chat");
    return List.of(
        failure("read", () -> store.read(new StoreQuery(address, true, true))),
        failure("write", () -> store.write(address, secret(), retainUntil())),
        failure("mark", () -> store.mark(partition, "chat", marker(), retainUntil())),
        failure("deleteAll", () -> store.deleteAll(partition, null)));
  }

  /** Makes each call on its own thread, all starting together, and waits for all. */
  private static void atOnce(List<Supplier<CompletionStage<Void>>> calls) throws Exception {
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

  private void write(EntryAddress address, byte[] envelope) {
    get(store.write(address, envelope, retainUntil()));
  }

  private void mark(Partition whose, @Nullable String endpoint, Marker marker) {
    get(store.mark(whose, endpoint, marker, retainUntil()));
  }

  private Set<EntryAddress> deleteAll(Partition whose, @Nullable String endpoint) {
    return get(store.deleteAll(whose, endpoint));
  }

  private byte @Nullable [] envelope(EntryAddress address) {
    return get(store.read(new StoreQuery(address, true, false))).envelope();
  }

  private Markers markers(Partition whose, String endpoint) {
    EntryAddress address = new EntryAddress(whose, endpoint, digest());
    Markers markers = get(store.read(new StoreQuery(address, false, false))).markers();
    if (markers == null) {
      throw new AssertionError("The store did not read the markers although nothing failed");
    }
    return markers;
  }

  private EntryAddress address(String endpoint) {
    return new EntryAddress(partition, endpoint, digest());
  }

  /** Returns partitions that differ from one in a single part, and only slightly. */
  private List<Partition> partitionsLike(Partition one) {
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
  private static List<String> namesLike(String name) {
    String longest = name + "-".repeat(64 - name.length());
    String shorter = name.substring(0, name.length() - 1);
    return List.of(name + "-2", name + ".b", longest, shorter, name.toUpperCase(Locale.ROOT));
  }

  /** Returns digests that differ from the given one in one bit of one of the four parts. */
  private static List<Digest> digestsLike(Digest one) {
    return List.of(
        new Digest(one.first() ^ Long.MIN_VALUE, one.second(), one.third(), one.fourth()),
        new Digest(one.first(), one.second() ^ 1, one.third(), one.fourth()),
        new Digest(one.first(), one.second(), one.third() ^ 1, one.fourth()),
        new Digest(one.first(), one.second(), one.third(), one.fourth() ^ 1));
  }

  private Digest digest() {
    return new Digest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  private Marker marker() {
    return new Marker(random.nextLong(), random.nextLong());
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] secret() {
    return SECRET.getBytes(StandardCharsets.UTF_8);
  }

  private static Instant retainUntil() {
    return Instant.now().plus(Duration.ofDays(1)); // a backend may delete by its own clock
  }
}
