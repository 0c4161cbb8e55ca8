package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The units that the store says a large entry costs are those that DynamoDB Local says its requests
 * consumed: the head and each part are items, and each is rounded up.
 */
class LargeEntryUnitsTest {
  private static final EntryAddress USERS =
      new EntryAddress(
          new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));
  private static final EntryAddress SHARED =
      new EntryAddress(
          new Partition("prod", new Digest(1, 2, 3, 4), 11), "meal-plan", new Digest(5, 6, 7, 8));
  private static final Instant UNTIL = Instant.parse("2126-01-02T03:04:05Z");
  private static final int PART = 384 * 1024;

  private static final String TABLE = Dynamo.table();
  private static final RequestNotes NOTES = new RequestNotes();
  private static final CacheStore STORE =
      NOTES.store(Dynamo.Kind.SYNC, TABLE).maxEnvelopeBytes(EntryParts.MAX_BYTES).build();

  private static void await(CompletionStage<?> stage) throws Exception {
    Object unused = stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @BeforeAll
  static void mark() throws Exception {
    Dynamo.markNamespace(TABLE, "prod", new Marker(1, 2));
    for (EntryAddress address : List.of(USERS, SHARED)) {
      await(STORE.mark(address.partition(), address.endpoint(), new Marker(3, 4), UNTIL));
    }
    NOTES.consumed();
  }

  @AfterAll
  static void stop() {
    STORE.close();
  }

  /** The bytes of the last part: about borders of a unit of 1 KB and of 4 KB. */
  static IntStream lengths() {
    int part0 = itemBytes(USERS, 0);
    IntStream borders =
        IntStream.of(1024 - part0, 4096 - part0, 16 * 4096 - part0)
            .flatMap(last -> IntStream.of(last - 1, last, last + 1))
            .map(last -> 2 * PART + last);
    return IntStream.concat(
        borders,
        IntStream.of(
            EntryParts.MAX_WHOLE_BYTES,
            EntryParts.MAX_WHOLE_BYTES + 1,
            2 * PART,
            EntryParts.MAX_BYTES - 1,
            EntryParts.MAX_BYTES));
  }

  /** The size of a part without its body: keys, the names PK, SK, b and ttl, and the second. */
  private static int itemBytes(EntryAddress address, int bytes) {
    int shard = address.partition().shard();
    String partition = "CACHE#prod#" + "p".repeat(43) + (shard == Partition.WHOLE ? "" : "#11");
    String sort = "E#" + address.endpoint() + "#" + "k".repeat(43) + "#0#" + "d".repeat(43);
    return partition.length() + sort.length() + 8 + 6 + bytes;
  }

  @ParameterizedTest
  @MethodSource("lengths")
  void units_ofALargeEntry_areWhatDynamoDbConsumes(int length) throws Exception {
    Digest key = new Digest(length, 0, 0, 1); // each its own: a write over a larger item costs more
    for (EntryAddress like : List.of(USERS, SHARED)) {
      EntryAddress address = new EntryAddress(like.partition(), like.endpoint(), key);
      await(STORE.write(address, new byte[length], UNTIL));
      assertThat(STORE.writeUnits(address, length)).isEqualTo(NOTES.consumed());
      for (boolean withNamespace : new boolean[] {false, true}) {
        StoreQuery query = new StoreQuery(address, true, withNamespace);
        await(STORE.read(query));
        assertThat(STORE.readUnits(query, length)).isEqualTo(NOTES.consumed());
      }
    }
  }

  /** By hand, of 1 MB: the head, two whole parts and one of 256 KB, each with its keys. */
  @Test
  void units_ofOneMegabyte_areTheHeadsAndTheParts() {
    assertThat(STORE.writeUnits(USERS, 1 << 20)).isEqualTo(1 + 385 + 385 + 257);
    assertThat(STORE.readUnits(new StoreQuery(USERS, true, false), 1 << 20))
        .isEqualTo(1 + 1 + 97 + 97 + 65);
  }

  /** The figures in the Javadoc and the pages. */
  @Test
  void units_ofFourMegabytes_areWhatThePagesSay() {
    assertThat(STORE.writeUnits(USERS, EntryParts.MAX_BYTES)).isEqualTo(4_108);
    assertThat(STORE.readUnits(new StoreQuery(USERS, true, false), EntryParts.MAX_BYTES))
        .isEqualTo(1_037);
  }

  @Test
  void units_ofManyReadsWithLargeOnesAmongThem_areWhatDynamoDbConsumes() throws Exception {
    List<StoreQuery> queries = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      EntryAddress address = new EntryAddress(USERS.partition(), "chat", new Digest(i, 6, 7, 8));
      int length = i % 4 == 0 ? 500_000 + i : 5_000;
      await(STORE.write(address, new byte[length], UNTIL));
      queries.add(new StoreQuery(address, true, i == 0));
      lengths.add(length);
    }
    NOTES.consumed();
    for (CompletionStage<?> read : STORE.readAll(queries, null)) {
      await(read);
    }
    assertThat(STORE.readUnits(queries, lengths)).isEqualTo(NOTES.consumed());
  }
}
