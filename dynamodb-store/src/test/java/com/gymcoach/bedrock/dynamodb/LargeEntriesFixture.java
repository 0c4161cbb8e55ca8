package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A store that keeps large entries in parts, and its table. */
@Timeout(120)
abstract class LargeEntriesFixture {
  static final Digest ALICE = new Digest(1, 2, 3, 4);
  static final Partition PARTITION = new Partition("prod", ALICE, Partition.WHOLE);
  static final Instant NOW = Instant.parse("2126-01-02T03:04:05Z");
  static final Instant UNTIL = NOW.plus(Duration.ofHours(1));
  static final int LARGE = 1_000_000;

  final Kind kind;
  final String table = Dynamo.table();
  final RequestNotes notes = new RequestNotes();
  final ManualTime time = ManualTime.startingAt(NOW);
  final Random random = new Random(7);
  final CacheStore store;
  final EntryAddress address = address();

  LargeEntriesFixture(Kind kind) {
    this.kind = kind;
    this.store =
        notes.store(kind, table).maxEnvelopeBytes(EntryParts.MAX_BYTES).timeSource(time).build();
  }

  @AfterEach
  void close() {
    store.close();
  }

  EntryAddress address() {
    Digest key =
        new Digest(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    return new EntryAddress(PARTITION, "chat", key);
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  void write(EntryAddress where, byte[] envelope) throws Exception {
    get(store.write(where, envelope, UNTIL));
  }

  StoreRead read(EntryAddress where) throws Exception {
    return get(store.read(new StoreQuery(where, true, false)));
  }

  void assertIs(byte[] envelope, StoreRead read) {
    assertThat(Arrays.equals(envelope, read.envelope())).as("the entry").isTrue();
    assertThat(read.entryUnread()).isFalse();
  }

  /** A miss that is counted, and replaced by the next answer. */
  void assertBroken(StoreRead read) {
    assertThat(read.envelope()).isEmpty();
    assertThat(read.entryUnread()).isFalse();
    assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
  }

  /** The items of the table by sort key, without the markers'. */
  NavigableMap<String, Map<String, AttributeValue>> items() {
    NavigableMap<String, Map<String, AttributeValue>> items = new TreeMap<>();
    for (Map<String, AttributeValue> item : Dynamo.items(table).values()) {
      if (!Dynamo.text(item, "SK").equals("M")) {
        items.put(Dynamo.text(item, "SK"), item);
      }
    }
    return items;
  }

  static AttributeValue body(Map<String, AttributeValue> item) {
    return Objects.requireNonNull(item.get("b"));
  }

  void put(Map<String, AttributeValue> item, AttributeValue body) {
    Map<String, AttributeValue> changed = new HashMap<>(item);
    changed.put("b", body);
    Dynamo.client().putItem(put -> put.tableName(table).item(changed));
  }

  void delete(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> key = new HashMap<>(item);
    key.keySet().retainAll(List.of("PK", "SK"));
    Dynamo.client().deleteItem(delete -> delete.tableName(table).key(key));
  }
}
