package com.gymcoach.bedrock.examples.quickstart;

/**
 * How many requests arrived.
 *
 * @param bedrock at Bedrock
 * @param reads at DynamoDB, to look an answer up
 * @param others at DynamoDB, for anything else: writes above all
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
