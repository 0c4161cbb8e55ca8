package com.gymcoach.bedrock.cache.internal.events;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.events.EventBuffer.Cursor;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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
    /** Called when an event could not be copied. {@link #copyAbandoned} follows. */
    default void copyFailed(Throwable why) {}

    /** Called when the copy is abandoned: it will never be complete. */
    default void copyAbandoned() {}

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
    default void endDelivered() {}
  }

  /** The number of events requested in advance while followers wait. */
  private static final int PREFETCH = 32;

  private final SdkPublisher<E> publisher;
  private final EventCopier<E> copier;
  private final long maxBytes;
  private final Listener caller;
  private final Executor executor;

  private final EventBuffer<E> buffer = new EventBuffer<>();
  private final AtomicReference<@Nullable BufferSubscription<E>> reader = new AtomicReference<>();
  private final AtomicBoolean connected = new AtomicBoolean();
  private final UpstreamDemand upstream = new UpstreamDemand(this::wanted);

  /** The beginning of the copy; null if there is no copy, or only the caller reads the rest. */
  private volatile @Nullable Cursor<E> beginning = buffer.cursor();

  /** The caller's subscription, until {@link #onSubscribe} announces it to the caller. */
  private volatile @Nullable BufferSubscription<E> unannounced;

  private volatile @Nullable CacheReason incompleteReason;
  private volatile boolean abandoned;
  private volatile boolean hurried;
  private volatile boolean ended;
  private volatile int received;

  /** The thread that delivers the end of the stream, while it does so. */
  private volatile @Nullable Thread endingThread;

  private long bytes;

  /**
   * Creates a capture that has not subscribed yet.
   *
   * @param copier measures events, and copies them for the caller while others may get them too
   * @param maxBytes the maximum size of the copy, in bytes
   * @param caller is notified of the caller's actions and of the loss of the copy
   * @param executor the executor that delivers buffered events to a caller that lags behind
   */
  public Capture(
      SdkPublisher<E> publisher,
      EventCopier<E> copier,
      long maxBytes,
      Listener caller,
      Executor executor) {
    this.publisher = publisher;
    this.copier = copier;
    this.maxBytes = maxBytes;
    this.caller = caller;
    this.executor = executor;
  }

  @Override
  public void subscribe(Subscriber<? super E> subscriber) {
    Cursor<E> from = beginning;
    BufferSubscription<E> only =
        from == null
            ? null
            : new BufferSubscription<>(
                from, new OwnEvents<>(subscriber, this::copyForCaller), new Caller(), executor);
    if (only == null || !reader.compareAndSet(null, only)) {
      // the SDK's publisher may abandon the first subscriber
      abandonCopy(CacheReason.INCOMPLETE_BODY);
      caller.subscriberLost();
      publisher.subscribe(subscriber); // the SDK decides how to treat a second subscriber
      return;
    }
    caller.subscribed(only);
    if (!connected.getAndSet(true)) {
      unannounced = only; // announced when the SDK calls onSubscribe, as without a cache
      publisher.subscribe(this);
    } else {
      only.begin();
    }
  }

  /** Requests events as fast as they arrive, because followers wait. */
  public void hurry() {
    hurried = true;
    if (!connected.getAndSet(true)) {
      publisher.subscribe(this);
    }
    upstream.update();
  }

  /** Cancels the stream at Bedrock. */
  public void cancel() {
    abandonCopy(CacheReason.STREAM_CANCELLED);
    upstream.cancel();
  }

  /** Marks the copy as incomplete, so that it is not used. The first reason is kept. */
  public void markIncomplete(CacheReason why) {
    if (incompleteReason == null) {
      incompleteReason = why;
    }
  }

  /** Abandons the copy and notifies the listener once, so that followers stop waiting. */
  private void abandonCopy(CacheReason why) {
    markIncomplete(why);
    if (!abandoned) {
      abandoned = true;
      caller.copyAbandoned();
    }
  }

  /**
   * Returns the captured stream once it is over; it is marked incomplete if the copy is not whole.
   */
  public <R extends AwsResponse> Streamed<R, E> streamed(R response) {
    Cursor<E> first = beginning;
    CacheReason why = ended ? incompleteReason : CacheReason.STREAM_CANCELLED;
    return why == null && first != null
        ? Streamed.whole(response, first, bytes)
        : Streamed.incomplete(response, why == null ? CacheReason.STREAM_TOO_LARGE : why);
  }

  @Override
  public void onSubscribe(Subscription given) {
    BufferSubscription<E> announced = unannounced;
    unannounced = null;
    upstream.begin(given, announced);
    if (incompleteReason == CacheReason.STREAM_CANCELLED) {
      given.cancel();
    } else {
      upstream.update();
    }
  }

  @Override
  public void onNext(E event) {
    if (incompleteReason == null) {
      measure(event);
    }
    if (incompleteReason != null) {
      buffer.freeEach(); // no other caller gets the events
    }
    buffer.add(event);
    int count = received + 1; // written by one thread at a time
    received = count;
    if (incompleteReason != null && reader.get() != null) {
      beginning = null; // events that the caller has read can be freed
    }
    if (hurried) {
      upstream.update();
    }
    deliverAvailable();
  }

  /**
   * Adds an event's size to that of the copy. If this fails, only the copy is lost: the event still
   * reaches its caller.
   */
  private void measure(E event) {
    try {
      bytes += copier.sizeOf(event);
      if (bytes > maxBytes) {
        abandonCopy(CacheReason.STREAM_TOO_LARGE);
      }
    } catch (RuntimeException | Error broken) {
      caller.copyFailed(broken);
      abandonCopy(CacheReason.ENCODE_FAILED);
    }
  }

  /** Returns the event to give to the caller: its own copy if others may get the original. */
  private E copyForCaller(E event) {
    if (incompleteReason != null && !ended) {
      return event; // no other caller gets it
    }
    try {
      return copier.own(event);
    } catch (RuntimeException | Error broken) {
      caller.copyFailed(broken);
      markIncomplete(CacheReason.ENCODE_FAILED);
      caller.copyAbandoned();
      return event;
    }
  }

  @Override
  public void onComplete() {
    ended = true;
    buffer.end(null);
    caller.streamCompleted();
    try {
      deliverEnd();
    } finally {
      caller.endDelivered();
    }
  }

  @Override
  public void onError(Throwable failure) {
    markIncomplete(CacheReason.INCOMPLETE_BODY);
    buffer.end(failure);
    deliverEnd();
  }

  private void deliverEnd() {
    endingThread = Thread.currentThread();
    try {
      deliverAvailable();
    } finally {
      endingThread = null;
    }
  }

  private void deliverAvailable() {
    BufferSubscription<E> only = reader.get();
    if (only != null) {
      only.drain();
    }
  }

  /** Returns how many events are wanted in total: more than the caller's while followers wait. */
  private long wanted() {
    BufferSubscription<E> only = reader.get();
    long callers = only == null ? 0 : only.requested();
    boolean ahead = hurried && incompleteReason == null;
    return ahead ? Math.max(callers, (long) received + PREFETCH) : callers;
  }

  /** Listens to the caller's subscription. Demand is sent upstream before anything else happens. */
  private final class Caller implements BufferSubscription.Listener {
    @Override
    public void subscribed(BufferSubscription<?> reader) {
      caller.subscribed(reader);
    }

    @Override
    public boolean requested() {
      upstream.update();
      return hurried; // otherwise upstream itself is delivering everything requested
    }

    @Override
    public void invalidDemand(BufferSubscription<?> subscription, long n) {
      if (hurried) {
        caller.invalidDemand(subscription, n);
      } else {
        upstream.requestInvalid(n);
      }
    }

    @Override
    public void cancelled() {
      caller.cancelled();
    }

    @Override
    public void ended(@Nullable Throwable failure) {
      caller.ended(failure);
    }

    @Override
    public boolean threw(BufferSubscription<?> subscription, Throwable thrown) {
      if (hurried && endingThread != Thread.currentThread()) {
        return caller.threw(subscription, thrown); // followers need the rest of the stream
      }
      abandonCopy(CacheReason.STREAM_CANCELLED);
      caller.subscriberLost();
      return true; // rethrown to the SDK, which handles it
    }
  }
}
