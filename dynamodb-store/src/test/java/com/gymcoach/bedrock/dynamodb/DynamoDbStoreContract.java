package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.CacheStoreContract;

/** The contract against DynamoDB Local; its subclasses choose the SDK's client. */
abstract class DynamoDbStoreContract extends CacheStoreContract {
  private final Kind kind;
  private String table = "";

  DynamoDbStoreContract(Kind kind) {
    this.kind = kind;
  }

  @Override
  protected CacheStore createStore() {
    table = Dynamo.table();
    return createSecondStore();
  }

  @Override
  protected CacheStore createSecondStore() {
    return kind.store(table).build();
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
