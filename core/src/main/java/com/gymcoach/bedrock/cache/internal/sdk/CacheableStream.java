package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.events.EventCopier;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.SdkResponse;

/**
 * An operation whose answer is a stream. Its payload has one line of JSON per event, in order, so
 * that it is readable.
 *
 * @param <Q> the request
 * @param <R> the stream's initial response
 * @param <E> an event
 */
public abstract class CacheableStream<Q extends AwsRequest, R extends AwsResponse, E>
    extends CacheableOperation<Q, Streamed<R, E>> implements EventCopier<E> {
  /** The heap size of an event's place in the buffer, free places included, in bytes. */
  static final long LINK = 8;

  @Override
  public final boolean isStream() {
    return true;
  }

  /** Returns whether an event contains a byte array, which a caller could change. */
  abstract boolean holdsBytes(E event);

  /**
   * Returns why the events must not be cached, or null if they are a complete answer that may be.
   */
  abstract @Nullable CacheReason admission(
      Q request, Iterable<E> events, CacheableOperation.OptIns optIns);

  /**
   * Writes an event as one line of JSON, without the line feed.
   *
   * @throws IOException if the event cannot be written as one line
   */
  abstract void write(E event, ByteArrayOutputStream lines) throws IOException;

  /**
   * Parses the event in a line.
   *
   * @throws IOException if the line is not an event
   */
  abstract E event(byte[] line) throws IOException;

  /** Returns the initial response of a payload's stream. */
  abstract R begin(Payload payload);

  /** Returns a stream's initial response with an outcome. */
  public R tag(R response, CacheOutcome outcome) {
    return ResponseHttp.tagged(response, outcome);
  }

  @Override
  public final @Nullable CacheReason admission(Q request, Streamed<R, E> stream, OptIns optIns) {
    if (stream.incompleteReason() != null) {
      return stream.incompleteReason();
    }
    return ResponseHttp.status(stream.response()) != 200
        ? CacheReason.NOT_SUCCESSFUL
        : admission(request, (Iterable<E>) stream, optIns);
  }

  @Override
  public final boolean isWhole(Streamed<R, E> stream) {
    return stream.incompleteReason() == null;
  }

  @Override
  public final SdkResponse head(Streamed<R, E> stream) {
    return stream.response();
  }

  /**
   * Keeps the events themselves: they are immutable, except for their arrays, for which see {@link
   * #own}.
   */
  @Override
  public final Kept<Streamed<R, E>> keep(Streamed<R, E> stream) {
    return kept(stream.with(ResponseHttp.bare(stream.response())));
  }

  @Override
  public final Kept<Streamed<R, E>> kept(Streamed<R, E> own) {
    boolean hasBytes = false;
    for (E event : own) {
      if (holdsBytes(event)) {
        hasBytes = true;
        break;
      }
    }
    R response = own.response();
    long head = ResponseHttp.size(response) + SdkSize.of(response).bytes();
    return new Kept<>(own, hasBytes, SdkSize.bounded(OBJECT_OVERHEAD + head + own.bytes()));
  }

  /** Copies each event only when it is delivered to a caller. */
  @Override
  final Streamed<R, E> withOwnBytes(Streamed<R, E> stream) {
    return stream.copiedBy(this);
  }

  @Override
  public E own(E event) {
    return holdsBytes(event) ? SdkCopy.of(event) : event;
  }

  @Override
  public final Payload encode(Streamed<R, E> stream) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(1024);
    for (E event : stream) {
      write(event, lines);
      lines.write('\n');
    }
    return ResponseHttp.payload(stream.response(), lines.toByteArray());
  }

  @Override
  public final Streamed<R, E> decode(Payload payload) throws IOException {
    List<E> events = new ArrayList<>();
    long bytes = 0;
    byte[] lines = payload.body();
    int from = 0;
    for (int i = 0; i < lines.length; i++) {
      if (lines[i] == '\n') {
        E event = event(Arrays.copyOfRange(lines, from, i));
        events.add(event);
        bytes += sizeOf(event);
        from = i + 1;
      }
    }
    if (from != lines.length) {
      throw new IOException("Last line has no line feed");
    }
    return Streamed.of(begin(payload), events, bytes);
  }

  @Override
  public final Streamed<R, E> tagged(Streamed<R, E> stream, CacheOutcome outcome) {
    return stream.with(tag(stream.response(), outcome));
  }
}
