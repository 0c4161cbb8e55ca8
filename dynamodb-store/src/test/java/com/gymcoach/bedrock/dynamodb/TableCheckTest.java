package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.store.StoreThreads;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.KeyType;

class TableCheckTest {
  private static List<String> problems(DynamoDbCacheStore.Builder builder) {
    try (DynamoDbCacheStore store = builder.build()) {
      return store.verify();
    }
  }

  private static void createTable(String name, String partitionKey, String sortKey) {
    Dynamo.client()
        .createTable(
            create ->
                create
                    .tableName(name)
                    .billingMode("PAY_PER_REQUEST")
                    .keySchema(
                        CacheTable.key(partitionKey, KeyType.HASH),
                        CacheTable.key(sortKey, KeyType.RANGE))
                    .attributeDefinitions(
                        CacheTable.string(partitionKey), CacheTable.string(sortKey)));
  }

  @ParameterizedTest
  @EnumSource
  void verify_whenTheTableIsAsCreated_findsNothing(Kind kind) {
    assertThat(problems(kind.store(Dynamo.table()))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void f04_tableMissing_isNamed(Kind kind) {
    assertThat(problems(kind.store("nowhere")))
        .singleElement()
        .asString()
        .startsWith("The table nowhere does not exist");
  }

  @ParameterizedTest
  @EnumSource
  void f05_wrongKeySchema_isNamed(Kind kind) {
    createTable("wrong-" + kind, "id", "SK");
    assertThat(problems(kind.store("wrong-" + kind)))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("does not have the partition key PK and the sort key SK"));
  }

  @ParameterizedTest
  @EnumSource
  void verify_whenTtlIsOff_saysSo(Kind kind) {
    createTable("no-ttl-" + kind, "PK", "SK");
    assertThat(problems(kind.store("no-ttl-" + kind)))
        .singleElement()
        .asString()
        .contains("is off")
        .contains("switch it on for the attribute ttl");
  }

  @ParameterizedTest
  @EnumSource
  void verify_whenTtlIsOnAnotherAttribute_saysWhich(Kind kind) {
    assertThat(problems(kind.store(Dynamo.table()).ttlAttribute("expires")))
        .singleElement()
        .asString()
        .contains("is on for the attribute ttl, not expires");
  }

  @Test
  void verify_whenTheClientRetries_saysHowToBuildOneThatDoesNot() {
    try (DynamoDbClient client =
        Dynamo.retrying(DynamoDbClient.builder(), Dynamo.local().endpoint()).build()) {
      assertThat(problems(DynamoDbCacheStore.builder().client(client).tableName(Dynamo.table())))
          .singleElement()
          .asString()
          .contains("retries")
          .contains("AwsRetryStrategy.doNotRetry()");
    }
  }

  @Test
  void verify_whenTheHttpClientIsASlowOne_saysSo() {
    try (DynamoDbClient client =
        Dynamo.configured(DynamoDbClient.builder(), Dynamo.local().endpoint())
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      assertThat(problems(DynamoDbCacheStore.builder().client(client).tableName(Dynamo.table())))
          .singleElement()
          .asString()
          .contains("UrlConnectionHttpClient");
    }
  }

  @Test
  void verify_whenDynamoDbIsNotThere_saysWhatToCheckInsteadOfThrowing() {
    try (DynamoDbClient client = Dynamo.client(URI.create("http://127.0.0.1:1"))) {
      assertThat(problems(DynamoDbCacheStore.builder().client(client).tableName("t")))
          .singleElement()
          .asString()
          .startsWith("The table t could not be looked at (");
    }
  }

  /** Start-up ends by our own timer: the SDK's is set far off here. */
  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void f23_futureNeverCompletes_isNamedInTime() {
    ExecutorService threads = StoreThreads.create("table-check-test");
    FailingHttp.Async http = new FailingHttp.Async();
    http.fails = true;
    try (http;
        DynamoDbAsyncClient client =
            Dynamo.configured(DynamoDbAsyncClient.builder(), URI.create("http://127.0.0.1:1"))
                .httpClient(http)
                .build()) {
      TableLayout layout =
          new TableLayout("t", "CACHE#", TableLayout.AttributeNames.DEFAULT, EntryParts.upTo(1));
      AwsRequestOverrideConfiguration once =
          SingleAttempt.once(client.serviceClientConfiguration(), Duration.ofHours(1));
      DynamoDbCalls calls = DynamoDbCalls.of(client, threads);
      assertThat(new TableCheck(calls, layout, once, Duration.ofMillis(1)).problems())
          .singleElement()
          .asString()
          .startsWith("The table t could not be looked at (TimeoutException)");
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void f03_accessDenied_isNamed() {
    CannedHttp http = new CannedHttp(body -> CannedHttp.Reply.error("AccessDeniedException"));
    try (DynamoDbClient client =
        Dynamo.configured(DynamoDbClient.builder(), URI.create("http://127.0.0.1:1"))
            .httpClient(http)
            .build()) {
      assertThat(problems(DynamoDbCacheStore.builder().client(client).tableName("t")))
          .singleElement()
          .asString()
          .contains("(AccessDeniedException)")
          .contains("dynamodb:DescribeTable");
    }
  }

  @Test
  void create_whenTheTableExists_leavesItAsItIs() {
    String table = Dynamo.table();
    assertThat(CacheTable.create(Dynamo.client(), table)).isFalse();
  }
}
