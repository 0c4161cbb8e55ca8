package com.gymcoach.bedrock.cache.internal.stream;

import org.jspecify.annotations.Nullable;

/**
 * Events in the order in which they came, as a chain that grows at its end. One thread at a time
 * adds; any number reads, each at its own pace, without a lock. What all readers have left behind
 * is garbage unless somebody holds the beginning.
 */
final class EventBuffer<E> {

  /** A place in the chain: before the first event, at an event, or at the end. */
  static final class Place<E> {
    final @Nullable E event;
    final @Nullable Throwable failure;
    private volatile @Nullable Place<E> next;

    private Place(@Nullable E event, @Nullable Throwable failure) {
      this.event = event;
      this.failure = failure;
    }

    /** Returns the next place, or null where nothing has come after this one yet. */
    @Nullable Place<E> next() {
      return next;
    }

    /** Returns whether nothing comes after this place, ever. */
    boolean isEnd() {
      return event == null;
    }
  }

  private Place<E> last = new Place<>(null, null);

  /** Returns the place where the next event will come after. */
  Place<E> here() {
    return last;
  }

  void add(E event) {
    append(new Place<>(event, null));
  }

  /** Ends the log, with a failure or without. */
  void end(@Nullable Throwable failure) {
    append(new Place<>(null, failure));
  }

  private void append(Place<E> place) {
    Place<E> before = last;
    last = place; // first, so that who sees the place may append after it
    before.next = place;
  }
}
