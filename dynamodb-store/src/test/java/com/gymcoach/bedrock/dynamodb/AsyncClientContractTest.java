package com.gymcoach.bedrock.dynamodb;

class AsyncClientContractTest extends DynamoDbStoreContract {
  AsyncClientContractTest() {
    super(Dynamo.Kind.ASYNC);
  }
}
