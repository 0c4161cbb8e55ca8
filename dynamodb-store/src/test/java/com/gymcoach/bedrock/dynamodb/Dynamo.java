package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** One DynamoDB Local for all tests of this JVM, and real clients for it. */
final class Dynamo {
  /** Time enough on any machine. */
  static final Duration PATIENT = Duration.ofSeconds(20);

  private static final AtomicInteger TABLES = new AtomicInteger();

  /** Starts when a test first wants it, and not where only clients are wanted. */
  private static final class Local {
    static final DynamoDbLocal LOCAL = DynamoDbLocal.start();
    static final DynamoDbClient SYNC = Dynamo.client(LOCAL.endpoint());
    static final DynamoDbAsyncClient ASYNC =
        configured(DynamoDbAsyncClient.builder(), LOCAL.endpoint()).build();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(LOCAL::close)); // its threads are no daemons
    }

    private Local() {}
  }

  /** Which of the SDK's clients a store speaks through. */
  enum Kind {
    SYNC,
    ASYNC;

    /** Returns the builder of a store over DynamoDB Local. */
    DynamoDbCacheStore.Builder store(String table) {
      DynamoDbCacheStore.Builder builder = Dynamo.store(table);
      return this == SYNC ? builder.client(Local.SYNC) : builder.client(Local.ASYNC);
    }

    /** Returns the builder of a store with its own client, for a process that ends with it. */
    DynamoDbCacheStore.Builder store(String table, URI endpoint) {
      DynamoDbCacheStore.Builder builder = Dynamo.store(table);
      return this == SYNC
          ? builder.client(Dynamo.client(endpoint))
          : builder.client(configured(DynamoDbAsyncClient.builder(), endpoint).build());
    }
  }

  private Dynamo() {}

  static DynamoDbLocal local() {
    return Local.LOCAL;
  }

  static DynamoDbClient client() {
    return Local.SYNC;
  }

  static DynamoDbClient client(URI endpoint) {
    return configured(DynamoDbClient.builder(), endpoint)
        .httpClient(Apache5HttpClient.create())
        .build();
  }

  /** Configures a client to try once. */
  static <B extends AwsClientBuilder<B, C>, C> B configured(B builder, URI endpoint) {
    return retrying(builder, endpoint)
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  /** Leaves the SDK's default in place. */
  static <B extends AwsClientBuilder<B, C>, C> B retrying(B builder, URI endpoint) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
  }

  /** Returns the builder, without a client, of a store with time enough for a slow machine. */
  static DynamoDbCacheStore.Builder store(String table) {
    return DynamoDbCacheStore.builder().tableName(table).readBudget(PATIENT).writeBudget(PATIENT);
  }

  /** Returns the name of a table that was just created. */
  static String table() {
    return table(client());
  }

  static String table(DynamoDbClient client) {
    String name = "cache-" + TABLES.incrementAndGet();
    CacheTable.create(client, name);
    return name;
  }

  /** Returns the whole table: each item under its partition and sort key. */
  static Map<String, Map<String, AttributeValue>> items(String table) {
    return items(client(), table);
  }

  static Map<String, Map<String, AttributeValue>> items(DynamoDbClient client, String table) {
    Map<String, Map<String, AttributeValue>> items = new HashMap<>();
    client
        .scanPaginator(s -> s.tableName(table).consistentRead(true))
        .items()
        .forEach(item -> items.put(text(item, "PK") + " " + text(item, "SK"), item));
    return items;
  }

  /** Puts a marker in force for a namespace, as an operator's purge does. */
  static void markNamespace(String table, String namespace, Marker marker) {
    markNamespace(client(), table, namespace, marker);
  }

  static void markNamespace(DynamoDbClient client, String table, String namespace, Marker marker) {
    client.putItem(
        put ->
            put.tableName(table)
                .item(
                    Map.of(
                        "PK", AttributeValue.fromS("CACHE#" + namespace),
                        "SK", AttributeValue.fromS("M"),
                        "s", AttributeValue.fromB(SdkBytes.fromByteArray(marker.bytes())))));
  }

  /** Deletes all markers, which an operator must never do. */
  static void loseMarkers(DynamoDbClient client, String table) {
    items(client, table)
        .values()
        .forEach(
            item -> {
              if (text(item, "SK").equals("M")) {
                delete(client, table, text(item, "PK"), text(item, "SK"));
              }
            });
  }

  static void delete(DynamoDbClient client, String table, String pk, String sk) {
    client.deleteItem(
        delete ->
            delete
                .tableName(table)
                .key(Map.of("PK", AttributeValue.fromS(pk), "SK", AttributeValue.fromS(sk))));
  }

  /** Returns a string attribute, which must be there. */
  static String text(Map<String, AttributeValue> item, String attribute) {
    return Objects.requireNonNull(item.get(attribute), attribute).s();
  }
}
