package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * The units that the store says a request costs are those that DynamoDB Local says that very
 * request consumed, and those of AWS's documentation ("DynamoDB read and write operations"): an
 * item's size is that of the names and values of its attributes; a strongly consistent read takes a
 * unit for each 4 KB of an item begun, each item of a batch by itself; a write one for each KB.
 *
 * <p>On one point the two differ, and AWS's documentation is followed: "If you perform a read
 * operation on an item that doesn't exist, DynamoDB will still consume read throughput". DynamoDB
 * Local counts nothing for it.
 */
class RequestUnitsTest {
  private static final Partition WHOLE =
      new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final EntryAddress ADDRESS =
      new EntryAddress(WHOLE, "chat", new Digest(5, 6, 7, 8));
  private static final EntryAddress SHARED =
      new EntryAddress(
          new Partition("prod", new Digest(1, 2, 3, 4), 11), "meal-plan", new Digest(5, 6, 7, 8));
  private static final EntryAddress ABSENT =
      new EntryAddress(
          new Partition("empty", new Digest(9, 9, 9, 9), Partition.WHOLE),
          "chat",
          new Digest(9, 9, 9, 9));
  private static final Instant UNTIL = Instant.parse("2126-01-02T03:04:05Z");

  /** Names of attributes 2 + 2 + 1 + 3, and the ten digits of a second in 6 bytes. */
  private static final int NAMES_AND_SECOND = 14;

  private static final String TABLE = Dynamo.table();
  private static final Meter METER = new Meter();
  private static final DynamoDbClient CLIENT =
      Dynamo.configured(DynamoDbClient.builder(), Dynamo.local().endpoint())
          .httpClient(Apache5HttpClient.create())
          .overrideConfiguration(
              o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()).addExecutionInterceptor(METER))
          .build();
  private static final DynamoDbCacheStore STORE =
      DynamoDbCacheStore.builder()
          .client(CLIENT)
          .tableName(TABLE)
          .readBudget(Duration.ofSeconds(20))
          .writeBudget(Duration.ofSeconds(20))
          .build();

  /** Has DynamoDB say what each request consumed. */
  private static final class Meter implements ExecutionInterceptor {
    volatile double consumed;

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
      SdkRequest request = context.request();
      if (request instanceof BatchGetItemRequest read) {
        return read.copy(r -> r.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
      }
      return request instanceof PutItemRequest write
          ? write.copy(r -> r.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL))
          : request;
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      if (context.response() instanceof BatchGetItemResponse read) {
        consumed = read.consumedCapacity().get(0).capacityUnits();
      } else if (context.response() instanceof PutItemResponse write) {
        consumed = write.consumedCapacity().capacityUnits();
      }
    }
  }

  @BeforeAll
  static void mark() throws Exception {
    Dynamo.markNamespace(TABLE, "prod", new Marker(1, 2));
    for (EntryAddress address : List.of(ADDRESS, SHARED)) {
      STORE
          .mark(address.partition(), address.endpoint(), new Marker(3, 4), UNTIL)
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    }
  }

  @AfterAll
  static void stop() {
    STORE.close();
    CLIENT.close();
  }

  private static int keys(EntryAddress address) {
    String sort = "E#" + address.endpoint() + "#" + address.key().text();
    int shard = address.partition().shard();
    String partition =
        "CACHE#prod#"
            + address.partition().principal().text()
            + (shard == Partition.WHOLE ? "" : "#" + shard);
    return (partition + sort).getBytes(StandardCharsets.UTF_8).length;
  }

  private static double write(EntryAddress address, int bytes) throws Exception {
    STORE.write(address, new byte[bytes], UNTIL).toCompletableFuture().get(30, TimeUnit.SECONDS);
    return METER.consumed;
  }

  private static double read(StoreQuery query) throws Exception {
    STORE.read(query).toCompletableFuture().get(30, TimeUnit.SECONDS);
    return METER.consumed;
  }

  /** Sizes of items: about each border, one below, on it and one above. */
  static IntStream sizes() {
    return IntStream.of(1, 2, 3, 4, 5, 8, 16, 100, 340)
        .map(kilobytes -> kilobytes * 1024)
        .flatMap(border -> IntStream.of(border - 1, border, border + 1));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void units_ofAnEntryOfAnySize_areWhatDynamoDbConsumes(int size) throws Exception {
    for (EntryAddress address : List.of(ADDRESS, SHARED)) {
      int envelope = size - keys(address) - NAMES_AND_SECOND;
      double documented = Math.ceil(size / 1024.0);
      assertThat(STORE.writeUnits(address, envelope)).isEqualTo(documented);
      assertThat(write(address, envelope)).isEqualTo(documented);

      for (boolean withNamespace : new boolean[] {false, true}) {
        StoreQuery query = new StoreQuery(address, true, withNamespace);
        double lookUp = Math.ceil(size / 4096.0) + (withNamespace ? 2 : 1);
        assertThat(STORE.readUnits(query, envelope)).isEqualTo(lookUp);
        assertThat(read(query)).isEqualTo(lookUp);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true, false, 2", "true, true, 3", "false, false, 1", "false, true, 2"})
  void units_ofWhatIsAbsent_areAUnitEach(boolean entry, boolean namespace, double units)
      throws Exception {
    StoreQuery query = new StoreQuery(ABSENT, entry, namespace);
    assertThat(STORE.readUnits(query, 0)).isEqualTo(units);
    assertThat(read(query)).isZero(); // DynamoDB Local's mistake
  }

  @Test
  void units_ofMarkersThatAreThere_areAUnitEach() throws Exception {
    StoreQuery query = new StoreQuery(SHARED, false, true);
    assertThat(STORE.readUnits(query, 0)).isEqualTo(2);
    assertThat(read(query)).isEqualTo(2);
  }

  /** The markers are read, and paid for, once. */
  @Test
  void units_ofManyReadsAtOnce_areWhatDynamoDbConsumes() throws Exception {
    List<StoreQuery> queries = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    double entries = 0;
    for (int i = 0; i < 96; i++) {
      EntryAddress address = new EntryAddress(WHOLE, "chat", new Digest(i, 6, 7, 8));
      int size = 100 + 150 * i;
      double unused = write(address, size);
      queries.add(new StoreQuery(address, true, i == 0));
      sizes.add(size);
      entries += STORE.readUnits(new StoreQuery(address, true, false), size) - 1;
    }
    assertThat(STORE.readUnits(queries, sizes)).isEqualTo(entries + 2);
    for (CompletionStage<?> read : STORE.readAll(queries, null)) {
      read.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    assertThat(METER.consumed).isEqualTo(entries + 2);
  }

  /** Attributes of other names make an item of another size. */
  @Test
  void units_withNamesOfOnesOwn_countThem() {
    try (DynamoDbCacheStore named =
        DynamoDbCacheStore.builder()
            .client(CLIENT)
            .tableName(TABLE)
            .envelopeAttribute("envelope")
            .build()) {
      int fits = 1024 - keys(ADDRESS) - NAMES_AND_SECOND;
      assertThat(named.writeUnits(ADDRESS, fits - "nvelope".length())).isEqualTo(1);
      assertThat(named.writeUnits(ADDRESS, fits - "nvelope".length() + 1)).isEqualTo(2);
    }
  }
}
