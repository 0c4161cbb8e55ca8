package com.gymcoach.bedrock.cache.internal.sdk;

import org.jspecify.annotations.Nullable;

/** Reads counts of tokens. */
final class TokenCounts {
  private TokenCounts() {}

  /** Returns the count, or zero if it is absent or negative. */
  static long orZero(@Nullable Number tokens) {
    return tokens == null ? 0 : Math.max(0, tokens.longValue());
  }
}
