package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.stream.Streamed;
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
 * An operation whose answer is a stream. Its payload has a line of JSON for each event, in order,
 * so that a person can read it.
 *
 * @param <Q> the request
 * @param <R> the response that the stream begins with
 * @param <E> an event
 */
public abstract class CacheableStream<Q extends AwsRequest, R extends AwsResponse, E>
    extends CacheableOperation<Q, Streamed<R, E>> {
  /** What the objects of an event take beyond its text. Measured, rounded up. */
  static final long EVENT_OVERHEAD = 256;

  @Override
  public final boolean isStream() {
    return true;
  }

  /** Returns roughly how many bytes an event takes in memory. */
  public abstract long sizeOf(E event);

  /** Returns why the events are not a whole answer that may be kept, or null where they are. */
  abstract @Nullable CacheReason admission(
      Q request, Iterable<E> events, CacheableOperation.OptIns optIns);

  /**
   * Writes an event as one line of JSON, without the line's end.
   *
   * @throws IOException if it cannot be one
   */
  abstract void write(E event, ByteArrayOutputStream lines) throws IOException;

  /**
   * Returns the event that a line holds.
   *
   * @throws IOException if it holds none
   */
  abstract E event(byte[] line) throws IOException;

  /** Returns the response that a payload's stream began with. */
  abstract R begin(Payload payload);

  /** Returns the response that a stream begins with, with its outcome. */
  public R tag(R response, CacheOutcome outcome) {
    return Replay.tagged(response, outcome);
  }

  @Override
  public final @Nullable CacheReason admission(Q request, Streamed<R, E> stream, OptIns optIns) {
    if (stream.lacking() != null) {
      return stream.lacking();
    }
    return Replay.status(stream.response()) != 200
        ? CacheReason.NOT_SUCCESSFUL
        : admission(request, (Iterable<E>) stream, optIns);
  }

  @Override
  public final boolean isWhole(Streamed<R, E> stream) {
    return stream.lacking() == null;
  }

  @Override
  public final SdkResponse head(Streamed<R, E> stream) {
    return stream.response();
  }

  @Override
  public final int weight(Streamed<R, E> stream) {
    return OBJECT_OVERHEAD + SdkSize.bounded(stream.bytes());
  }

  @Override
  public final Payload encode(Streamed<R, E> stream) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(1024);
    for (E event : stream) {
      write(event, lines);
      lines.write('\n');
    }
    return Replay.payload(stream.response(), lines.toByteArray());
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
      throw new IOException("The last line has no end");
    }
    return Streamed.of(begin(payload), events, bytes);
  }

  @Override
  public final Streamed<R, E> tagged(Streamed<R, E> stream, CacheOutcome outcome) {
    return stream.with(tag(stream.response(), outcome));
  }
}
