package com.gymcoach.bedrock.dynamodb;

class SyncClientContractTest extends DynamoDbStoreContract {
  SyncClientContractTest() {
    super(Dynamo.Kind.SYNC);
  }
}
