package com.gymcoach.bedrock.cache.internal.stream;

/**
 * Weighs the events of a stream, and copies those that a caller could change for others.
 * Thread-safe.
 *
 * @param <E> an event
 */
public interface EventCopier<E> {
  /** Returns roughly how many bytes of heap an event takes, its place in the stream included. */
  long sizeOf(E event);

  /**
   * Returns an equal event that shares no byte array with the one given; that one if it has none.
   */
  default E own(E event) {
    return event;
  }
}
