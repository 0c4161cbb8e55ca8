package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;

class SyncClientContractTest extends DynamoDbStoreContract {
  SyncClientContractTest() {
    super(Dynamo.Kind.SYNC, CacheStore.DEFAULT_MAX_ENVELOPE_BYTES);
  }
}
