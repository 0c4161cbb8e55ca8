package com.gymcoach.bedrock.cache.internal.stream;

import com.gymcoach.bedrock.cache.internal.events.BufferSubscription;
import com.gymcoach.bedrock.cache.internal.events.Capture;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of the SDK at a stream. If the SDK tries again, the attempt is superseded: what its
 * copy and its subscriber do from then on must not touch the next attempt. Thread-safe.
 */
final class StreamAttempt implements Capture.Listener {
  private final Capture.Listener stream;
  private volatile boolean superseded;

  StreamAttempt(Capture.Listener stream) {
    this.stream = stream;
  }

  /** Ends the attempt's effect on the stream. */
  void supersede() {
    superseded = true;
  }

  @Override
  public void copyFailed(Throwable why) {
    if (!superseded) {
      stream.copyFailed(why);
    }
  }

  @Override
  public void copyAbandoned() {
    if (!superseded) {
      stream.copyAbandoned();
    }
  }

  @Override
  public void subscriberLost() {
    if (!superseded) {
      stream.subscriberLost();
    }
  }

  @Override
  public void streamCompleted() {
    if (!superseded) {
      stream.streamCompleted();
    }
  }

  @Override
  public void endDelivered() {
    if (!superseded) {
      stream.endDelivered();
    }
  }

  @Override
  public void subscribed(BufferSubscription<?> subscription) {
    if (!superseded) {
      stream.subscribed(subscription);
    }
  }

  @Override
  public void invalidDemand(BufferSubscription<?> subscription, long n) {
    if (superseded) {
      subscription.fail(new IllegalArgumentException("Request " + n + " events"));
    } else {
      stream.invalidDemand(subscription, n);
    }
  }

  @Override
  public void cancelled() {
    if (!superseded) {
      stream.cancelled();
    }
  }

  @Override
  public void ended(@Nullable Throwable failure) {
    if (!superseded) {
      stream.ended(failure);
    }
  }

  @Override
  public boolean threw(BufferSubscription<?> subscription, Throwable thrown) {
    if (superseded) {
      subscription.fail(thrown);
      return false;
    }
    return stream.threw(subscription, thrown);
  }
}
