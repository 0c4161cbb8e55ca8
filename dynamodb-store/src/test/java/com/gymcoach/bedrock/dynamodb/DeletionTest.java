package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Deletions that DynamoDB leaves unprocessed. */
class DeletionTest {
  private static final Digest ALICE = new Digest(1, 2, 3, 4);
  private static final Digest KEY = new Digest(5, 6, 7, 8);
  private static final Partition PARTITION = new Partition("prod", ALICE, Partition.WHOLE);
  private static final EntryAddress ADDRESS = new EntryAddress(PARTITION, "chat", KEY);
  private static final String ENTRY =
      CannedHttp.key("CACHE#prod#" + ALICE.text(), "E#chat#" + KEY.text());
  private static final String PAGE = "{\"Items\":[{" + ENTRY + "}]}";
  private static final String LEFT =
      "{\"UnprocessedItems\":{\"t\":[{\"DeleteRequest\":{\"Key\":{" + ENTRY + "}}}]}}";

  private static Set<EntryAddress> deleteAll(CacheStore store) throws Exception {
    return store.deleteAll(PARTITION, null).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void f08_deletionsLeftUnprocessedForEver_failAfterAFewAttempts() {
    CannedHttp http =
        new CannedHttp(
            body -> CannedHttp.Reply.ok(body.contains("KeyConditionExpression") ? PAGE : LEFT));
    try (CacheStore store = http.store()) {
      assertThatThrownBy(() -> deleteAll(store)).hasMessageContaining("unprocessed");
    }
    assertThat(http.requests).hasSize(1 + 6);
  }

  @Test
  void f08_deletionsLeftUnprocessedOnce_areSentAgain() throws Exception {
    CannedHttp[] http = new CannedHttp[1];
    http[0] =
        new CannedHttp(
            body ->
                CannedHttp.Reply.ok(
                    body.contains("KeyConditionExpression")
                        ? PAGE
                        : http[0].requests.size() == 2 ? LEFT : "{}"));
    try (CacheStore store = http[0].store()) {
      assertThat(deleteAll(store)).containsExactly(ADDRESS);
    }
    assertThat(http[0].requests).hasSize(3);
  }

  /** The pause of a deletion ends when its threads have been shut down. */
  @Test
  void f83_storeIsClosedBetweenTwoAttempts_deletionFails() {
    CacheStore[] store = new CacheStore[1];
    CannedHttp http =
        new CannedHttp(
            body -> {
              if (body.contains("KeyConditionExpression")) {
                return CannedHttp.Reply.ok(PAGE);
              }
              store[0].close();
              return CannedHttp.Reply.ok(LEFT);
            });
    store[0] = http.store();
    assertThatThrownBy(() -> deleteAll(store[0])).hasCauseInstanceOf(StoreBusyException.class);
    assertThat(http.requests).hasSize(2);
  }
}
