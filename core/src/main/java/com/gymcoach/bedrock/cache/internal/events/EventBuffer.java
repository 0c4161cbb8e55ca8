package com.gymcoach.bedrock.cache.internal.events;

import org.jspecify.annotations.Nullable;

/**
 * Holds events in order of arrival, as a linked list that grows at its end. One thread at a time
 * may add events; any number of readers may read without a lock, each at its own pace. Events that
 * all readers have passed are garbage, unless a reference to the beginning is held.
 */
final class EventBuffer<E> {

  /** A node of the list: the one before the first event, an event, or the end. */
  static final class Node<E> {
    final @Nullable E event;
    final @Nullable Throwable failure;
    private volatile @Nullable Node<E> next;

    private Node(@Nullable E event, @Nullable Throwable failure) {
      this.event = event;
      this.failure = failure;
    }

    /** Returns the next node, or null if none has been added yet. */
    @Nullable Node<E> next() {
      return next;
    }

    /** Returns whether this node is the end, after which nothing is ever added. */
    boolean isEnd() {
      return event == null;
    }
  }

  private Node<E> last = new Node<>(null, null);

  /** Returns the last node, after which the next event will be added. */
  Node<E> last() {
    return last;
  }

  void add(E event) {
    append(new Node<>(event, null));
  }

  /** Ends the buffer, with a failure or with null for a normal end. */
  void end(@Nullable Throwable failure) {
    append(new Node<>(null, failure));
  }

  private void append(Node<E> node) {
    Node<E> before = last;
    last = node; // first, so that a thread that sees the node may append after it
    before.next = node;
  }
}
