package com.gymcoach.bedrock.examples.local;

import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What the function calls: on this machine, or on AWS. Safe for use by many threads. */
interface Services extends AutoCloseable {

  /** A service whose outage can be played. */
  enum Name {
    DYNAMODB,
    BEDROCK
  }

  /** Returns a sentence that says what is real here and what is not. */
  String introduction();

  /** Returns the client that calls Bedrock, not wrapped. */
  BedrockRuntimeClient bedrock();

  /** Returns the client of the warm tier. */
  DynamoDbClient dynamoDb();

  /** Returns whether a service can be reached, as far as the twin decides it. */
  boolean up(Name service);

  /** Makes a service reachable, or not. No effect if it is so already. */
  void turn(Name service, boolean up);

  @Override
  void close();
}
