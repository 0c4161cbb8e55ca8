package com.gymcoach.bedrock.examples.replay;

/**
 * One call of a trace.
 *
 * @param millis when it came, in milliseconds since the trace began
 * @param user whose it was
 * @param endpoint the use it was made for
 * @param prompt what tells its prompt from others, such as a digest: equal prompts are repeats
 * @param inputTokens tokens of the prompt
 * @param outputTokens tokens of the answer
 */
record Ask(
    long millis, String user, String endpoint, String prompt, int inputTokens, int outputTokens) {

  /** Returns the same call at another time. */
  Ask at(long time) {
    return new Ask(time, user, endpoint, prompt, inputTokens, outputTokens);
  }
}
