package com.gymcoach.bedrock.examples.replay;

/**
 * One call of a trace.
 *
 * @param millis when it was made, in milliseconds since the trace began
 * @param user the user
 * @param endpoint the endpoint
 * @param prompt identifies the prompt, for example by a digest: equal values are repeats
 * @param inputTokens tokens of the prompt
 * @param outputTokens tokens of the answer
 */
record Ask(
    long millis, String user, String endpoint, String prompt, int inputTokens, int outputTokens) {

  /** Returns the same call at another time, in milliseconds since the trace began. */
  Ask at(long time) {
    return new Ask(time, user, endpoint, prompt, inputTokens, outputTokens);
  }
}
