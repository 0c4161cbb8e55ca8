package com.gymcoach.bedrock.cache.internal.events;

/**
 * Measures the events of a stream, and copies those that a caller could change. Thread-safe.
 *
 * @param <E> the type of an event
 */
public interface EventCopier<E> {
  /** Returns the approximate heap size of an event in bytes, including its place in the buffer. */
  long sizeOf(E event);

  /**
   * Returns an equal event that shares no byte array with the given one, or the given event itself
   * if it has none.
   */
  default E own(E event) {
    return event;
  }
}
