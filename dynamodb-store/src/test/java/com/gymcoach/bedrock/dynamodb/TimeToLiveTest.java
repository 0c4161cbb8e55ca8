package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.Select;

/**
 * What DynamoDB deletes of itself. DynamoDB Local looks every few seconds, table by table, so it
 * has only this one here; the real one takes up to two days.
 */
@Timeout(180)
class TimeToLiveTest {
  private static final String TABLE = "cache";
  private static final byte[] ENVELOPE = {1, 2, 3};

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static int items(DynamoDbClient client) {
    return client.scan(s -> s.tableName(TABLE).select(Select.COUNT).consistentRead(true)).count();
  }

  @Test
  void f10_retainUntilHasPassed_isDeletedByDynamoDbAndNothingElseIs() throws Exception {
    Partition partition = new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
    EntryAddress expired = new EntryAddress(partition, "chat", new Digest(5, 6, 7, 8));
    EntryAddress good = new EntryAddress(partition, "plan", new Digest(5, 6, 7, 8));
    Marker marker = new Marker(1, 2);
    Instant later = Instant.now().plusSeconds(3600);
    try (DynamoDbLocal local = DynamoDbLocal.start();
        DynamoDbClient client = Dynamo.client(local.endpoint())) {
      CacheTable.create(client, TABLE);
      try (DynamoDbCacheStore store =
          DynamoDbCacheStore.builder()
              .client(client)
              .tableName(TABLE)
              .readBudget(Duration.ofSeconds(20))
              .writeBudget(Duration.ofSeconds(20))
              .build()) {
        get(store.write(good, ENVELOPE, later));
        get(store.mark(partition, null, marker, later));
        get(store.write(expired, ENVELOPE, Instant.now().minusSeconds(60)));
        while (items(client) > 2) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500)); // till DynamoDB has looked
        }
        assertThat(get(store.read(new StoreQuery(expired, true, false))).envelope()).isNull();
        assertThat(get(store.read(new StoreQuery(good, true, false))).envelope())
            .isEqualTo(ENVELOPE);
      }
    }
  }
}
