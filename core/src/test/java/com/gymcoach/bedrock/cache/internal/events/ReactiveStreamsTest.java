package com.gymcoach.bedrock.cache.internal.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.env.DaemonPools;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;

/** The rules of Reactive Streams, by its own kit, on a stream played again and on a live one. */
class ReactiveStreamsTest {
  /** The kit asks for Long.MAX_VALUE elements where it can; we have as many as a list has. */
  private static final long MOST = 10_000;

  /** Does nothing about what the kit's subscribers do. */
  private enum Deaf implements Capture.Listener {
    TO_ALL;

    @Override
    public void subscribed(BufferSubscription<?> reader) {}

    @Override
    public void invalidDemand(BufferSubscription<?> reader, long n) {
      reader.fail(new IllegalArgumentException("3.9: " + n));
    }

    @Override
    public void cancelled() {}

    @Override
    public void ended(@Nullable Throwable failure) {}

    @Override
    public boolean threw(BufferSubscription<?> reader, Throwable thrown) {
      reader.fail(thrown);
      return false;
    }
  }

  /** Releases what the handler's thread holds, as a replay does. */
  private record Released(HandlerThread thread) implements BufferSubscription.Listener {
    @Override
    public void subscribed(BufferSubscription<?> reader) {}

    @Override
    public void deliveryAwaited() {
      thread.release();
    }

    @Override
    public void invalidDemand(BufferSubscription<?> reader, long n) {
      Deaf.TO_ALL.invalidDemand(reader, n);
    }

    @Override
    public void cancelled() {}

    @Override
    public void ended(@Nullable Throwable failure) {}

    @Override
    public boolean threw(BufferSubscription<?> reader, Throwable thrown) {
      return Deaf.TO_ALL.threw(reader, thrown);
    }
  }

  private static Streamed<ConverseStreamResponse, Long> streamed(long events) {
    return Streamed.of(
        ConverseStreamResponse.builder().build(), LongStream.range(0, events).boxed().toList(), 0);
  }

  @TestFactory
  Stream<DynamicTest> f53_replay_keepsTheRules() {
    return kit(
        n -> {
          Streamed<ConverseStreamResponse, Long> streamed = streamed(n);
          return SdkPublisher.adapt(s -> streamed.play(s, Deaf.TO_ALL, DaemonPools.CALLERS));
        });
  }

  @TestFactory
  Stream<DynamicTest> f53_replaySubscribedToInItsHandler_keepsTheRules() {
    return kit(
        n -> {
          Streamed<ConverseStreamResponse, Long> streamed = streamed(n);
          return SdkPublisher.adapt(
              s -> {
                Objects.requireNonNull(s); // here, because the rest is on another thread
                inHandler(h -> streamed.play(s, new Released(h), h));
              });
        });
  }

  private static void inHandler(Consumer<HandlerThread> handler) {
    HandlerThread thread = new HandlerThread(DaemonPools.CALLERS);
    DaemonPools.CALLERS.execute(() -> thread.run(() -> handler.accept(thread)));
  }

  @TestFactory
  Stream<DynamicTest> f48_live_keepsTheRules() {
    return kit(n -> capture(n, false));
  }

  @TestFactory
  Stream<DynamicTest> f48_liveWithOthersWaiting_keepsTheRules() {
    return kit(n -> capture(n, true));
  }

  /** All events have come, but not the end of the stream. */
  @Test
  void streamed_whenTheStreamHasNotEnded_isNotWhole() {
    List<Subscriber<? super Long>> subscribed = new ArrayList<>();
    Capture<Long> capture =
        new Capture<>(
            SdkPublisher.adapt(subscribed::add), event -> 8, 1 << 20, Deaf.TO_ALL, Runnable::run);
    capture.hurry();
    capture.onNext(1L);
    ConverseStreamResponse response = ConverseStreamResponse.builder().build();
    assertThat(capture.streamed(response).incompleteReason())
        .isEqualTo(CacheReason.STREAM_CANCELLED);
    capture.onComplete();
    assertThat(capture.streamed(response).incompleteReason()).isNull();
    assertThat(capture.streamed(response)).containsExactly(1L);
    assertThat(subscribed).hasSize(1);
  }

  private static Publisher<Long> capture(long n, boolean hurried) {
    Capture<Long> capture =
        new Capture<>(
            SdkPublisher.fromIterable(LongStream.range(0, n).boxed().toList()),
            event -> 8,
            1 << 20,
            Deaf.TO_ALL,
            DaemonPools.CALLERS);
    if (hurried) {
      capture.hurry();
    }
    return capture;
  }

  private static Stream<DynamicTest> kit(LongFunction<Publisher<Long>> publishers) {
    return Arrays.stream(PublisherVerification.class.getMethods())
        .filter(rule -> rule.isAnnotationPresent(org.testng.annotations.Test.class))
        .map(rule -> DynamicTest.dynamicTest(rule.getName(), () -> run(rule, publishers)));
  }

  private static void run(Method rule, LongFunction<Publisher<Long>> publishers) throws Throwable {
    Kit kit = new Kit(publishers);
    kit.setUp();
    try {
      rule.invoke(kit);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SkipException skipped) {
        Assumptions.abort(skipped.getMessage());
      }
      throw e.getCause();
    }
  }

  private static final class Kit extends PublisherVerification<Long> {
    private final LongFunction<Publisher<Long>> publishers;

    Kit(LongFunction<Publisher<Long>> publishers) {
      super(new TestEnvironment(300, 50));
      this.publishers = publishers;
    }

    @Override
    public long maxElementsFromPublisher() {
      return MOST;
    }

    @Override
    public Publisher<Long> createPublisher(long elements) {
      return publishers.apply(elements);
    }

    /** A publisher that fails before there are events: of a replay there is none. */
    @Override
    public @Nullable Publisher<Long> createFailedPublisher() {
      return null;
    }
  }
}
