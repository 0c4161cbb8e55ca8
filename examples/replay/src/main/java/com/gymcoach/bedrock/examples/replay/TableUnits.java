package com.gymcoach.bedrock.examples.replay;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbServiceClientConfiguration;

/** Calculates DynamoDB's units as the store does, without a table. */
public final class TableUnits {
  private final CacheStore store =
      DynamoDbCacheStore.builder().client(new NoClient()).tableName("replay").build();

  /** Returns the read units of a look-up that finds an entry of this size, or 0 for none. */
  public double readUnits(StoreQuery query, int envelopeBytes) {
    return store.readUnits(query, envelopeBytes);
  }

  /** Returns the write units of an entry of this size. */
  public double writeUnits(EntryAddress address, int envelopeBytes) {
    return store.writeUnits(address, envelopeBytes);
  }

  private static final class NoClient implements DynamoDbClient {
    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public DynamoDbServiceClientConfiguration serviceClientConfiguration() {
      return DynamoDbServiceClientConfiguration.builder().build();
    }

    @Override
    public void close() {}
  }
}
