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
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeyType;

class DynamoDbCacheStoreTest {
  private static final Digest ALICE = new Digest(1, 2, 3, 4);
  private static final Digest KEY = new Digest(5, 6, 7, 8);
  private static final Partition PARTITION = new Partition("prod", ALICE, Partition.WHOLE);
  private static final EntryAddress ADDRESS = new EntryAddress(PARTITION, "chat", KEY);
  private static final StoreQuery QUERY = new StoreQuery(ADDRESS, true, false);
  private static final Instant UNTIL = Instant.parse("2126-01-02T03:04:05.006Z");
  private static final Marker MARKER = new Marker(9, 10);
  private static final byte[] ENVELOPE = {1, 2, 3};
  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource
  void write_makesTheItemThatTheDocumentDescribes(Kind kind) throws Exception {
    String table = Dynamo.table();
    try (CacheStore store = kind.store(table).build()) {
      get(store.write(ADDRESS, ENVELOPE, UNTIL));
      EntryAddress shared = new EntryAddress(new Partition("prod", ALICE, 7), "chat", KEY);
      get(store.write(shared, ENVELOPE, UNTIL));
    }
    String partition = "CACHE#prod#AAAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAQ";
    String sort = "E#chat#AAAAAAAAAAUAAAAAAAAABgAAAAAAAAAHAAAAAAAAAAg";
    assertThat(Dynamo.items(table))
        .containsOnlyKeys(partition + " " + sort, partition + "#7 " + sort);
    assertThat(Dynamo.items(table).get(partition + " " + sort))
        .containsOnly(
            Map.entry("PK", AttributeValue.fromS(partition)),
            Map.entry("SK", AttributeValue.fromS(sort)),
            Map.entry("b", AttributeValue.fromB(SdkBytes.fromByteArray(ENVELOPE))),
            Map.entry("ttl", AttributeValue.fromN("" + (UNTIL.getEpochSecond() + 1))));
  }

  @ParameterizedTest
  @EnumSource
  void mark_makesTheItemThatTheDocumentDescribes(Kind kind) throws Exception {
    String table = Dynamo.table();
    try (CacheStore store = kind.store(table).build()) {
      get(store.mark(PARTITION, null, MARKER, UNTIL));
      get(store.mark(PARTITION, "chat", new Marker(11, 12), UNTIL));
    }
    String partition = "CACHE#prod#" + ALICE.text();
    assertThat(Dynamo.items(table).get(partition + " M"))
        .containsOnly(
            Map.entry("PK", AttributeValue.fromS(partition)),
            Map.entry("SK", AttributeValue.fromS("M")),
            Map.entry("s", AttributeValue.fromB(SdkBytes.fromByteArray(MARKER.bytes()))),
            Map.entry(
                "e.chat", AttributeValue.fromB(SdkBytes.fromByteArray(new Marker(11, 12).bytes()))),
            Map.entry("ttl", AttributeValue.fromN("" + (UNTIL.getEpochSecond() + 1))));
  }

