package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A record of the log. The bodies are places in the line, not copies.
 *
 * @param millis the time, in milliseconds since 1970
 * @param identity the caller's ARN, or empty
 * @param endpoint the value of the request metadata that names the endpoint, or null
 * @param scope the value of the request metadata that names the user, or null
 * @param failed whether Bedrock answered with an error
 * @param input the request's body, or null if the record does not have it
 * @param output the response's body, or null if the record does not have it
 * @param usage the tokens, or null if the record does not state them
 */
record LogRecord(
    long millis,
    String region,
    String requestId,
    String operation,
    String modelId,
    String identity,
    @Nullable String endpoint,
    @Nullable String scope,
    boolean failed,
    @Nullable Body input,
    @Nullable Body output,
    @Nullable TokenUsage usage) {

  /** The place of a body in a line, whose buffer is used again for the next one. */
  record Body(byte[] line, int from, int to) {
    int length() {
      return to - from;
    }

    byte[] copy() {
      return Arrays.copyOfRange(line, from, to);
    }

    /** Returns no byte of the body. */
    @Override
    public String toString() {
      return "Body[" + length() + "]";
    }
  }

  /** Returns nothing of the record. */
  @Override
  public String toString() {
    return "LogRecord";
  }
}
