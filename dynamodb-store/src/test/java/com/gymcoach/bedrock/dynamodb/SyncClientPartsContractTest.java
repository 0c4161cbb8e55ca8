package com.gymcoach.bedrock.dynamodb;

/** The contract of a store that keeps its largest entries in parts. */
class SyncClientPartsContractTest extends DynamoDbStoreContract {
  SyncClientPartsContractTest() {
    super(Dynamo.Kind.SYNC, EntryParts.MAX_BYTES);
  }
}
