package com.gymcoach.bedrock.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A service's ordinary calls find the answers that a file has warmed up. */
class SameKeysTest {
  /** Where the answers are kept. */
  enum Place {
    MEMORY,
    TABLE
  }

  private static DynamoDbLocal dynamoDb;

  @TempDir Path folder;
  private final BedrockStandIn bedrock = BedrockStandIn.start();

  @BeforeAll
  static void startDynamoDb() {
    dynamoDb = DynamoDbLocal.start();
  }

  @AfterAll
  static void stopDynamoDb() {
    dynamoDb.close();
  }

  @AfterEach
  void stop() {
    bedrock.close();
  }

  /** Returns a cache with the place: a new table, or memory. */
  private static BedrockCache cache(DynamoDbClient table, String tableName, Place place) {
    return place == Place.MEMORY
        ? BedrockCache.builder().build()
        : BedrockCache.builder()
            .store(
                DynamoDbCacheStore.builder()
                    .client(table)
                    .tableName(tableName)
                    .readBudget(Duration.ofSeconds(10))
                    .writeBudget(Duration.ofSeconds(10))
                    .build())
            .build();
  }

  private static DynamoDbClient dynamoDbClient() {
    return DynamoDbClient.builder()
        .endpointOverride(dynamoDb.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  /** Warms up with each kind of client; a stream needs the async one. */
  private static WarmUpReport warmUp(
      Path file, BedrockStandIn bedrock, BedrockCache cache, boolean async) throws Exception {
    WarmUpBuilder builder = WarmUp.builder(file).maxUsd(10).requestsPerSecond(1_000).burst(1_000);
    if (async) {
      try (CachingBedrockAsyncClient client =
          CachingBedrockAsyncClient.create(Clients.async(bedrock), cache)) {
        return builder.asyncClient(client).build().run();
      }
    }
    try (CachingBedrockClient client = CachingBedrockClient.create(Clients.sync(bedrock), cache)) {
      return builder.client(client).build().run();
    }
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void run_withTheAsyncClient_answersEveryOperationsOrdinaryCall(Place place) throws Exception {
    check(place, true, 5);
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void run_withTheSyncClient_answersOrdinaryCallsThatAreNoStreams(Place place) throws Exception {
    check(place, false, 3);
  }

  private void check(Place place, boolean streams, int asked) throws Exception {
    CacheScope alice = CacheScope.user("alice").endpoint("coach").vary("locale", null);
    Path file =
        Requests.file(
            folder,
            Requests.line(Requests.converse("one")),
            Requests.line(Requests.converseStream("two")),
            Requests.line(Requests.invoke("three")),
            Requests.line(Requests.invokeStream("four")),
            new RequestLine(alice, Requests.converse("one")).write());
    String tableName = "t-" + UUID.randomUUID();
    try (DynamoDbClient table = dynamoDbClient()) {
      if (place == Place.TABLE) {
        CacheTable.create(table, tableName);
      }
      BedrockCache warmed = cache(table, tableName, place);
      WarmUpReport report = warmUp(file, bedrock, warmed, streams);
      assertThat(report.end()).isEqualTo(WarmUpReport.End.FINISHED);
      assertThat(report.counts().asked()).isEqualTo(asked);
      assertThat(report.counts().kept()).isEqualTo(asked);
      assertThat(report.refused().getOrDefault("NEEDS_ASYNC_CLIENT", 0L)).isEqualTo(5 - asked);
      assertThat(report.counts().assumedUsd()).isZero();
      assertThat(report.counts().usd()).isPositive();
      int requests = bedrock.requests();
      assertThat(requests).isEqualTo(asked);

      BedrockCache service = warmed;
      if (place == Place.TABLE) { // another process
        warmed.close();
        service = cache(table, tableName, place);
      }
      CacheSource source = place == Place.TABLE ? CacheSource.WARM : CacheSource.HOT;
      try (CachingBedrockClient client =
              CachingBedrockClient.create(Clients.sync(bedrock), service);
          CachingBedrockAsyncClient async =
              CachingBedrockAsyncClient.create(Clients.async(bedrock), service)) {
        CachingBedrockClient chat = client.forScope(Requests.SHARED);
        assertHit(CacheOutcome.of(chat.converse(Requests.converse("one"))), source);
        assertHit(CacheOutcome.of(chat.invokeModel(Requests.invoke("three"))), source);
        assertHit(
            CacheOutcome.of(client.forScope(alice).converse(Requests.converse("one"))), source);
        if (streams) {
          assertHit(converseStream(async.forScope(Requests.SHARED)), source);
          assertHit(invokeStream(async.forScope(Requests.SHARED)), source);
        }
        assertThat(bedrock.requests()).isEqualTo(requests);
        // Another user has none of it.
        CacheScope bob = CacheScope.user("bob").endpoint("coach").vary("locale", null);
        assertThat(client.forScope(bob).lookUp(Requests.converse("one")).status())
            .isEqualTo(CacheOutcome.Status.MISS);
      }
      service.close();
    }
  }

  private static void assertHit(CacheOutcome outcome, CacheSource source) {
    assertThat(outcome.status()).isEqualTo(CacheOutcome.Status.HIT);
    assertThat(outcome.source()).isEqualTo(source);
  }

  private static CacheOutcome converseStream(CachingBedrockAsyncClient client) {
    StreamEnd end = new StreamEnd();
    client.converseStream(Requests.converseStream("two"), end.ofConverse()).join();
    return end.outcome();
  }

  private static CacheOutcome invokeStream(CachingBedrockAsyncClient client) {
    StreamEnd end = new StreamEnd();
    client.invokeModelWithResponseStream(Requests.invokeStream("four"), end.ofInvokeModel()).join();
    return end.outcome();
  }
}
