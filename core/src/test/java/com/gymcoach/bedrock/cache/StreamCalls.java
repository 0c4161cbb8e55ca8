package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;

/** A stream asked for, bare or through a cache. */
final class StreamCalls {
  static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  /** What Bedrock sends of a whole answer. */
  static final List<byte[]> WHOLE = Frames.answer("one", "two", "three");

  /**
   * Runs each task on a separate thread and waits for it, so that background work has ended when
   * the test checks.
   */
  static final Executor JOINED =
      task -> {
        Thread thread = new Thread(task, "elsewhere");
        thread.start();
        try {
          thread.join();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      };

  private StreamCalls() {}

  static CachingBedrockAsyncClient cached(BedrockRuntimeAsyncClient client, BedrockCache cache) {
    return CachingBedrockAsyncClient.create(client, cache).forScope(ALICE);
  }

  static CompletableFuture<Void> start(BedrockRuntimeAsyncClient client, Listener to) {
    return client.converseStream(StreamsTest.ask("one"), to);
  }

  /** Waits for a call; returns what it failed with, if it did. */
  static Throwable outcomeOf(BedrockRuntimeAsyncClient client, Listener listener) {
    CompletableFuture<Void> call = start(client, listener);
    return catchThrowable(call::join);
  }

  static void assertSameFailure(Throwable one, Throwable other) {
    if (other == null) {
      assertThat(one).isNull();
    } else {
      assertThat(one).hasSameClassAs(other).hasMessage(other.getMessage());
      assertThat(one.getCause()).hasSameClassAs(other.getCause());
    }
  }
}
