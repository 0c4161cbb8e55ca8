package com.gymcoach.bedrock.cache.internal.stream;

import java.util.concurrent.Executor;

/**
 * The settings of a cache that apply to its streams.
 *
 * @param maxBytes the most bytes of a stream that may be copied
 * @param finishAbandoned whether a stream is read to its end after all callers have left
 * @param executor the executor that replays streams; not on the caller's thread, unless the service
 *     chose so
 */
public record StreamSettings(long maxBytes, boolean finishAbandoned, Executor executor) {

  /** Returns the settings of a stream that is read to its end for the cache alone. */
  StreamSettings finishing() {
    return new StreamSettings(maxBytes, true, executor);
  }
}
