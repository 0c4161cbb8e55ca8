package com.gymcoach.bedrock.cache.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/** The end of a stream that followers wait for and that its own caller reads slowly. */
@Timeout(60)
class LiveStreamTest {

  /** A handler whose subscriber requests events only when the test says so. */
  private static final class SlowCaller
      implements ConverseStreamResponseHandler, Subscriber<ConverseStreamOutput> {
    private final List<String> calls = new ArrayList<>();
    private @Nullable Subscription subscription;
    private @Nullable Error thrownByComplete;

    void requestAll() {
      Objects.requireNonNull(subscription).request(Long.MAX_VALUE);
    }

    @Override
    public void responseReceived(ConverseStreamResponse response) {
      calls.add("responseReceived");
    }

    @Override
    public void onEventStream(SdkPublisher<ConverseStreamOutput> events) {
      events.subscribe(this);
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
      calls.add("exceptionOccurred");
    }

    @Override
    public void complete() {
      calls.add("complete");
      if (thrownByComplete != null) {
        throw thrownByComplete;
      }
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
    }

    @Override
    public void onNext(ConverseStreamOutput event) {
      calls.add("onNext");
    }

    @Override
    public void onError(Throwable failure) {
      calls.add("onError");
    }

    @Override
    public void onComplete() {
      calls.add("onComplete");
    }
  }

  /** A future that throws when it is first completed, as one does for which there is no memory. */
  private static final class BreakingFuture extends CompletableFuture<Void> {
    private final Error error;

    BreakingFuture(Error error) {
      this.error = error;
    }

    @Override
    public boolean complete(Void nothing) {
      throw error;
    }
  }

  private final SlowCaller slow = new SlowCaller();

  /** Plays a whole stream that followers wait for: its caller has received none of it yet. */
  private void playTo(CompletableFuture<Void> future) {
    LiveStream<ConverseStreamResponse, ConverseStreamOutput> live = hurried(future);
    live.responseReceived(ConverseStreamResponse.builder().build());
    slow.calls.clear();
    live.onEventStream(events());
    live.complete();
    live.endCaller(null);
    assertThat(live.copy()).isCompleted();
    assertThat(slow.calls).isEmpty();
    assertThat(future).isNotDone();
  }

  private static SdkPublisher<ConverseStreamOutput> events() {
    return SdkPublisher.fromIterable(
        List.of(ConverseStreamOutput.messageStartBuilder().role("assistant").build()));
  }

  /** A stream that followers wait for. */
  private LiveStream<ConverseStreamResponse, ConverseStreamOutput> hurried(
      CompletableFuture<Void> future) {
    BedrockCall<Streamed<ConverseStreamResponse, ConverseStreamOutput>> neverMade =
        outcome -> new CompletableFuture<>();
    OnceOnlyCall<Streamed<ConverseStreamResponse, ConverseStreamOutput>> origin =
        new OnceOnlyCall<>(neverMade);
    LiveStream<ConverseStreamResponse, ConverseStreamOutput> live =
        new LiveStream<>(
            CacheableOperations.CONVERSE_STREAM,
            new StreamCaller<>(slow, origin, future),
            origin,
            new StreamSettings(1 << 20, false, Runnable::run));
    live.begin(Outcome.miss(CacheReason.ABSENT));
    live.hurry();
    return live;
  }

  @Test
  void endCaller_whenTheCallerIsSlow_endsItsFutureAfterDelivery() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    playTo(future);
    slow.requestAll();
    assertThat(slow.calls).containsExactly("onNext", "onComplete", "complete");
    assertThat(future).isCompleted();
  }

  @Test
  void endCaller_whenTheHandlerThrewAfterDelivery_endsItsFutureAllTheSame() {
    slow.thrownByComplete = new AssertionError("the handler's own");
    CompletableFuture<Void> future = new CompletableFuture<>();
    playTo(future);
    slow.requestAll();
    assertThat(slow.calls).containsExactly("onNext", "onComplete", "complete");
    assertThat(future).isCompleted();
  }

  @Test
  void endCaller_whenItBreaksAfterDelivery_failsTheCallersFuture() {
    Error error = new OutOfMemoryError("within the end");
    CompletableFuture<Void> future = new BreakingFuture(error);
    playTo(future);
    slow.requestAll();
    assertThat(slow.calls).containsExactly("onNext", "onComplete", "complete");
    assertThat(future).isCompletedExceptionally();
    assertThat(future.handle((nothing, failure) -> failure).join()).isSameAs(error);
  }

  /** The SDK reports the end of an attempt and then tries again. */
  @Test
  void onEventStream_whenTheSdkTriesAgain_endsTheFutureAfterTheLastAttempt() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    LiveStream<ConverseStreamResponse, ConverseStreamOutput> live = hurried(future);
    live.onEventStream(events());
    live.exceptionOccurred(new IllegalStateException("throttled"));
    assertThat(slow.calls).isEmpty();
    live.onEventStream(events());
    live.complete();
    live.endCaller(null);
    slow.requestAll();
    assertThat(slow.calls).endsWith("onComplete", "complete");
    assertThat(future).isCompleted();
  }

  /** The subscriber of the first attempt reads its rest after the second attempt has ended. */
  @Test
  void ended_ofAnAttemptBefore_doesNotEndTheFuture() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    LiveStream<ConverseStreamResponse, ConverseStreamOutput> live = hurried(future);
    live.onEventStream(events());
    Subscription first = Objects.requireNonNull(slow.subscription);
    live.responseReceived(ConverseStreamResponse.builder().build());
    live.onEventStream(events());
    live.complete();
    live.endCaller(null);
    first.request(Long.MAX_VALUE);
    assertThat(slow.calls).containsExactly("responseReceived", "onNext", "onComplete");
    assertThat(future).isNotDone();
    slow.requestAll();
    assertThat(slow.calls).endsWith("onNext", "onComplete", "complete");
    assertThat(future).isCompleted();
  }

  @Test
  void cancel_ofTheSubscriptionBefore_doesNotEndTheFuture() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    LiveStream<ConverseStreamResponse, ConverseStreamOutput> live = hurried(future);
    live.onEventStream(events());
    Subscription first = Objects.requireNonNull(slow.subscription);
    live.onEventStream(events());
    first.cancel();
    live.complete();
    live.endCaller(null);
    assertThat(future).isNotDone();
    slow.requestAll();
    assertThat(slow.calls).containsExactly("onNext", "onComplete", "complete");
    assertThat(future).isCompleted();
  }

  @Test
  void responseReceived_whenTheSdkTriesAgain_comesAfterTheFailureOfTheAttemptBefore() {
    LiveStream<ConverseStreamResponse, ConverseStreamOutput> live =
        hurried(new CompletableFuture<>());
    live.onEventStream(events());
    live.exceptionOccurred(new IllegalStateException("throttled"));
    live.responseReceived(ConverseStreamResponse.builder().build());
    assertThat(slow.calls).containsExactly("exceptionOccurred", "responseReceived");
  }
}
