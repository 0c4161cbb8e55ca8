package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A store hears whether a caller's thread is blocked, which it may then use. */
class BlockedCallerTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final HearingStore store = new HearingStore();

  private static final class HearingStore extends ForwardingStore {
    private final List<Thread> blocked = new ArrayList<>();
    private int others;

    HearingStore() {
      super(new FakeStore());
    }

    @Override
    public Duration readBudget() {
      return Duration.ofSeconds(30);
    }

    @Override
    public CompletionStage<StoreRead> read(StoreQuery query) {
      others++;
      return super.read(query);
    }

    @Override
    public CompletionStage<StoreRead> readForBlockedCaller(
        StoreQuery query, @Nullable Executor context) {
      assertThat(context).isNull(); // there is no tracer
      blocked.add(Thread.currentThread());
      return super.read(query);
    }
  }

  @Test
  void converse_whenTheClientIsSync_lookUpIsForABlockedCallerOnItsThread() {
    CachingBedrockClient.create(new FakeBedrock(), BedrockCache.builder().store(store).build())
        .forScope(ALICE)
        .converse(FakeBedrock.ask("question"));
    assertThat(store.blocked).containsExactly(Thread.currentThread());
    assertThat(store.others).isZero();
  }

  /** It may ask on an event loop. */
  @Test
  void converse_whenTheClientIsAsync_lookUpIsForACallerThatMustNotBlock() {
    CachingBedrockAsyncClient.create(
            new FakeAsyncBedrock(new FakeBedrock()), BedrockCache.builder().store(store).build())
        .forScope(ALICE)
        .converse(FakeBedrock.ask("question"))
        .join();
    assertThat(store.blocked).isEmpty();
    assertThat(store.others).isEqualTo(1);
  }
}
