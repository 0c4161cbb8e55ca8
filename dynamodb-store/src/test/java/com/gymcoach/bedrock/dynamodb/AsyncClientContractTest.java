package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;

class AsyncClientContractTest extends DynamoDbStoreContract {
  AsyncClientContractTest() {
    super(Dynamo.Kind.ASYNC, CacheStore.DEFAULT_MAX_ENVELOPE_BYTES);
  }
}