  @ParameterizedTest
  @EnumSource
  void read_isOneRequestAndWritesNothing(Kind kind) throws Exception {
    String table = Dynamo.table();
    try (CacheStore store = kind.store(table).build()) {
      get(store.write(ADDRESS, ENVELOPE, UNTIL));
      int before = Dynamo.local().requests();
      int lookUps = Dynamo.local().requests("BatchGetItem");
      StoreRead read = get(store.read(new StoreQuery(ADDRESS, true, true)));
      assertThat(read.envelope()).isEqualTo(ENVELOPE);
      assertThat(read.markers()).isEqualTo(new Markers(Marker.NONE, Marker.NONE, Marker.NONE));
      assertThat(Dynamo.local().requests()).isEqualTo(before + 1);
      assertThat(Dynamo.local().requests("BatchGetItem")).isEqualTo(lookUps + 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void read_whenNamespaceWasMarked_saysSo(Kind kind) throws Exception {
    String table = Dynamo.table();
    Dynamo.markNamespace(table, "prod", MARKER);
    try (CacheStore store = kind.store(table).build()) {
      assertThat(get(store.read(new StoreQuery(ADDRESS, true, true))).markers())
          .isEqualTo(new Markers(Marker.NONE, Marker.NONE, MARKER));
      assertThat(get(store.read(QUERY)).markers())
          .isEqualTo(new Markers(Marker.NONE, Marker.NONE, null));
    }
  }

  /** Of the last of 43 characters two bits are no part of the digest. */
  private static String unusedBitsSet(String text) {
    return text.substring(0, 42) + (char) (text.charAt(42) + 1);
  }

  @ParameterizedTest
  @EnumSource
  void deleteAll_leavesForeignItemsAndMarkersAlone(Kind kind) throws Exception {
    String table = Dynamo.table();
    String partition = "CACHE#prod#" + ALICE.text();
    String[][] foreign = {
      {"USER#alice", "PROFILE"},
      {"prod#" + ALICE.text(), "E#chat#" + KEY.text()},
      {partition, "E#chat"},
      {partition, "E#chat#not-a-digest"},
      {partition, "E#chat#" + KEY.text() + "="},
      {partition, "E#chat#" + unusedBitsSet(KEY.text())},
      {partition, "F#chat#" + KEY.text()},
      {partition + "#3", "E#chat#" + KEY.text()},
      {"CACHE#prod-2#" + ALICE.text(), "E#chat#" + KEY.text()},
    };
    for (String[] key : foreign) {
      Dynamo.client()
          .putItem(
              put ->
                  put.tableName(table)
                      .item(
                          Map.of(
                              "PK", AttributeValue.fromS(key[0]),
                              "SK", AttributeValue.fromS(key[1]))));
    }
    Set<String> expected = new TreeSet<>(Dynamo.items(table).keySet());
    expected.add(partition + " M");
    try (CacheStore store = kind.store(table).build()) {
      get(store.mark(PARTITION, "chat", MARKER, UNTIL));
      get(store.write(ADDRESS, ENVELOPE, UNTIL));
      assertThat(get(store.deleteAll(PARTITION, null))).containsExactly(ADDRESS);
    }
    assertThat(Dynamo.items(table)).containsOnlyKeys(expected);
  }

  @ParameterizedTest
  @EnumSource
  void everything_whenAttributesAreNamedOtherwise_usesThoseNames(Kind kind) throws Exception {
    String table = "named-otherwise-" + kind;
    Dynamo.client()
        .createTable(
            create ->
                create
                    .tableName(table)
                    .billingMode("PAY_PER_REQUEST")
                    .keySchema(
                        CacheTable.key("partition", KeyType.HASH),
                        CacheTable.key("sort", KeyType.RANGE))
                    .attributeDefinitions(
                        CacheTable.string("partition"), CacheTable.string("sort")));
    try (CacheStore store =
        kind.store(table)
            .keyPrefix("AI-")
            .partitionKeyName("partition")
            .sortKeyName("sort")
            .envelopeAttribute("envelope")
            .ttlAttribute("expires")
            .build()) {
      get(store.write(ADDRESS, ENVELOPE, UNTIL));
      get(store.mark(PARTITION, null, MARKER, UNTIL));
      assertThat(get(store.read(QUERY)).envelope()).isEqualTo(ENVELOPE);
      assertThat(Dynamo.client().scan(s -> s.tableName(table)).items())
          .hasSize(2)
          .allSatisfy(item -> assertThat(item).containsKeys("partition", "sort", "expires"))
          .allSatisfy(item -> assertThat(Dynamo.text(item, "partition")).startsWith("AI-prod#"));
      assertThat(get(store.deleteAll(PARTITION, "chat"))).containsExactly(ADDRESS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void close_leavesTheClientOpen(Kind kind) throws Exception {
    String table = Dynamo.table();
    CacheStore store = kind.store(table).build();
    store.close();
    store.close();
    assertThatThrownBy(() -> get(store.read(QUERY))).hasMessageContaining("closed");
    try (CacheStore next = kind.store(table).build()) {
      assertThat(get(next.read(QUERY)).envelope()).isNull();
    }
  }

  @Test
  void f01_throttled_isTriedOnceAlthoughTheClientRetries() {
    CannedHttp http =
        new CannedHttp(body -> CannedHttp.Reply.error("ProvisionedThroughputExceededException"));
    try (CacheStore store = http.store()) {
      assertThatThrownBy(() -> get(store.read(QUERY)));
      assertThat(http.requests).hasSize(1);
      assertThatThrownBy(() -> get(store.write(ADDRESS, ENVELOPE, UNTIL)));
      assertThat(http.requests).hasSize(2);
      assertThatThrownBy(() -> get(store.mark(PARTITION, null, MARKER, UNTIL)));
      assertThat(http.requests).hasSize(3);
      assertThatThrownBy(() -> get(store.deleteAll(PARTITION, null)));
      assertThat(http.requests).hasSize(4);
    }
    assertThat(http.closed).isFalse();
  }

  @Test
  void read_asksForConsistency() throws Exception {
    CannedHttp http = new CannedHttp(body -> CannedHttp.Reply.ok("{}"));
    try (CacheStore store = http.store()) {
      get(store.read(QUERY));
    }
    assertThat(http.requests).singleElement().asString().contains("\"ConsistentRead\":true");
  }

  @Test
  void f07_connectionRefused_failsTheStage() {
    try (DynamoDbClient nowhere = Dynamo.client(URI.create("http://127.0.0.1:1"));
        CacheStore store = DynamoDbCacheStore.builder().client(nowhere).tableName("t").build()) {
      assertThatThrownBy(() -> get(store.read(QUERY)));
    }
  }

  @Test
  void f25_clientClosedUnderneath_failsTheStage() {
    DynamoDbClient client = Dynamo.client(Dynamo.local().endpoint());
    try (CacheStore store = DynamoDbCacheStore.builder().client(client).tableName("t").build()) {
      client.close();
      CompletionStage<StoreRead> read = store.read(QUERY);
      assertThatThrownBy(() -> get(read));
    }
  }

  @Test
  void f86_build_whenASettingIsWrong_saysWhatToChange() {
    DynamoDbCacheStore.Builder good =
        DynamoDbCacheStore.builder().client(Dynamo.client()).tableName("t");
    assertThatThrownBy(() -> DynamoDbCacheStore.builder().tableName("t").build())
        .hasMessage("There is no client: call client(...)");
    assertThatThrownBy(() -> DynamoDbCacheStore.builder().client(Dynamo.client()).build())
        .hasMessage("There is no table name: call tableName(...)");
    assertThatThrownBy(() -> good.readBudget(Duration.ZERO).build())
        .hasMessage("readBudget is PT0S: choose more than zero");
    good.readBudget(Duration.ofMillis(50));
    assertThatThrownBy(() -> good.maxEnvelopeBytes((4 << 20) + 1).build())
        .hasMessage("maxEnvelopeBytes is 4194305: choose 1 to 4194304");
    good.maxEnvelopeBytes(1);
    assertThatThrownBy(() -> good.ttlAttribute("PK").build())
        .hasMessage("Two attributes are called PK: give each its own name");
    assertThatThrownBy(() -> good.ttlAttribute("e.x").build())
        .hasMessage("An attribute cannot be called e.x: markers are called so");
    good.ttlAttribute("ttl");
    assertThatThrownBy(() -> good.keyPrefix("").build())
        .hasMessage("keyPrefix is empty: choose one that no other item's key begins with");
  }

  @ParameterizedTest
  @EnumSource
  void f86_budgetsWithoutEnd_work(Kind kind) throws Exception {
    try (CacheStore store =
        kind.store(Dynamo.table()).readBudget(FOREVER).writeBudget(FOREVER).build()) {
      get(store.write(ADDRESS, ENVELOPE, UNTIL));
      assertThat(get(store.read(QUERY)).envelope()).isEqualTo(ENVELOPE);
      assertThat(store.readBudget().plus(store.writeBudget()).toNanos()).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({"AccessDeniedException, 1", "ThrottlingException, 8"})
  void f86_intervalsWithoutEnd_leaveTheTableAlone(String error, int failures) {
    CannedHttp http = new CannedHttp(body -> CannedHttp.Reply.error(error));
    try (DynamoDbClient client =
            Dynamo.configured(DynamoDbClient.builder(), URI.create("http://127.0.0.1:1"))
                .httpClient(http)
                .build();
        CacheStore store =
            DynamoDbCacheStore.builder()
                .client(client)
                .tableName("t")
                .readBudget(FOREVER)
                .probeInterval(FOREVER)
                .longProbeInterval(FOREVER)
                .build()) {
      for (int i = 0; i < failures; i++) {
        assertThatThrownBy(() -> get(store.read(QUERY)))
            .hasCauseInstanceOf(DynamoDbException.class);
      }
      assertThatThrownBy(() -> get(store.read(QUERY)))
          .hasCauseInstanceOf(StoreUnavailableException.class);
    }
  }

  @Test
  void name_whenTheTableIsGivenByArn_isThatOfTheTable() {
    try (CacheStore store =
        DynamoDbCacheStore.builder()
            .client(Dynamo.client())
            .tableName("arn:aws:dynamodb:eu-central-1:000000000000:table/ai")
            .build()) {
      assertThat(store.name()).isEqualTo("ai");
      assertThat(store).hasToString("DynamoDbCacheStore[ai]");
    }
  }
}
