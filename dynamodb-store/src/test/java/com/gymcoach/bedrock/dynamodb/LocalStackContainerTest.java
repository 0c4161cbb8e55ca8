package com.gymcoach.bedrock.dynamodb;

import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "isDockerHere", disabledReason = "Skipped: there is no Docker on this machine")
class LocalStackContainerTest extends InContainer {
  LocalStackContainerTest() {
    super("localstack/localstack:4.9", 4566);
  }
}
