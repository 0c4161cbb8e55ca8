package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.RequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** The time that a follower has waited is subtracted from the time for its own call. */
@Timeout(60)
class OwnDeadlineTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(4);
  private static final Duration LEFT = Duration.ofSeconds(1);

  private final FakeTime time = new FakeTime();
  private final BedrockCache cache =
      BedrockCache.builder().timeSource(time).executor(StreamCalls.JOINED).build();
  private final List<BedrockRuntimeRequest> asked = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private final CachingBedrockAsyncClient client = StreamCalls.cached(new Silent(), cache);

  /** A client that answers nothing, fails the first call when told, and knows what it was asked. */
  private final class Silent implements BedrockRuntimeAsyncClient {
    private <T> CompletableFuture<T> call(BedrockRuntimeRequest request) {
      asked.add(request);
      return asked.size() == 1 ? first.thenCompose(never -> pending()) : pending();
    }

    private static <T> CompletableFuture<T> pending() {
      return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<ConverseResponse> converse(ConverseRequest request) {
      return call(request);
    }

    @Override
    public CompletableFuture<Void> converseStream(
        ConverseStreamRequest request, ConverseStreamResponseHandler handler) {
      return call(request);
    }

    @Override
    public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
      return new FakeBedrock().serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private static ConverseRequest request() {
    return FakeBedrock.ask("one").toBuilder()
        .overrideConfiguration(o -> o.apiCallTimeout(TIMEOUT))
        .build();
  }

  private CompletableFuture<Void> stream() {
    ConverseStreamRequest request =
        StreamsTest.ask("one").toBuilder()
            .overrideConfiguration(o -> o.apiCallTimeout(TIMEOUT))
            .build();
    return client.converseStream(request, Listener.eager());
  }

  private void leaderGivesUp() {
    first.completeExceptionally(ApiCallTimeoutException.create(TIMEOUT.toMillis()));
  }

  private void assertSecondHadOnlyWhatWasLeft() {
    assertThat(asked).hasSize(2);
    assertThat(
            asked
                .get(1)
                .overrideConfiguration()
                .flatMap(RequestOverrideConfiguration::apiCallTimeout))
        .contains(LEFT);
  }

  @Test
  void f59_leaderGivesUpLate_followerDoesNotBeginItsDeadlineAnew() {
    CompletableFuture<ConverseResponse> leader = client.converse(request());
    CompletableFuture<ConverseResponse> follower = client.converse(request());
    time.advance(TIMEOUT.minus(LEFT));
    leaderGivesUp();
    assertThat(leader).isCompletedExceptionally();
    assertThat(follower).isNotDone();
    assertSecondHadOnlyWhatWasLeft();
  }

  @Test
  void f59_leaderOfAStreamGivesUpLate_followerDoesNotBeginItsDeadlineAnew() {
    CompletableFuture<Void> leader = stream();
    CompletableFuture<Void> follower = stream();
    time.advance(TIMEOUT.minus(LEFT));
    leaderGivesUp();
    assertThat(leader).isCompletedExceptionally();
    assertThat(follower).isNotDone();
    assertSecondHadOnlyWhatWasLeft();
  }

  /** Its timer has not said so yet. */
  @Test
  void f59_leaderGivesUpWhenTheFollowersTimeIsUp_followerTimesOutWithoutACallOfItsOwn() {
    CompletableFuture<ConverseResponse> leader = client.converse(request());
    CompletableFuture<ConverseResponse> follower = client.converse(request());
    time.advance(TIMEOUT);
    leaderGivesUp();
    assertThat(leader).isCompletedExceptionally();
    assertThat(follower).isCompletedExceptionally();
    assertThat(catchThrowable(follower::join)).hasCauseInstanceOf(ApiCallTimeoutException.class);
    assertThat(asked).hasSize(1);
  }

  @Test
  void f59_leaderGivesUpLate_syncFollowerDoesNotBeginItsDeadlineAnew() throws Exception {
    FakeBedrock bedrock = new FakeBedrock();
    CountDownLatch leading = new CountDownLatch(1);
    bedrock.answer =
        request -> {
          asked.add(request);
          if (asked.size() == 1) {
            leading.countDown();
            first.exceptionally(given -> null).join();
            throw ApiCallTimeoutException.create(TIMEOUT.toMillis());
          }
          return FakeBedrock.reply("in time", StopReason.END_TURN);
        };
    CachingBedrockClient sync =
        CachingBedrockClient.create(bedrock, cache).forScope(StreamCalls.ALICE);
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    new Thread(() -> failure.complete(catchThrowable(() -> sync.converse(request())))).start();
    assertThat(leading.await(30, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<ConverseResponse> answered = new CompletableFuture<>();
    Thread follower = new Thread(() -> answered.complete(sync.converse(request())));
    follower.start();
    while (follower.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    time.advance(TIMEOUT.minus(LEFT));
    leaderGivesUp();
    assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(ApiCallTimeoutException.class);
    assertThat(answered.get(30, TimeUnit.SECONDS)).isNotNull();
    assertSecondHadOnlyWhatWasLeft();
  }
}
