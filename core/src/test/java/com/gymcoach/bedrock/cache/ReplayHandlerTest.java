package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.StreamCalls.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/** A handler that does what it should not, and whose stream comes from memory. */
@Timeout(60)
class ReplayHandlerTest {
  /** The cache's background tasks, which the test runs. */
  private final Queue<Runnable> later = new ArrayDeque<>();

  private final BedrockCache cache = BedrockCache.builder().executor(later::add).build();

  @AfterEach
  void close() {
    cache.close();
  }

  /** A handler that records its calls; subclasses override its actions. */
  private static class Handler implements ConverseStreamResponseHandler {
    final Listener listener = Listener.eager();

    @Override
    public void responseReceived(ConverseStreamResponse response) {
      listener.responseReceived(response);
    }

    @Override
    public void onEventStream(SdkPublisher<ConverseStreamOutput> stream) {
      listener.onEventStream(stream);
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
      listener.exceptionOccurred(failure);
    }

    @Override
    public void complete() {
      listener.complete();
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as other languages do
  private static <X extends Throwable> void throwChecked() throws X {
    throw (X) new IOException("checked");
  }

  private CompletableFuture<Void> begin(ConverseStreamResponseHandler handler) {
    CachingBedrockAsyncClient client = StreamCalls.cached(CannedHttp.always(WHOLE).client(), cache);
    CompletableFuture<Void> miss = StreamCalls.start(client, Listener.eager());
    play();
    miss.join();
    return client.converseStream(StreamsTest.ask("one"), handler);
  }

  private void play() {
    while (!later.isEmpty()) {
      Objects.requireNonNull(later.remove()).run();
    }
  }

  private void assertFails(ConverseStreamResponseHandler handler) {
    CompletableFuture<Void> call = begin(handler);
    play();
    assertThat(call).isDone();
    assertThat(catchThrowable(call::join))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(SdkClientException.class);
  }

  @Test
  void hit_whenOnSubscribeThrows_fails() {
    Handler handler =
        new Handler() {
          @Override
          public void onEventStream(SdkPublisher<ConverseStreamOutput> stream) {
            stream.subscribe(new Refusing());
          }
        };
    assertFails(handler);
    assertThat(handler.listener.story())
        .containsExactly("response", "exception IllegalStateException");
  }

  private static final class Refusing implements Subscriber<ConverseStreamOutput> {
    @Override
    public void onSubscribe(Subscription subscription) {
      throw new IllegalStateException("No");
    }

    @Override
    public void onNext(ConverseStreamOutput event) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }

  @Test
  void hit_whenResponseReceivedThrowsAnExceptionThatJavaWouldNotAllow_fails() {
    assertFails(
        new Handler() {
          @Override
          public void responseReceived(ConverseStreamResponse response) {
            ReplayHandlerTest.<RuntimeException>throwChecked();
          }
        });
  }

  @Test
  void hit_whenOnEventStreamThrowsAnExceptionThatJavaWouldNotAllow_fails() {
    assertFails(
        new Handler() {
          @Override
          public void onEventStream(SdkPublisher<ConverseStreamOutput> stream) {
            super.onEventStream(stream);
            ReplayHandlerTest.<RuntimeException>throwChecked();
          }
        });
  }

  /** Its subscriber requests no more events, so it would never be called. */
  @Test
  void hit_whenOnEventStreamThrowsWithoutHavingTakenEverything_failsItsSubscriber() {
    Listener slow = Listener.wanting(1);
    assertFails(
        new Handler() {
          @Override
          public void onEventStream(SdkPublisher<ConverseStreamOutput> stream) {
            stream.subscribe(slow);
            throw new IllegalStateException("No");
          }
        });
    assertThat(slow.failure).isNotNull();
  }

  @Test
  void hit_whenItsCallerCancelsAsItCompletes_hearsNothingMore() {
    CompletableFuture<CompletableFuture<Void>> own = new CompletableFuture<>();
    Handler handler =
        new Handler() {
          @Override
          public void complete() {
            super.complete();
            own.join().cancel(true);
          }
        };
    own.complete(begin(handler));
    play();
    assertThat(handler.listener.story().get(handler.listener.story().size() - 1))
        .isEqualTo("complete");
  }
}
