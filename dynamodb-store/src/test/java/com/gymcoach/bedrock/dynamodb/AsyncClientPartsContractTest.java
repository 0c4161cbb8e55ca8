package com.gymcoach.bedrock.dynamodb;

/** The contract of a store that keeps its largest entries in parts. */
class AsyncClientPartsContractTest extends DynamoDbStoreContract {
  AsyncClientPartsContractTest() {
    super(Dynamo.Kind.ASYNC, EntryParts.MAX_BYTES);
  }
}
