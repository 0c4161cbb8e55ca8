package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.stream.EventLog.Place;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.async.SdkPublisher;

/**
 * One stream of events on its way from Bedrock to its caller, and a copy of it that is bounded.
 *
 * <p>While the caller is alone, its demand and its cancellation are Bedrock's: nothing is asked for
 * that it did not ask for. Once others wait ({@link #hurry}) the events are asked for as fast as
 * they come, and the caller takes them from the copy at its own pace; it may leave without ending
 * the stream. When the copy has grown too large the caller's pace counts again.
 */
public final class Capture<E> implements SdkPublisher<E>, Subscriber<E> {
  /** Hears what the caller does, and what becomes of the copy. */
  public interface Listener extends LogReader.Listener {
    /** There will be no copy of the whole. */
    default void givenUp() {}
  }

  /** How many events are asked for ahead when others wait. */
  private static final int AHEAD = 32;

  private final SdkPublisher<E> upstream;
  private final EventCopier<E> copier;
  private final long mostBytes;
  private final Listener caller;
  private final Executor elsewhere;

  private final EventLog<E> log = new EventLog<>();
  private final AtomicReference<@Nullable LogReader<E>> reader = new AtomicReference<>();
  private final AtomicInteger connected = new AtomicInteger();
  private final AtomicInteger pumping = new AtomicInteger();

  /** Where the copy begins; null when there is none, or its caller alone reads the rest. */
  private volatile @Nullable Place<E> beginning = log.here();

  private volatile @Nullable Subscription subscription;
  private volatile @Nullable CacheReason lacking;
  private volatile boolean hurried;
  private volatile boolean ended;
  private volatile int received;
  private long asked; // of upstream, in all; for the thread that pumps
  private long bytes;

  /**
   * Returns a capture that has not begun.
   *
   * @param copier weighs the events, and gives the caller its own while others may get them too
   * @param mostBytes how much may be copied
   * @param caller hears what the caller does, and whether the copy is given up
   * @param elsewhere where a caller behind the stream is given what has come
   */
  public Capture(
      SdkPublisher<E> upstream,
      EventCopier<E> copier,
      long mostBytes,
      Listener caller,
      Executor elsewhere) {
    this.upstream = upstream;
    this.copier = copier;
    this.mostBytes = mostBytes;
    this.caller = caller;
    this.elsewhere = elsewhere;
  }

  @Override
  public void subscribe(Subscriber<? super E> subscriber) {
    Place<E> from = beginning;
    LogReader<E> only =
        from == null
            ? null
            : new LogReader<>(
                from, new OwnEvents<>(subscriber, this::own), new Caller(caller), elsewhere);
    if (only == null || !reader.compareAndSet(null, only)) {
      upstream.subscribe(subscriber); // a second one gets what the SDK gives a second one
      return;
    }
    caller.subscribed(only);
    subscriber.onSubscribe(only);
    only.begin();
    connect();
  }

  /** Others wait: takes what comes as fast as it comes. */
  public void hurry() {
    hurried = true;
    connect();
    pump();
  }

  /** Ends the stream. */
  public void cancel() {
    lacks(CacheReason.STREAM_CANCELLED);
    Subscription held = subscription;
    if (held != null) {
      held.cancel();
    }
  }

  /** Returns whether it was the caller who ended the stream, or broke it. */
  public boolean brokenByCaller() {
    return lacking == CacheReason.STREAM_CANCELLED;
  }

  /** The caller's subscriber broke the rules, or the caller does not want the copy. */
  public void lacks(CacheReason why) {
    if (lacking == null) {
      lacking = why;
    }
  }

  /** Returns what has come once the stream is over. */
  public <R extends AwsResponse> Streamed<R, E> streamed(R response) {
    Place<E> first = beginning;
    CacheReason why = ended ? lacking : CacheReason.STREAM_CANCELLED;
    return why == null && first != null
        ? Streamed.whole(response, first, bytes)
        : Streamed.lacking(response, why == null ? CacheReason.STREAM_TOO_LARGE : why);
  }

  private void connect() {
    if (connected.getAndSet(1) == 0) {
      upstream.subscribe(this);
    }
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    if (lacking == CacheReason.STREAM_CANCELLED) {
      given.cancel();
    } else {
      pump();
    }
  }

  @Override
  public void onNext(E event) {
    if (lacking == null) {
      weigh(event);
      if (lacking != null) {
        caller.givenUp();
      }
    }
    log.add(event);
    int count = received + 1; // one thread at a time writes it
    received = count;
    if (lacking != null && reader.get() != null) {
      beginning = null; // what the caller has read may go
    }
    if (hurried) {
      pump();
    }
    tellReader();
  }

  /** Whatever happens to the copy, the event goes on to its caller. */
  private void weigh(E event) {
    try {
      bytes += copier.sizeOf(event);
      if (bytes > mostBytes) {
        lacks(CacheReason.STREAM_TOO_LARGE);
      }
    } catch (RuntimeException | Error broken) {
      lacks(CacheReason.ENCODE_FAILED);
    }
  }

  /** Returns what the caller is given of an event that may be kept for others. */
  private E own(E event) {
    if (lacking != null) {
      return event; // which no one else will get
    }
    try {
      return copier.own(event);
    } catch (RuntimeException | Error broken) {
      lacks(CacheReason.ENCODE_FAILED);
      caller.givenUp();
      return event;
    }
  }

  @Override
  public void onComplete() {
    ended = true;
    log.end(null);
    tellReader();
  }

  @Override
  public void onError(Throwable failure) {
    lacks(CacheReason.INCOMPLETE_BODY);
    log.end(failure);
    tellReader();
  }

  private void tellReader() {
    LogReader<E> told = reader.get();
    if (told != null) {
      told.handOver();
    }
  }

  /** Asks for what is wanted and was not asked for; in a loop, by one thread at a time. */
  private void pump() {
    Subscription from = subscription;
    if (from == null || pumping.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      LogReader<E> only = reader.get();
      long wanted = only == null ? 0 : only.requested();
      boolean ahead = hurried && lacking == null;
      long goal = ahead ? Math.max(wanted, (long) received + AHEAD) : wanted;
      if (goal > asked) {
        long more = goal == Long.MAX_VALUE ? Long.MAX_VALUE : goal - asked;
        asked = goal;
        from.request(more);
      }
      seen = pumping.addAndGet(-seen);
    } while (seen != 0);
  }

  /** The caller's subscription: its demand goes up the stream before anything else happens. */
  private final class Caller implements LogReader.Listener {
    private final LogReader.Listener next;

    Caller(LogReader.Listener next) {
      this.next = next;
    }

    @Override
    public void subscribed(LogReader<?> reader) {
      next.subscribed(reader);
    }

    @Override
    public boolean requested() {
      pump();
      return hurried; // otherwise there is nothing that upstream is not handing over just now
    }

    @Override
    public void misused(LogReader<?> subscription, long n) {
      if (hurried) {
        next.misused(subscription, n);
        return;
      }
      Subscription from = Capture.this.subscription;
      if (from != null) {
        from.request(n); // the SDK says what it says to such a subscriber
      }
    }

    @Override
    public void cancelled() {
      next.cancelled();
    }

    @Override
    public void ended(@Nullable Throwable failure) {
      next.ended(failure);
    }

    @Override
    public boolean threw(LogReader<?> subscription, Throwable thrown) {
      if (hurried) {
        return next.threw(subscription, thrown);
      }
      lacks(CacheReason.STREAM_CANCELLED);
      return true; // at the SDK, which knows what to do with it
    }
  }
}
