package com.gymcoach.bedrock.examples.local;

import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The services that the function calls, on this machine or on AWS. Thread-safe. */
interface Services extends AutoCloseable {

  /** A service whose outage can be simulated. */
  enum Name {
    DYNAMODB,
    BEDROCK
  }

  /** Returns a sentence that says which services are real. */
  String introduction();

  /** Returns the client for Bedrock, not wrapped. */
  BedrockRuntimeClient bedrock();

  /** Returns the client of the warm tier. */
  DynamoDbClient dynamoDb();

  /** Returns whether a service can be reached, as far as the twin controls it. */
  boolean up(Name service);

  /** Makes a service reachable or unreachable. Has no effect if it already is. */
  void turn(Name service, boolean up);

  @Override
  void close();
}
