package com.gymcoach.bedrock.cache.internal.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheReason;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;

/**
 * A stream of which others wait for a copy. When the copy is given up, the stream comes at its
 * caller's pace again and the heap holds no more of it than without a cache.
 */
@Timeout(60)
class CaptureTest {
  /** How many events are asked for ahead while the copy is wanted. */
  private static final int PREFETCH = 32;

  private static final int MAX_BYTES = 100;

  /** Why there is no copy. */
  enum GivenUp {
    TOO_LARGE(CacheReason.STREAM_TOO_LARGE),
    UNCOPYABLE(CacheReason.ENCODE_FAILED),
    UNWANTED(CacheReason.STREAM_CANCELLED);

    private final CacheReason reason;

    GivenUp(CacheReason reason) {
      this.reason = reason;
    }
  }

  /** An event, told apart by its identity. */
  private static final class Event {
    private final int bytes;

    Event(int bytes) {
      this.bytes = bytes;
    }

    static int weigh(Event event) {
      if (event.bytes < 0) {
        throw new IllegalStateException("cannot be weighed");
      }
      return event.bytes;
    }
  }

  /** The SDK's publisher: counts what is asked for. */
  private static final class BedrockCall implements SdkPublisher<Event>, Subscription {
    private long requested;

    @Override
    public void subscribe(Subscriber<? super Event> subscriber) {
      subscriber.onSubscribe(this);
    }

    @Override
    public void request(long n) {
      requested += n;
    }

    @Override
    public void cancel() {}
  }

  /** The caller: counts its events and holds none of them. */
  private static final class Caller implements Subscriber<Event> {
    private @Nullable Subscription subscription;
    private int events;

    void request(long n) {
      Objects.requireNonNull(subscription).request(n);
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
    }

    @Override
    public void onNext(Event event) {
      events++;
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }

  private static final class Deaf implements Capture.Listener {
    @Override
    public void subscribed(BufferSubscription<?> reader) {}

    @Override
    public void invalidDemand(BufferSubscription<?> reader, long n) {}

    @Override
    public void cancelled() {}

    @Override
    public void ended(@Nullable Throwable failure) {}

    @Override
    public boolean threw(BufferSubscription<?> reader, Throwable thrown) {
      return false;
    }
  }

  private final BedrockCall bedrockCall = new BedrockCall();
  private final Caller caller = new Caller();
  private final Capture<Event> capture =
      new Capture<>(bedrockCall, Event::weigh, MAX_BYTES, new Deaf(), Runnable::run);

  private void othersWait() {
    capture.subscribe(caller);
    capture.hurry();
  }

  private void send(int events) {
    for (int i = 0; i < events; i++) {
      capture.onNext(new Event(1));
    }
  }

  private void giveUp(GivenUp why) {
    switch (why) {
      case TOO_LARGE -> capture.onNext(new Event(MAX_BYTES + 1));
      case UNCOPYABLE -> capture.onNext(new Event(-1));
      case UNWANTED -> {
        capture.markIncomplete(why.reason);
        send(1);
      }
    }
    assertThat(capture.streamed(ConverseStreamResponse.builder().build()).incompleteReason())
        .isNotNull();
  }

  @Test
  void request_whileOthersWait_isAheadOfTheCaller() {
    othersWait();
    caller.request(1);
    send(10);
    assertThat(bedrockCall.requested).isEqualTo(10 + PREFETCH);
    assertThat(caller.events).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void request_whenTheCopyIsGivenUp_isTheCallersAlone(GivenUp why) {
    othersWait();
    caller.request(1);
    giveUp(why);
    long before = bedrockCall.requested;
    send(10);
    assertThat(bedrockCall.requested).isEqualTo(before);
    caller.request(before - 1); // has been asked for already
    assertThat(bedrockCall.requested).isEqualTo(before);
    caller.request(5);
    assertThat(bedrockCall.requested).isEqualTo(before + 5);
  }

  @ParameterizedTest
  @EnumSource
  void request_whenOthersComeAfterTheCopyIsGivenUp_isTheCallersAlone(GivenUp why) {
    capture.subscribe(caller);
    caller.request(2);
    giveUp(why);
    capture.hurry();
    send(1);
    assertThat(bedrockCall.requested).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void events_whenTheCopyIsGivenUpAndTheCallerHasReadThem_areLetGo(GivenUp why) {
    othersWait();
    caller.request(Long.MAX_VALUE);
    List<WeakReference<Event>> sent = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sent.add(sendOne());
    }
    giveUp(why);
    send(2); // the last of which is where the next will be put after
    assertThat(caller.events).isEqualTo(13);
    for (int i = 0; i < 20 && sent.stream().anyMatch(event -> event.get() != null); i++) {
      System.gc(); // one is enough, unless a collector puts it off
    }
    assertThat(sent).allSatisfy(event -> assertThat(event.get()).isNull());
    capture.onComplete(); // and is there until then
  }

  private WeakReference<Event> sendOne() {
    Event event = new Event(1);
    capture.onNext(event);
    return new WeakReference<>(event);
  }

  @Test
  void events_whileTheCopyIsWanted_areKept() {
    othersWait();
    caller.request(Long.MAX_VALUE);
    send(10);
    capture.onComplete();
    assertThat(capture.streamed(ConverseStreamResponse.builder().build()))
        .hasSize(10)
        .doesNotHaveDuplicates();
  }
}
