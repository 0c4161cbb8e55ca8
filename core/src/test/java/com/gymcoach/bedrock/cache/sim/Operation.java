package com.gymcoach.bedrock.cache.sim;

/** The operations that a schedule makes. */
enum Operation {
  CONVERSE,
  INVOKE_MODEL,
  CONVERSE_STREAM,
  INVOKE_MODEL_STREAM,
  EMBEDDINGS,
  INVALIDATE;

  /** The operations that a caller makes. */
  static final Operation[] CALLS = {
    CONVERSE, INVOKE_MODEL, CONVERSE_STREAM, INVOKE_MODEL_STREAM, EMBEDDINGS
  };

  boolean isStream() {
    return this == CONVERSE_STREAM || this == INVOKE_MODEL_STREAM;
  }
}
