package com.gymcoach.bedrock.cache.internal.events;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Holds events in order of arrival. One thread at a time may add events; any number of readers may
 * read without a lock, each with its own cursor. Events are held in chunks, because a node for each
 * of them is one more object that the garbage collector moves. Chunks that all readers have passed
 * are garbage, unless a cursor at the beginning is held.
 */
final class EventBuffer<E> {
  private static final int FIRST_CHUNK = 16;
  private static final int MAX_CHUNK = 128;

  /** The end of the stream, after which nothing is ever added. */
  record End(@Nullable Throwable failure) {}

  private static final class Chunk<E> {
    private final AtomicReferenceArray<@Nullable E> events;

    /** The next chunk; nothing is added to this one once it is set. */
    private volatile @Nullable Chunk<E> next;

    /** Set if the stream ends behind the last event of this chunk. */
    private volatile @Nullable End end;

    private Chunk(int size) {
      this.events = new AtomicReferenceArray<>(size);
    }

    private @Nullable E at(int index) {
      return index < events.length() ? events.getAcquire(index) : null;
    }
  }

  /** A reader's place in a buffer: in front of an event, of the end, or of what has not come. */
  static final class Cursor<E> {
    private Chunk<E> chunk;
    private int index;

    private Cursor(Chunk<E> chunk, int index) {
      this.chunk = chunk;
      this.index = index;
    }

    /** Returns another cursor at the same place. */
    Cursor<E> copy() {
      return new Cursor<>(chunk, index);
    }

    /** Returns the event after this place, or null if there is none yet or the stream ends here. */
    @Nullable E event() {
      E event = chunk.at(index);
      if (event != null) {
        return event;
      }
      Chunk<E> next = chunk.next;
      if (next == null) {
        return null;
      }
      event = chunk.at(index); // it may have come meanwhile; now the chunk is complete
      if (event != null) {
        return event;
      }
      chunk = next;
      index = 0;
      return chunk.at(0);
    }

    /** Returns the end if the stream ends here, or null. */
    @Nullable End end() {
      End end = chunk.end; // read first: then all events added before it are visible
      return end != null && event() == null ? end : null;
    }

    /** Moves behind the event that {@link #event} has returned. */
    void advance() {
      index++;
    }
  }

  private Chunk<E> last = new Chunk<>(FIRST_CHUNK);
  private int count;
  private boolean freesEach;

  /** Returns a cursor in front of the next event that will be added. */
  Cursor<E> cursor() {
    return new Cursor<>(last, count);
  }

  /** Lets each later event become garbage as soon as all readers have passed it. */
  void freeEach() {
    freesEach = true;
  }

  void add(E event) {
    Chunk<E> to = last;
    if (freesEach || count == to.events.length()) {
      Chunk<E> next = new Chunk<>(freesEach ? 1 : Math.min(MAX_CHUNK, 2 * count));
      next.events.setPlain(0, event);
      last = next;
      count = 1;
      to.next = next; // last, so that a thread that sees the event may add after it
      return;
    }
    int at = count++;
    to.events.setRelease(at, event);
  }

  /** Ends the buffer, with a failure or with null for a normal end. */
  void end(@Nullable Throwable failure) {
    last.end = new End(failure);
  }
}
