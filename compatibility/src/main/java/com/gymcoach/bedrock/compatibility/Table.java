package com.gymcoach.bedrock.compatibility;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Stores on one table. Apart from the rest, as some class paths have no module for DynamoDB. */
final class Table implements Supplier<CacheStore> {
  private static final Duration AMPLE = Duration.ofSeconds(20);

  private final DynamoDbClient client;
  private final String name;

  Table(URI endpoint, String name, AwsCredentialsProvider credentials) {
    this.client =
        DynamoDbClient.builder()
            .region(Region.US_EAST_1)
            .endpointOverride(endpoint)
            .credentialsProvider(credentials)
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    this.name = name;
    CacheTable.create(client, name);
  }

  @Override
  public CacheStore get() {
    return DynamoDbCacheStore.builder()
        .client(client)
        .tableName(name)
        .readBudget(AMPLE)
        .writeBudget(AMPLE)
        .build();
  }
}
