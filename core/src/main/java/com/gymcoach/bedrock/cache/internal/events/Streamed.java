package com.gymcoach.bedrock.cache.internal.events;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.events.EventBuffer.Cursor;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.awscore.AwsResponse;

/**
 * A stream as Bedrock sent it: its initial response, then its events in order. Immutable.
 *
 * @param <R> the initial response
 * @param <E> the type of an event
 */
public final class Streamed<R extends AwsResponse, E> implements Iterable<E> {
  private final R response;
  private final Cursor<E> beginning;
  private final long bytes;
  private final @Nullable CacheReason incompleteReason;
  private final @Nullable EventCopier<E> copier;

  private Streamed(
      R response,
      Cursor<E> beginning,
      long bytes,
      @Nullable CacheReason incompleteReason,
      @Nullable EventCopier<E> copier) {
    this.response = response;
    this.beginning = beginning;
    this.bytes = bytes;
    this.incompleteReason = incompleteReason;
    this.copier = copier;
  }

  /**
   * Returns a stream that completed normally.
   *
   * @param bytes the heap size of the events, in bytes
   */
  public static <R extends AwsResponse, E> Streamed<R, E> of(
      R response, List<E> events, long bytes) {
    EventBuffer<E> buffer = new EventBuffer<>();
    Cursor<E> beginning = buffer.cursor();
    events.forEach(buffer::add);
    buffer.end(null);
    return whole(response, beginning, bytes);
  }

  static <R extends AwsResponse, E> Streamed<R, E> whole(
      R response, Cursor<E> beginning, long bytes) {
    return new Streamed<>(response, beginning, bytes, null, null);
  }

  static <R extends AwsResponse, E> Streamed<R, E> incomplete(R response, CacheReason why) {
    return new Streamed<>(response, new EventBuffer<E>().cursor(), 0, why, null);
  }

  /** Returns the same stream with another initial response. */
  public Streamed<R, E> with(R other) {
    return new Streamed<>(other, beginning, bytes, incompleteReason, copier);
  }

  /** Returns the same stream with events that are copied for each subscriber. */
  public Streamed<R, E> copiedBy(EventCopier<E> copies) {
    return new Streamed<>(response, beginning, bytes, incompleteReason, copies);
  }

  /** Returns the stream's initial response. */
  public R response() {
    return response;
  }

  /** Returns the approximate heap size of the events in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Returns why the stream is incomplete, or null if nothing is known to be missing. */
  public @Nullable CacheReason incompleteReason() {
    return incompleteReason;
  }

  /**
   * Replays the events to a subscriber on its demand, on the given executor rather than the thread
   * that requests them.
   */
  public void play(
      Subscriber<? super E> subscriber, BufferSubscription.Listener listener, Executor executor) {
    EventCopier<E> copies = copier;
    Subscriber<? super E> to =
        copies == null ? subscriber : new OwnEvents<>(subscriber, copies::own);
    BufferSubscription<E> reader = new BufferSubscription<>(beginning, to, listener, executor);
    listener.subscribed(reader);
    reader.begin();
  }

  @Override
  public Iterator<E> iterator() {
    return new Iterator<>() {
      private final Cursor<E> position = beginning.copy();

      @Override
      public boolean hasNext() {
        return position.event() != null;
      }

      @Override
      public E next() {
        E event = position.event();
        if (event == null) {
          throw new NoSuchElementException();
        }
        position.advance();
        return event;
      }
    };
  }

  /** Returns the size only, and nothing of the content. */
  @Override
  public String toString() {
    return "Streamed[" + bytes + " bytes]";
  }
}
