package com.gymcoach.bedrock.examples.quickstart;

import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The services of the tour, on this machine or on AWS. */
interface Services extends AutoCloseable {

  /** Returns an introduction for newcomers that says which services are real. */
  String introduction();

  /** Returns the client for Bedrock, not wrapped. */
  BedrockRuntimeClient bedrock();

  /** Returns the streaming client for Bedrock, not wrapped. */
  BedrockRuntimeAsyncClient bedrockStreams();

  /** Returns the client of the warm tier. */
  DynamoDbClient dynamoDb();

  /** Returns the requests that have arrived so far, counted outside the cache. */
  Counts arrived();

  /** Makes DynamoDB unreachable, or reachable again. */
  void outage(boolean on);

  @Override
  void close();
}
