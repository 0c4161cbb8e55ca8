package com.gymcoach.bedrock.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/** What ends a stream badly or early, when its caller has had two events at most. */
enum StreamScript {
  FUTURE_CANCELLED,
  FUTURE_FAILED,
  SUBSCRIPTION_CANCELLED,
  SUBSCRIBED_TWICE,
  ON_EVENT_STREAM_THROWS,
  ON_EVENT_STREAM_THROWS_WHEN_SUBSCRIBED,
  BEDROCK_FAILS;

  /** Returns what the caller hears at least before its story is complete. */
  private List<String> last() {
    return switch (this) {
      case SUBSCRIPTION_CANCELLED -> List.of();
      case ON_EVENT_STREAM_THROWS -> List.of("exception");
      case SUBSCRIBED_TWICE -> List.of("second: error", "exception", "error");
      default -> List.of("exception", "error");
    };
  }

  /**
   * A handler with its subscriber, who writes down what it hears: one word each, and the class of a
   * failure. The SDK tells some handlers of a failure a second time, wrapped; that is left out.
   */
  static final class Caller
      implements ConverseStreamResponseHandler, Subscriber<ConverseStreamOutput> {
    private final @Nullable StreamScript script;
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch twoEvents = new CountDownLatch(2);
    private final Map<String, CountDownLatch> ends =
        Map.of(
            "error", new CountDownLatch(1),
            "exception", new CountDownLatch(1),
            "second: error", new CountDownLatch(1));
    private volatile @Nullable SdkPublisher<ConverseStreamOutput> publisher;
    private volatile @Nullable Subscription subscription;

    /** Returns a caller that follows a script, or one that wants everything and does nothing. */
    Caller(@Nullable StreamScript script) {
      this.script = script;
    }

    /** Ends the call as the script has it, and waits until the caller has heard of it. */
    void end(CompletableFuture<Void> call) throws InterruptedException {
      if (script == FUTURE_CANCELLED || script == FUTURE_FAILED) {
        await(twoEvents);
        if (script == FUTURE_CANCELLED) {
          call.cancel(true);
        } else {
          call.completeExceptionally(new IllegalStateException("the caller's own"));
        }
      }
      for (String one : script == null ? List.<String>of() : script.last()) {
        await(Objects.requireNonNull(ends.get(one)));
      }
    }

    private void await(CountDownLatch latch) throws InterruptedException {
      assertInTime(latch.await(60, TimeUnit.SECONDS));
    }

    private void assertInTime(boolean inTime) {
      if (!inTime) {
        throw new AssertionError("Waited 60 s; heard " + heard);
      }
    }

    /** Returns what was heard. */
    List<String> heard() {
      return List.copyOf(heard);
    }

    private void hears(String kind, Throwable failure) {
      CountDownLatch first = Objects.requireNonNull(ends.get(kind));
      Throwable cause = failure.getCause();
      if (first.getCount() > 0) {
        heard.add(
            kind
                + " "
                + failure.getClass().getName()
                + (cause == null ? "" : " of " + cause.getClass().getName()));
        first.countDown();
      }
    }

    @Override
    public void responseReceived(ConverseStreamResponse response) {
      heard.add("response");
    }

    @Override
    public void onEventStream(SdkPublisher<ConverseStreamOutput> stream) {
      heard.add("stream");
      publisher = stream;
      if (script == ON_EVENT_STREAM_THROWS) {
        throw new IllegalStateException("the caller's own");
      }
      stream.subscribe(this);
      if (script == ON_EVENT_STREAM_THROWS_WHEN_SUBSCRIBED) {
        throw new IllegalStateException("the caller's own");
      }
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
      hears("exception", failure);
    }

    @Override
    public void complete() {
      heard.add("complete");
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      heard.add("subscribed");
      if (script == null || script == BEDROCK_FAILS) {
        given.request(Long.MAX_VALUE);
      } else if (script != ON_EVENT_STREAM_THROWS_WHEN_SUBSCRIBED) {
        given.request(2);
      }
    }

    @Override
    public void onNext(ConverseStreamOutput event) {
      heard.add("event");
      twoEvents.countDown();
      if (twoEvents.getCount() > 0) {
        return;
      }
      Subscription held = Objects.requireNonNull(subscription);
      if (script == SUBSCRIPTION_CANCELLED) {
        held.cancel();
      } else if (script == SUBSCRIBED_TWICE) {
        Objects.requireNonNull(publisher).subscribe(new Second());
      }
    }

    @Override
    public void onError(Throwable failure) {
      hears("error", failure);
    }

    @Override
    public void onComplete() {
      heard.add("end");
    }

    /** A second subscriber. */
    private final class Second implements Subscriber<ConverseStreamOutput> {
      @Override
      public void onSubscribe(Subscription given) {
        heard.add("second: subscribed");
        given.request(Long.MAX_VALUE);
      }

      @Override
      public void onNext(ConverseStreamOutput event) {
        heard.add("second: event");
      }

      @Override
      public void onError(Throwable failure) {
        hears("second: error", failure);
      }

      @Override
      public void onComplete() {
        heard.add("second: end");
      }
    }
  }
}
