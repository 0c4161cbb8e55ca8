package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.CacheStoreContract;

/**
 * The contract against DynamoDB Local; its subclasses choose the SDK's client and the largest
 * entry.
 */
abstract class DynamoDbStoreContract extends CacheStoreContract {
  private final Kind kind;
  private final int maxEnvelopeBytes;
  private String table = "";

  DynamoDbStoreContract(Kind kind, int maxEnvelopeBytes) {
    this.kind = kind;
    this.maxEnvelopeBytes = maxEnvelopeBytes;
  }

  @Override
  protected CacheStore createStore() {
    table = Dynamo.table();
    return createSecondStore();
  }

  @Override
  protected CacheStore createSecondStore() {
    return kind.store(table).maxEnvelopeBytes(maxEnvelopeBytes).build();
  }

  @Override
  protected boolean breakBackend() {
    Dynamo.client().deleteTable(delete -> delete.tableName(table));
    return true;
  }

  @Override
  protected boolean markNamespace(String namespace, Marker marker) {
    Dynamo.markNamespace(table, namespace, marker);
    return true;
  }
}
