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
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** How a look-up handles replies that DynamoDB Local never gives. */
class LookUpTest {
  private static final Digest ALICE = new Digest(1, 2, 3, 4);
  private static final Digest KEY = new Digest(5, 6, 7, 8);
  private static final Partition PARTITION = new Partition("prod", ALICE, Partition.WHOLE);
  private static final EntryAddress ADDRESS = new EntryAddress(PARTITION, "chat", KEY);
  private static final StoreQuery QUERY = new StoreQuery(ADDRESS, true, false);
  private static final String ENTRY = "E#chat#" + KEY.text();

  private static String key(String sort) {
    return key("CACHE#prod#" + ALICE.text(), sort);
  }

  private static String key(String partition, String sort) {
    return CannedHttp.key(partition, sort);
  }

  private static StoreRead read(StoreQuery query, String items, String unprocessed)
      throws Exception {
    String body =
        "{\"Responses\":{\"t\":["
            + items
            + "]},\"UnprocessedKeys\":{"
            + (unprocessed.isEmpty() ? "" : "\"t\":{\"Keys\":[" + unprocessed + "]}")
            + "}}";
    try (CacheStore store = new CannedHttp(request -> CannedHttp.Reply.ok(body)).store()) {
      return store.read(query).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void f08_unprocessedMarkers_areUnknownAndNeverNone() throws Exception {
    String entry = "{" + key(ENTRY) + ",\"b\":{\"B\":\"AQID\"}}";
    assertThat(read(QUERY, entry, "{" + key("M") + "}").markers()).isNull();
    StoreQuery withNamespace = new StoreQuery(ADDRESS, true, true);
    String namespace = "{" + key("CACHE#prod", "M") + "}";
    assertThat(read(withNamespace, entry, namespace).markers()).isNull();
    assertThat(read(withNamespace, entry, "").markers())
        .isEqualTo(new Markers(Marker.NONE, Marker.NONE, Marker.NONE));
  }

  @Test
  void f08_unprocessedEntry_isUnreadUnderKnownMarkers() throws Exception {
    StoreRead read = read(QUERY, "", "{" + key(ENTRY) + "}");
    assertThat(read.envelope()).isNull();
    assertThat(read.entryUnread()).isTrue();
    assertThat(read(QUERY, "", "").entryUnread()).isFalse();
    assertThat(read.markers()).isNotNull();
  }

  @Test
  void f08_unprocessedEntryOfSeveral_isTheOnlyOneUnread() throws Exception {
    StoreQuery other = new StoreQuery(new EntryAddress(PARTITION, "chat", ALICE), true, false);
    String body =
        "{\"Responses\":{\"t\":[{"
            + key(ENTRY)
            + ",\"b\":{\"B\":\"AQID\"}}]},\"UnprocessedKeys\":{\"t\":{\"Keys\":[{"
            + key("E#chat#" + ALICE.text())
            + "}]}}}";
    try (CacheStore store = new CannedHttp(request -> CannedHttp.Reply.ok(body)).store()) {
      List<CompletionStage<StoreRead>> reads = store.readAll(List.of(other, QUERY), null);
      StoreRead unread = reads.get(0).toCompletableFuture().get(10, TimeUnit.SECONDS);
      StoreRead read = reads.get(1).toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(unread.entryUnread()).isTrue();
      assertThat(unread.envelope()).isNull();
      assertThat(read.entryUnread()).isFalse();
      assertThat(read.envelope()).containsExactly(1, 2, 3);
      assertThat(read.markers()).isEqualTo(unread.markers()).isNotNull();
    }
  }

  private static final String HEAD =
      "{"
          + key(ENTRY)
          + ",\"b\":{\"M\":{\"parts\":{\"N\":\"2\"},\"bytes\":{\"N\":\"400000\"},\"sha256\":{\"B\":\""
          + "A".repeat(43)
          + "=\"},\"until\":{\"N\":\"99999999999\"}}}}";

  private static final String PART = part(1);

  private static String part(int number) {
    return "{" + key(ENTRY + "#" + number + "#" + "A".repeat(43)) + "}";
  }

  /** Answers the first request of a look-up with a head, and the second one as given. */
  private static CannedHttp headAndThen(String items, String unprocessed) {
    return new CannedHttp(
        body ->
            CannedHttp.Reply.ok(
                body.contains("#1#")
                    ? "{\"Responses\":{\"t\":["
                        + items
                        + "]},\"UnprocessedKeys\":{\"t\":{\"Keys\":["
                        + unprocessed
                        + "]}}}"
                    : "{\"Responses\":{\"t\":[" + HEAD + "]}}"));
  }

  private static DynamoDbCacheStore acceptingParts(CannedHttp http) {
    return DynamoDbCacheStore.builder()
        .client(
            Dynamo.configured(DynamoDbClient.builder(), URI.create("http://127.0.0.1:1"))
                .httpClient(http)
                .build())
        .tableName("t")
        .readBudget(Duration.ofSeconds(20))
        .maxEnvelopeBytes(EntryParts.MAX_BYTES)
        .build();
  }

  @Test
  void f08_partsLeftUnprocessed_areUnreadUnderKnownMarkersAndOpenTheBreaker() throws Exception {
    CannedHttp http = headAndThen("", PART);
    try (CacheStore store = acceptingParts(http)) {
      for (int i = 0; i < 8; i++) {
        assertThat(store.isAvailable()).isTrue();
        StoreRead read = store.read(QUERY).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(read.envelope()).isNull();
        assertThat(read.entryUnread()).isTrue();
        assertThat(read.markers()).isNotNull();
      }
      assertThat(store.isAvailable()).isFalse();
    }
    assertThat(http.requests).hasSize(16);
  }

  @Test
  void f08_firstPartLeftUnprocessed_isNotTakenForDamage() throws Exception {
    try (CacheStore store = acceptingParts(headAndThen("", part(0)))) {
      StoreRead read = store.read(QUERY).toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(read.envelope()).isNull();
      assertThat(read.entryUnread()).isTrue();
    }
  }

  /** A poisoned connection: the parts are not known to be missing. */
  @Test
  void s_a_f15_partsUnderOtherKeys_areUnread() throws Exception {
    for (String other : new String[] {"{" + key("M") + "}", HEAD, "{}"}) {
      try (CacheStore store = acceptingParts(headAndThen(other, ""))) {
        StoreRead read = store.read(QUERY).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(read.envelope()).isNull();
        assertThat(read.entryUnread()).isTrue();
      }
    }
  }

  /** A poisoned connection: taken for NONE, they would confirm what has been invalidated. */
  @Test
  void s_a_f15_itemsUnderOtherKeys_makeTheWholeReadFail() {
    String bobs = "CACHE#prod#" + KEY.text();
    String mine = "{" + key("M") + "}";
    for (String other :
        new String[] {
          "{" + key(bobs, ENTRY) + ",\"b\":{\"B\":\"AQID\"}}",
          "{" + key(bobs, "M") + ",\"s\":{\"B\":\"AAAAAAAAAAkAAAAAAAAACg==\"}}",
          "{" + key("E#chat#" + ALICE.text()) + ",\"b\":{\"B\":\"AQID\"}}",
          "{" + key("CACHE#prod", "M") + "}",
          "{}"
        }) {
      assertThatThrownBy(() -> read(QUERY, other, "")).hasMessageContaining("not asked for");
      assertThatThrownBy(() -> read(QUERY, mine + "," + other, ""))
          .hasMessageContaining("not asked for");
    }
    assertThatThrownBy(() -> read(QUERY, mine, "{" + key(bobs, "M") + "}"))
        .hasMessageContaining("not asked for");
  }

  @Test
  void f18_envelopeOfAnotherType_readsAsBroken() throws Exception {
    assertThat(read(QUERY, "{" + key(ENTRY) + "}", "").envelope()).isEmpty();
    for (String value : new String[] {"\"S\":\"x\"", "\"NULL\":true", "\"N\":\"1\""}) {
      String item = "{" + key(ENTRY) + ",\"b\":{" + value + "}}";
      assertThat(read(QUERY, item, "").envelope()).as(value).isEmpty();
    }
  }

  @Test
  void f18_markerOfAnotherTypeOrLength_isUnknown() throws Exception {
    for (String attribute : new String[] {"s", "e.chat"}) {
      for (String value : new String[] {"\"S\":\"x\"", "\"NULL\":true", "\"B\":\"AQID\""}) {
        String item = "{" + key("M") + ",\"" + attribute + "\":{" + value + "}}";
        assertThat(read(QUERY, item, "").markers()).as(item).isNull();
      }
    }
  }
}
