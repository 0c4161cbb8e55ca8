package com.gymcoach.bedrock.examples.quickstart;

import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Where the tour takes place: on this machine, or on AWS. */
interface Services extends AutoCloseable {

  /** Returns the sentences that tell a stranger what is real here and what is not. */
  String introduction();

  /** Returns the client that calls Bedrock, not wrapped. */
  BedrockRuntimeClient bedrock();

  /** Returns the client that streams from Bedrock, not wrapped. */
  BedrockRuntimeAsyncClient bedrockStreams();

  /** Returns the client of the warm tier. */
  DynamoDbClient dynamoDb();

  /** Returns what has arrived so far, as counted outside the cache. */
  Counts arrived();

  /** Makes DynamoDB unreachable, or reachable again. */
  void outage(boolean on);

  @Override
  void close();
}
