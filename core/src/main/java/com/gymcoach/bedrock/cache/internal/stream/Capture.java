package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.stream.EventBuffer.Place;
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
  public interface Listener extends BufferSubscription.Listener {
    /** An event could not be copied. {@link #givenUp} follows. */
    default void copyFailed(Throwable why) {}

    /** There will be no copy of the whole. */
    default void givenUp() {}

    /** The subscriber may never be told of the end: it threw, or another has taken its place. */
    default void subscriberLost() {}

    /** The stream has ended of itself; called before the subscriber is told so. */
    default void streamCompleted() {}

    /** The subscriber has been told so, unless it is slower than the stream. */
    default void subscriberTold() {}
  }

  /** How many events are asked for ahead when others wait. */
  private static final int AHEAD = 32;

  private final SdkPublisher<E> bedrockCall;
  private final EventCopier<E> copier;
  private final long mostBytes;
  private final Listener caller;
  private final Executor elsewhere;

  private final EventBuffer<E> log = new EventBuffer<>();
  private final AtomicReference<@Nullable BufferSubscription<E>> reader = new AtomicReference<>();
  private final AtomicInteger connected = new AtomicInteger();
  private final AtomicInteger pumping = new AtomicInteger();

  /** Where the copy begins; null when there is none, or its caller alone reads the rest. */
  private volatile @Nullable Place<E> beginning = log.here();

  /** The caller's subscription that the SDK is about to tell of, by whoever connects. */
  private volatile @Nullable BufferSubscription<E> toBeTold;

  /** The thread that tells the caller of its subscription, while it does. */
  private volatile @Nullable Thread telling;

  /** What the caller wrongly asked for while it was told; for that thread. */
  private long misusedBy;

  private volatile @Nullable Subscription subscription;
  private volatile @Nullable CacheReason incompleteReason;
  private volatile boolean givenUp;
  private volatile boolean hurried;
  private volatile boolean ended;
  private volatile int received;

  /** The thread that brings the end of the stream, while it does. */
  private volatile @Nullable Thread endedBy;

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
      SdkPublisher<E> bedrockCall,
      EventCopier<E> copier,
      long mostBytes,
      Listener caller,
      Executor elsewhere) {
    this.bedrockCall = bedrockCall;
    this.copier = copier;
    this.mostBytes = mostBytes;
    this.caller = caller;
    this.elsewhere = elsewhere;
  }

  @Override
  public void subscribe(Subscriber<? super E> subscriber) {
    Place<E> from = beginning;
    BufferSubscription<E> only =
        from == null
            ? null
            : new BufferSubscription<>(
                from, new OwnEvents<>(subscriber, this::own), new Caller(caller), elsewhere);
    if (only == null || !reader.compareAndSet(null, only)) {
      giveUp(CacheReason.INCOMPLETE_BODY); // the SDK's publisher need not go on for the first
      caller.subscriberLost();
      bedrockCall.subscribe(subscriber); // a second one gets what the SDK gives a second one
      return;
    }
    caller.subscribed(only);
    if (connected.getAndSet(1) == 0) {
      toBeTold = only; // when the SDK tells of the subscription, as it would without a cache
      bedrockCall.subscribe(this);
    } else {
      only.begin();
    }
  }

  /** Others wait: takes what comes as fast as it comes. */
  public void hurry() {
    hurried = true;
    connect();
    pump();
  }

  /** Ends the stream. */
  public void cancel() {
    giveUp(CacheReason.STREAM_CANCELLED);
    Subscription held = subscription;
    if (held != null) {
      held.cancel();
    }
  }

  /** Nobody has any use for the copy: none is made. */
  public void markIncomplete(CacheReason why) {
    if (incompleteReason == null) {
      incompleteReason = why;
    }
  }

  /** Makes no copy of the whole, and says so once: those who wait need not. */
  private void giveUp(CacheReason why) {
    markIncomplete(why);
    if (!givenUp) {
      givenUp = true;
      caller.givenUp();
    }
  }

  /** Returns what has come once the stream is over. */
  public <R extends AwsResponse> Streamed<R, E> streamed(R response) {
    Place<E> first = beginning;
    CacheReason why = ended ? incompleteReason : CacheReason.STREAM_CANCELLED;
    return why == null && first != null
        ? Streamed.whole(response, first, bytes)
        : Streamed.incomplete(response, why == null ? CacheReason.STREAM_TOO_LARGE : why);
  }

  private void connect() {
    if (connected.getAndSet(1) == 0) {
      bedrockCall.subscribe(this);
    }
  }

  @Override
  public void onSubscribe(Subscription given) {
    subscription = given;
    tell();
    if (incompleteReason == CacheReason.STREAM_CANCELLED) {
      given.cancel();
    } else {
      pump();
    }
  }

  /**
   * Tells the caller of its subscription, on the thread that it subscribed on. What it asks for
   * meanwhile is asked for afterwards: no event comes before it knows of its subscription.
   */
  private void tell() {
    BufferSubscription<E> only = toBeTold;
    toBeTold = null;
    if (only == null) {
      return;
    }
    telling = Thread.currentThread();
    try {
      only.begin();
    } finally {
      telling = null;
    }
    if (misusedBy != 0) {
      misuse(misusedBy);
    }
  }

  /** The SDK says what it says to a subscriber that asks for no event, or fewer. */
  private void misuse(long n) {
    Subscription from = subscription;
    if (from != null) {
      from.request(n);
    }
  }

  @Override
  public void onNext(E event) {
    if (incompleteReason == null) {
      weigh(event);
    }
    log.add(event);
    int count = received + 1; // one thread at a time writes it
    received = count;
    if (incompleteReason != null && reader.get() != null) {
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
        giveUp(CacheReason.STREAM_TOO_LARGE);
      }
    } catch (RuntimeException | Error broken) {
      caller.copyFailed(broken);
      giveUp(CacheReason.ENCODE_FAILED);
    }
  }

  /** Returns what the caller is given of an event that may be kept for others. */
  private E own(E event) {
    if (incompleteReason != null && !ended) {
      return event; // which no one else will get
    }
    try {
      return copier.own(event);
    } catch (RuntimeException | Error broken) {
      caller.copyFailed(broken);
      markIncomplete(CacheReason.ENCODE_FAILED);
      caller.givenUp();
      return event;
    }
  }

  @Override
  public void onComplete() {
    ended = true;
    log.end(null);
    caller.streamCompleted();
    try {
      tellReaderOfTheEnd();
    } finally {
      caller.subscriberTold();
    }
  }

  @Override
  public void onError(Throwable failure) {
    markIncomplete(CacheReason.INCOMPLETE_BODY);
    log.end(failure);
    tellReaderOfTheEnd();
  }

  private void tellReaderOfTheEnd() {
    endedBy = Thread.currentThread();
    try {
      tellReader();
    } finally {
      endedBy = null;
    }
  }

  private void tellReader() {
    BufferSubscription<E> told = reader.get();
    if (told != null) {
      told.drain();
    }
  }

  /** Asks for what is wanted and was not asked for; in a loop, by one thread at a time. */
  private void pump() {
    Subscription from = subscription;
    if (from == null || telling == Thread.currentThread() || pumping.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      BufferSubscription<E> only = reader.get();
      long wanted = only == null ? 0 : only.requested();
      boolean ahead = hurried && incompleteReason == null;
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
  private final class Caller implements BufferSubscription.Listener {
    private final Listener next;

    Caller(Listener next) {
      this.next = next;
    }

    @Override
    public void subscribed(BufferSubscription<?> reader) {
      next.subscribed(reader);
    }

    @Override
    public boolean requested() {
      pump();
      return hurried; // otherwise there is nothing that upstream is not handing over just now
    }

    @Override
    public void misused(BufferSubscription<?> subscription, long n) {
      if (hurried) {
        next.misused(subscription, n);
      } else if (telling == Thread.currentThread()) {
        misusedBy = n == 0 ? Long.MIN_VALUE : n;
      } else {
        misuse(n);
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
    public boolean threw(BufferSubscription<?> subscription, Throwable thrown) {
      if (hurried && endedBy != Thread.currentThread()) {
        return next.threw(subscription, thrown); // others need what the SDK still brings
      }
      giveUp(CacheReason.STREAM_CANCELLED);
      next.subscriberLost();
      return true; // at the SDK, which knows what to do with it
    }
  }
}
