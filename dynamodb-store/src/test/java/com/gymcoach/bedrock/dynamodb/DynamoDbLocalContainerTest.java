package com.gymcoach.bedrock.dynamodb;

import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "isDockerHere", disabledReason = "Skipped: there is no Docker on this machine")
class DynamoDbLocalContainerTest extends InContainer {
  DynamoDbLocalContainerTest() {
    super("amazon/dynamodb-local:3.3.1", 8000);
  }
}
