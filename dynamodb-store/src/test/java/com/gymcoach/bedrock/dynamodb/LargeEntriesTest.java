package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Entries in parts, as they are in the table and as they are read. */
@ParameterizedClass
@EnumSource(Kind.class)
@Timeout(120)
class LargeEntriesTest {
  private static final Digest ALICE = new Digest(1, 2, 3, 4);
  private static final Partition PARTITION = new Partition("prod", ALICE, Partition.WHOLE);
  private static final Instant NOW = Instant.parse("2126-01-02T03:04:05Z");
  private static final Instant UNTIL = NOW.plus(Duration.ofHours(1));
  private static final int LARGE = 1_000_000;

  private final Kind kind;
  private final String table = Dynamo.table();
  private final RequestNotes notes = new RequestNotes();
  private final ManualTime time = ManualTime.startingAt(NOW);
  private final Random random = new Random(7);
  private final CacheStore store;
  private final EntryAddress address = address();

  LargeEntriesTest(Kind kind) {
    this.kind = kind;
    this.store =
        notes.store(kind, table).maxEnvelopeBytes(EntryParts.MAX_BYTES).timeSource(time).build();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private EntryAddress address() {
    Digest key =
        new Digest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    return new EntryAddress(PARTITION, "chat", key);
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private void write(EntryAddress where, byte[] envelope) throws Exception {
    get(store.write(where, envelope, UNTIL));
  }

  private StoreRead read(EntryAddress where) throws Exception {
    return get(store.read(new StoreQuery(where, true, false)));
  }

  private void assertIs(byte[] envelope, StoreRead read) {
    assertThat(Arrays.equals(envelope, read.envelope())).as("the entry").isTrue();
    assertThat(read.entryUnread()).isFalse();
  }

  /** A miss that is counted, and replaced by the next answer. */
  private void assertBroken(StoreRead read) {
    assertThat(read.envelope()).isEmpty();
    assertThat(read.entryUnread()).isFalse();
    assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
  }

  /** The items of the table by sort key, without the markers'. */
  private NavigableMap<String, Map<String, AttributeValue>> items() {
    NavigableMap<String, Map<String, AttributeValue>> items = new TreeMap<>();
    for (Map<String, AttributeValue> item : Dynamo.items(table).values()) {
      if (!Dynamo.text(item, "SK").equals("M")) {
        items.put(Dynamo.text(item, "SK"), item);
      }
    }
    return items;
  }

  private static AttributeValue body(Map<String, AttributeValue> item) {
    return Objects.requireNonNull(item.get("b"));
  }

  private void put(Map<String, AttributeValue> item, AttributeValue body) {
    Map<String, AttributeValue> changed = new HashMap<>(item);
    changed.put("b", body);
    Dynamo.client().putItem(put -> put.tableName(table).item(changed));
  }

  private void delete(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> key = new HashMap<>(item);
    key.keySet().retainAll(List.of("PK", "SK"));
    Dynamo.client().deleteItem(delete -> delete.tableName(table).key(key));
  }

  @Test
  void write_ofALargeEntry_makesAHeadAndPartsThatExpireWithIt() throws Exception {
    byte[] envelope = bytes(LARGE);
    write(address, envelope);
    assertThat(notes.made).containsExactly("BatchWriteItem", "PutItem");
    NavigableMap<String, Map<String, AttributeValue>> items = items();
    assertThat(items).hasSize(1 + 3);
    String head = items.firstKey();
    assertThat(head).isEqualTo("E#chat#" + address.key().text());
    EntryHead stored = Objects.requireNonNull(EntryHead.of(body(items.firstEntry().getValue())));
    assertThat(stored.parts()).isEqualTo(3);
    byte[] joined = new byte[0];
    for (int i = 0; i < 3; i++) {
      Map<String, AttributeValue> part =
          Objects.requireNonNull(items.get(head + "#" + i + "#" + stored.sha256().text()));
      byte[] bytes = body(part).b().asByteArray();
      joined = Arrays.copyOf(joined, joined.length + bytes.length);
      System.arraycopy(bytes, 0, joined, joined.length - bytes.length, bytes.length);
    }
    assertThat(Arrays.equals(joined, envelope)).isTrue();
    assertThat(items.values())
        .allSatisfy(
            item ->
                assertThat(item)
                    .containsEntry("ttl", TableLayout.seconds(UNTIL))
                    .hasSize(4)); // two keys, the body and this
  }

  /** Old readers must find what they know. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5_000, EntryParts.MAX_WHOLE_BYTES})
  void write_ofAnEntryThatFitsAnItem_storesItAsAStoreWithoutPartsDoes(int length) throws Exception {
    byte[] envelope = bytes(length);
    write(address, envelope);
    assertThat(notes.made).containsExactly("PutItem");
    Map<String, Map<String, AttributeValue>> withParts = items();
    assertThat(withParts).hasSize(1);
    delete(withParts.values().iterator().next());
    try (CacheStore without = kind.store(table).build()) {
      get(without.write(address, envelope, UNTIL));
      assertThat(items().equals(withParts)).isTrue();
    }
    notes.made.clear();
    assertIs(envelope, read(address));
    assertThat(notes.made).containsExactly("BatchGetItem");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        EntryParts.MAX_WHOLE_BYTES + 1,
        2 * 384 * 1024,
        2 * 384 * 1024 + 1,
        LARGE,
        EntryParts.MAX_BYTES
      })
  void read_ofALargeEntry_returnsItWithTwoRequests(int length) throws Exception {
    byte[] envelope = bytes(length);
    write(address, envelope);
    get(store.mark(PARTITION, "chat", new Marker(1, 2), UNTIL));
    notes.made.clear();
    StoreRead read = get(store.read(new StoreQuery(address, true, true)));
    assertIs(envelope, read);
    assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, new Marker(1, 2), Marker.NONE));
    assertThat(read.settings()).isEmpty();
    assertThat(notes.made).containsExactly("BatchGetItem", "BatchGetItem");
  }

  /** A sync client may make the first request on this thread; the second is handed over. */
  @Test
  void readForBlockedCaller_ofALargeEntry_returnsIt() throws Exception {
    byte[] envelope = bytes(LARGE);
    write(address, envelope);
    try (CacheStore here =
        kind.store(table)
            .maxEnvelopeBytes(EntryParts.MAX_BYTES)
            .lookUpsOnCallersThread(true)
            .build()) {
      for (int i = 0; i < 60; i++) { // beyond the first look-ups, which are always handed over
        assertIs(
            envelope, get(here.readForBlockedCaller(new StoreQuery(address, true, false), null)));
      }
    }
  }

  /** The spans of both requests belong to the call. */
  @Test
  void readAndWrite_withAContext_makeBothRequestsInIt() throws Exception {
    AtomicInteger tasks = new AtomicInteger();
    Executor context =
        task -> {
          tasks.incrementAndGet();
          task.run();
        };
    byte[] envelope = bytes(LARGE);
    get(store.write(address, envelope, UNTIL, context));
    assertThat(tasks.getAndSet(0)).isEqualTo(2);
    assertIs(envelope, get(store.read(new StoreQuery(address, true, false), context)));
    assertThat(tasks).hasValue(2);
  }

  @Test
  void write_ofMoreThanTheLimit_failsAndSendsNothing() {
    assertThatThrownBy(() -> write(address, bytes(EntryParts.MAX_BYTES + 1)))
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(notes.made).isEmpty();
    assertThat(store.isAvailable()).isTrue();
  }

  // What can be wrong with the parts.

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void read_whenAPartIsMissing_isBroken(int part) throws Exception {
    write(address, bytes(LARGE));
    delete(List.copyOf(items().values()).get(1 + part));
    assertBroken(read(address));
    assertThat(store.isAvailable()).isTrue();
  }

  static List<UnaryOperator<AttributeValue>> damages() {
    return List.of(
        body -> {
          byte[] bytes = body.b().asByteArray();
          bytes[bytes.length / 2] ^= 1;
          return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
        },
        body -> {
          byte[] bytes = body.b().asByteArray();
          return AttributeValue.fromB(
              SdkBytes.fromByteArray(Arrays.copyOf(bytes, bytes.length - 1)));
        },
        body -> {
          byte[] bytes = body.b().asByteArray();
          return AttributeValue.fromB(
              SdkBytes.fromByteArray(Arrays.copyOf(bytes, bytes.length + 1)));
        },
        body -> AttributeValue.fromS("x"),
        body -> AttributeValue.fromNul(true),
        body -> AttributeValue.fromM(Map.of()));
  }

  @Test
  void read_whenAPartIsNotWhatWasWritten_isBroken() throws Exception {
    byte[] envelope = bytes(LARGE);
    write(address, envelope);
    List<Map<String, AttributeValue>> items = List.copyOf(items().values());
    for (UnaryOperator<AttributeValue> damage : damages()) {
      for (Map<String, AttributeValue> part : items.subList(1, items.size())) {
        put(part, damage.apply(body(part)));
        assertBroken(read(address));
        put(part, body(part));
      }
    }
    assertIs(envelope, read(address));
  }

  @Test
  void read_whenTheHeadNamesTheWrongDigestOrLength_isBroken() throws Exception {
    write(address, bytes(LARGE));
    Map<String, AttributeValue> item = items().firstEntry().getValue();
    EntryHead head = Objects.requireNonNull(EntryHead.of(body(item)));
    for (EntryHead wrong :
        List.of(
            new EntryHead(head.parts(), head.bytes(), ALICE, UNTIL),
            new EntryHead(head.parts(), head.bytes() - 1, head.sha256(), UNTIL),
            new EntryHead(head.parts() - 1, 2 * 384 * 1024, head.sha256(), UNTIL),
            new EntryHead(head.parts() + 1, 4 * 384 * 1024, head.sha256(), UNTIL))) {
      put(item, wrong.attribute());
      assertBroken(read(address));
    }
  }

  /** It must not cost a request, nor memory. */
  @Test
  void read_whenTheHeadIsMalformed_isBrokenAfterOneRequest() throws Exception {
    write(address, bytes(LARGE));
    Map<String, AttributeValue> item = items().firstEntry().getValue();
    put(item, AttributeValue.fromM(Map.of("parts", AttributeValue.fromN("1000000"))));
    notes.made.clear();
    assertBroken(read(address));
    assertThat(notes.made).containsExactly("BatchGetItem");
  }

  /** So does a version of the library that does not know parts: it finds no bytes. */
  @Test
  void read_byAStoreThatAcceptsNoLargeEntries_isBrokenAfterOneRequest() throws Exception {
    write(address, bytes(LARGE));
    RequestNotes others = new RequestNotes();
    try (CacheStore other = others.store(kind, table).build()) {
      assertBroken(get(other.read(new StoreQuery(address, true, false))));
      assertThat(others.made).containsExactly("BatchGetItem");
    }
  }

  /** TTL deletes in any order: parts may be gone, which is no damage. */
  @Test
  void read_whenTheEntryHasExpired_isAbsentAfterOneRequest() throws Exception {
    write(address, bytes(LARGE));
    time.advance(Duration.between(NOW, UNTIL).minusSeconds(1));
    assertThat(read(address).envelope()).isNotEmpty();
    time.advance(Duration.ofSeconds(1));
    delete(items().lastEntry().getValue());
    notes.made.clear();
    StoreRead read = read(address);
    assertThat(read.envelope()).isNull();
    assertThat(read.entryUnread()).isFalse();
    assertThat(notes.made).containsExactly("BatchGetItem");
  }

  // Batches.

  /** Four of 4 MB would be more than the 16 MB of a reply: the others are not lost by that. */
  @Test
  void readAll_whenTheLargeOnesAreMoreThanAReplyHolds_leavesTheLastUnread() throws Exception {
    List<StoreQuery> queries = new ArrayList<>();
    List<byte[]> written = new ArrayList<>();
    for (int i = 0; i < 98; i++) {
      byte[] envelope = bytes(i % 20 == 1 ? EntryParts.MAX_BYTES : 100);
      EntryAddress each = address();
      write(each, envelope);
      queries.add(new StoreQuery(each, true, false));
      written.add(envelope);
    }
    notes.made.clear();
    List<CompletionStage<StoreRead>> reads = store.readAll(queries, null);
    int unread = 0;
    for (int i = 0; i < reads.size(); i++) {
      StoreRead read = get(reads.get(i));
      if (read.entryUnread()) {
        assertThat(i).isIn(61, 81);
        unread++;
      } else {
        assertIs(written.get(i), read);
      }
      assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
    }
    assertThat(unread).isEqualTo(2);
    assertThat(notes.made).containsExactly("BatchGetItem", "BatchGetItem");
    assertThat(store.isAvailable()).isTrue();
  }

  // Deletion.

  @Test
  void deleteAll_ofEntriesAndWhatTheyReplaced_leavesNothingAndReportsEachOnce() throws Exception {
    EntryAddress other = address();
    write(address, bytes(LARGE));
    write(address, bytes(LARGE));
    write(other, bytes(LARGE));
    write(other, bytes(10));
    EntryAddress elsewhere = new EntryAddress(PARTITION, "chat-2", address.key());
    write(elsewhere, bytes(LARGE));
    assertThat(items()).hasSize(1 + 6 + 1 + 3 + 1 + 3);
    assertThat(get(store.deleteAll(PARTITION, "chat"))).containsExactlyInAnyOrder(address, other);
    assertThat(items()).hasSize(4).allSatisfy((sort, item) -> assertThat(sort).contains("chat-2"));
    assertThat(get(store.deleteAll(PARTITION, null))).containsExactly(elsewhere);
    assertThat(items()).isEmpty();
  }

  /** A writer died between the parts and the head. */
  @Test
  void deleteAll_whenThereAreOnlyParts_deletesThemAndReportsNoEntry() throws Exception {
    write(address, bytes(LARGE));
    delete(items().firstEntry().getValue());
    assertThat(read(address).envelope()).isNull();
    assertThat(get(store.deleteAll(PARTITION, "chat"))).isEmpty();
    assertThat(items()).isEmpty();
  }

  // An invalidation between the two requests of a look-up.

  /** The look-up began before: it may return what was valid then. Those that begin now may not. */
  @Test
  void read_whenMarkedBetweenItsRequests_hasTheMarkersFromBeforeAndTheNextHasTheNew()
      throws Exception {
    byte[] envelope = bytes(LARGE);
    write(address, envelope);
    Marker marker = new Marker(3, 4);
    notes.beforeParts = () -> markElsewhere(marker, false);
    StoreRead during = read(address);
    assertIs(envelope, during);
    assertThat(during.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
    notes.beforeParts = () -> {};
    assertThat(read(address).markers()).isEqualTo(new Markers(Marker.NONE, marker, null));
  }

  @Test
  void read_whenDeletedBetweenItsRequests_isBroken() throws Exception {
    write(address, bytes(LARGE));
    notes.beforeParts = () -> markElsewhere(new Marker(3, 4), true);
    assertBroken(read(address));
    notes.beforeParts = () -> {};
    assertThat(read(address).envelope()).isNull();
  }

  /** The parts from before are still there: the look-up returns the entry from before, whole. */
  @Test
  void read_whenReplacedBetweenItsRequests_isTheOneBefore() throws Exception {
    byte[] before = bytes(LARGE);
    byte[] after = bytes(LARGE);
    write(address, before);
    notes.beforeParts = () -> elsewhere(other -> other.write(address, after, UNTIL));
    assertIs(before, read(address));
    notes.beforeParts = () -> {};
    assertIs(after, read(address));
  }

  /** A write that is under way during an invalidation. Its entry's markers are the old ones. */
  @Test
  void write_whenItsPartsAreDeletedBeforeItsHead_leavesAMiss() throws Exception {
    notes.beforeHead = () -> markElsewhere(new Marker(3, 4), true);
    write(address, bytes(LARGE));
    notes.beforeHead = () -> {};
    assertThat(items()).hasSize(1);
    assertThat(read(address).envelope()).isEmpty();
  }

  private void markElsewhere(Marker marker, boolean deletes) {
    elsewhere(other -> other.mark(PARTITION, "chat", marker, UNTIL));
    if (deletes) {
      elsewhere(other -> other.deleteAll(PARTITION, "chat"));
    }
  }

  /** Does something with a store of another process. */
  private void elsewhere(Function<CacheStore, CompletionStage<?>> call) {
    try (CacheStore other = kind.store(table).maxEnvelopeBytes(EntryParts.MAX_BYTES).build()) {
      Object unused = get(call.apply(other));
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }
}
