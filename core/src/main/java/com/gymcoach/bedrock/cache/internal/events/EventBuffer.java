package com.gymcoach.bedrock.cache.internal.events;

import org.jspecify.annotations.Nullable;

/**
 * Holds events in order of arrival, as a linked list that grows at its end. One thread at a time
 * may add events; any number of readers may read without a lock, each at its own pace. Events that
 * all readers have passed are garbage, unless a reference to the beginning is held.
 */
final class EventBuffer<E> {

  /** A node of the list: the one before the first event, an event, or the end. */
  static final class Place<E> {
    final @Nullable E event;
    final @Nullable Throwable failure;
    private volatile @Nullable Place<E> next;

    private Place(@Nullable E event, @Nullable Throwable failure) {
      this.event = event;
      this.failure = failure;
    }

    /** Returns the next place, or null if none has been added yet. */
    @Nullable Place<E> next() {
      return next;
    }

    /** Returns whether this place is the end, after which nothing is ever added. */
    boolean isEnd() {
      return event == null;
    }
  }

  private Place<E> last = new Place<>(null, null);

  /** Returns the last place, after which the next event will be added. */
  Place<E> here() {
    return last;
  }

  void add(E event) {
    append(new Place<>(event, null));
  }

  /** Ends the buffer, with a failure or with null for a normal end. */
  void end(@Nullable Throwable failure) {
    append(new Place<>(null, failure));
  }

  private void append(Place<E> place) {
    Place<E> before = last;
    last = place; // first, so that a thread that sees the place may append after it
    before.next = place;
  }
}
