package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** A sync and an async client on one cache, which share flights. */
@Timeout(60)
class MixedClientsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final BedrockCache cache = BedrockCache.builder().build();

  /** The SDK's async clients return a dependent stage, which wraps its failure. */
  @Test
  void f57_leaderIsAsync_syncFollowerIsThrownWhatASyncClientThrows() throws Exception {
    CompletableFuture<ConverseResponse> pending = new CompletableFuture<>();
    CachingBedrockAsyncClient async =
        StreamCalls.cached(
            new ScriptedAsyncClient(() -> pending.whenComplete((response, failure) -> {})), cache);
    CachingBedrockClient sync =
        CachingBedrockClient.create(new FakeBedrock(), cache).forScope(ALICE);
    CompletableFuture<ConverseResponse> leader = async.converse(FakeBedrock.ask("one"));
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread follower =
        new Thread(
            () -> thrown.complete(catchThrowable(() -> sync.converse(FakeBedrock.ask("one")))));
    follower.start();
    while (follower.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    AwsServiceException throttled = FakeBedrock.throttled();
    pending.completeExceptionally(throttled);
    assertThat(leader).isCompletedExceptionally();
    assertThat(thrown.get(30, TimeUnit.SECONDS)).isSameAs(throttled);
  }
}
