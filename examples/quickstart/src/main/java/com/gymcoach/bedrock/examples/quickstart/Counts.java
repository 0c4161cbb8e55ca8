package com.gymcoach.bedrock.examples.quickstart;

/**
 * The number of requests that arrived.
 *
 * @param bedrock requests to Bedrock
 * @param reads look-ups in DynamoDB
 * @param others other requests to DynamoDB, mostly writes
 */
record Counts(int bedrock, int reads, int others) {
  Counts minus(Counts before) {
    return new Counts(bedrock - before.bedrock, reads - before.reads, others - before.others);
  }

  @Override
  public String toString() {
    return bedrock + " / " + reads + " / " + others;
  }
}
