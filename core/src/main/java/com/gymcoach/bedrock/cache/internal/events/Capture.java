package com.gymcoach.bedrock.cache.internal.events;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.events.EventBuffer.Place;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.async.SdkPublisher;

/**
 * Passes one stream of events from Bedrock to its caller and keeps a bounded copy of it.
 *
 * <p>Without followers, the caller's demand and cancellation are passed to Bedrock unchanged. Once
 * followers wait ({@link #hurry}), events are requested as fast as they arrive, and the caller
 * reads them from the copy at its own pace; it may cancel without ending the stream. If the copy
 * grows too large, the caller's pace applies again.
 */
public final class Capture<E> implements SdkPublisher<E>, Subscriber<E> {
  /** Receives the events of the caller's subscription and of the copy. */
  public interface Listener extends BufferSubscription.Listener {
    /** Called when an event could not be copied. {@link #givenUp} follows. */
    default void copyFailed(Throwable why) {}

    /** Called when the copy is abandoned: it will never be complete. */
    default void givenUp() {}

    /**
     * Called when the subscriber may never receive the end, because it threw or another subscriber
     * replaced it.
     */
    default void subscriberLost() {}

    /**
     * Called when the stream has completed normally, before the subscriber's {@code onComplete}.
     */
    default void streamCompleted() {}

    /**
     * Called after the subscriber's {@code onComplete}, or without it if the subscriber lags behind
     * the stream.
     */
    default void subscriberTold() {}
  }

  /** The number of events requested in advance while followers wait. */
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

  /** The beginning of the copy; null if there is no copy, or only the caller reads the rest. */
  private volatile @Nullable Place<E> beginning = log.here();

  /** The caller's subscription, until {@link #onSubscribe} announces it to the caller. */
  private volatile @Nullable BufferSubscription<E> toBeTold;

  /** The thread that announces the subscription to the caller, while it does so. */
  private volatile @Nullable Thread telling;

  /**
   * The invalid demand that the caller made within its {@code onSubscribe}, or 0; used only by that
   * thread.
   */
  private long misusedBy;

  private volatile @Nullable Subscription subscription;
  private volatile @Nullable CacheReason incompleteReason;
  private volatile boolean givenUp;
  private volatile boolean hurried;
  private volatile boolean ended;
  private volatile int received;

  /** The thread that delivers the end of the stream, while it does so. */
  private volatile @Nullable Thread endedBy;

  private long asked; // total demand sent upstream; used only by the thread that pumps
  private long bytes;

  /**
   * Creates a capture that has not subscribed yet.
   *
   * @param copier measures events, and copies them for the caller while others may get them too
   * @param mostBytes the maximum size of the copy, in bytes
   * @param caller is notified of the caller's actions and of the loss of the copy
   * @param elsewhere the executor that delivers buffered events to a caller that lags behind
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
      giveUp(CacheReason.INCOMPLETE_BODY); // the SDK's publisher may abandon the first subscriber
      caller.subscriberLost();
      bedrockCall.subscribe(subscriber); // the SDK decides how to treat a second subscriber
      return;
    }
    caller.subscribed(only);
    if (connected.getAndSet(1) == 0) {
      toBeTold = only; // announced when the SDK calls onSubscribe, as without a cache
      bedrockCall.subscribe(this);
    } else {
      only.begin();
    }
  }

  /** Requests events as fast as they arrive, because followers wait. */
  public void hurry() {
    hurried = true;
    connect();
    pump();
  }

  /** Cancels the stream at Bedrock. */
  public void cancel() {
    giveUp(CacheReason.STREAM_CANCELLED);
    Subscription held = subscription;
    if (held != null) {
      held.cancel();
    }
  }

  /** Marks the copy as incomplete, so that it is not used. The first reason is kept. */
  public void markIncomplete(CacheReason why) {
    if (incompleteReason == null) {
      incompleteReason = why;
    }
  }

  /** Abandons the copy and notifies the listener once, so that followers stop waiting. */
  private void giveUp(CacheReason why) {
    markIncomplete(why);
    if (!givenUp) {
      givenUp = true;
      caller.givenUp();
    }
  }

  /**
   * Returns the captured stream once it is over; it is marked incomplete if the copy is not whole.
   */
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
   * Announces the subscription to the caller, on the thread on which it subscribed. Demand made
   * meanwhile is passed on afterwards, so no event arrives before the caller knows its
   * subscription.
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

  /** Passes an invalid demand of zero or less to the SDK, which handles it as without a cache. */
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
    int count = received + 1; // written by one thread at a time
    received = count;
    if (incompleteReason != null && reader.get() != null) {
      beginning = null; // events that the caller has read can be freed
    }
    if (hurried) {
      pump();
    }
    tellReader();
  }

  /**
   * Adds an event's size to that of the copy. If this fails, only the copy is lost: the event still
   * reaches its caller.
   */
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

  /** Returns the event to give to the caller: its own copy if others may get the original. */
  private E own(E event) {
    if (incompleteReason != null && !ended) {
      return event; // no other caller gets it
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

  /** Sends outstanding demand upstream. One thread at a time does so, in a loop. */
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

  /** Listens to the caller's subscription. Demand is sent upstream before anything else happens. */
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
      return hurried; // otherwise upstream itself is delivering everything requested
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
        return next.threw(subscription, thrown); // followers need the rest of the stream
      }
      giveUp(CacheReason.STREAM_CANCELLED);
      next.subscriberLost();
      return true; // rethrown to the SDK, which handles it
    }
  }
}
