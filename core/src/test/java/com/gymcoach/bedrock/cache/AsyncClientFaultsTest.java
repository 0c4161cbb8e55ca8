package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.StreamCalls.WHOLE;
import static com.gymcoach.bedrock.cache.StreamCalls.outcomeOf;
import static com.gymcoach.bedrock.cache.StreamCalls.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/** Async clients that do not keep the rules: the caller gets what they give. */
@Timeout(60)
class AsyncClientFaultsTest {
  private final BedrockCache cache = BedrockCache.builder().build();

  @AfterEach
  void close() {
    cache.close();
  }

  @Test
  void f31_clientThrowsBeforeItReturnsAFuture_soDoesTheCachingOne() {
    RuntimeException failure = new IllegalStateException("a bug in a wrapper");
    BedrockRuntimeAsyncClient throwing =
        new Scripted(
            () -> {
              throw failure;
            });
    CachingBedrockAsyncClient client = StreamCalls.cached(throwing, cache);
    assertThat(catchThrowable(() -> client.converse(FakeBedrock.ask("one")))).isSameAs(failure);
    assertThat(catchThrowable(() -> start(client, Listener.eager()))).isSameAs(failure);
  }

  @Test
  void f32_clientReturnsNoFuture_callFailsAndTheNextIsServed() {
    BedrockRuntimeAsyncClient client = new Scripted(() -> null);
    CachingBedrockAsyncClient caching = StreamCalls.cached(client, cache);
    assertThat(catchThrowable(() -> caching.converse(FakeBedrock.ask("one")).join())).isNotNull();
    assertThat(catchThrowable(() -> start(caching, Listener.eager()).join())).isNotNull();
    Listener next = Listener.eager();
    assertThat(outcomeOf(StreamCalls.cached(CannedHttp.always(WHOLE).client(), cache), next))
        .isNull();
    assertThat(next.outcome().status()).isEqualTo(Status.MISS);
  }

  @Test
  void f33_clientCompletesWithNull_soDoesTheCachingOneAndNothingIsKept() {
    BedrockRuntimeAsyncClient client = new Scripted(() -> CompletableFuture.completedFuture(null));
    CachingBedrockAsyncClient caching = StreamCalls.cached(client, cache);
    assertThat(caching.converse(FakeBedrock.ask("one")).join()).isNull();
    assertThat(start(caching, Listener.eager()).join()).isNull();
    assertThat(cache.stats().hotEntries()).isZero();
  }

  @Test
  void f28_f29_failedFuture_isTheSameObject() {
    CompletionException failure = new CompletionException(FakeBedrock.throttled());
    BedrockRuntimeAsyncClient client = new Scripted(() -> CompletableFuture.failedFuture(failure));
    CachingBedrockAsyncClient caching = StreamCalls.cached(client, cache);
    CompletableFuture<?> call = caching.converse(FakeBedrock.ask("one"));
    assertThat(catchThrowable(call::join)).isSameAs(failure);
    assertThat(call.handle((response, thrown) -> thrown).join()).isSameAs(failure);
  }

  /** A client of somebody's own, which wraps nothing. */
  @Test
  void f28_f29_failedFutureOfAStream_isTheSameObject() {
    RuntimeException failure = FakeBedrock.throttled();
    BedrockRuntimeAsyncClient client = new Scripted(() -> CompletableFuture.failedFuture(failure));
    CachingBedrockAsyncClient caching = StreamCalls.cached(client, cache);
    CompletableFuture<Void> call = start(caching, Listener.eager());
    assertThat(call.handle((nothing, thrown) -> thrown).join()).isSameAs(failure);
  }
}
