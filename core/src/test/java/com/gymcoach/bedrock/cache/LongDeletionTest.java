package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An invalidation returns in its caller's time, however long its entries take to be deleted. */
@Timeout(60)
class LongDeletionTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final SlowStore store = new SlowStore(new FakeStore(), time);

  /** Deletes two entries in six seconds, and never comes to the end. */
  private static final class SlowStore extends ForwardingStore {
    private final FakeTime time;

    SlowStore(FakeStore store, FakeTime time) {
      super(store);
      this.time = time;
    }

    @Override
    public CompletionStage<Set<EntryAddress>> deleteAll(
        Partition partition, @Nullable String endpoint, Consumer<EntryAddress> gone) {
      for (EntryAddress address : List.copyOf(store.entries.keySet()).subList(0, 2)) {
        store.entries.remove(address);
        gone.accept(address);
      }
      time.advance(Duration.ofSeconds(6));
      return new CompletableFuture<>();
    }
  }

  @Test
  void invalidate_whenDeletingTakesTooLong_returnsWithWhatHasGoneAndIsInForce() {
    try (BedrockCache filler =
            BedrockCache.builder().store(store).timeSource(time).hotMaxBytes(0).build();
        BedrockCache cache =
            BedrockCache.builder().store(store).timeSource(time).hotMaxBytes(0).build()) {
      for (int i = 0; i < 5; i++) {
        CallingStyle.SYNC.over(bedrock, filler).forScope(ALICE).converse(ask("question " + i));
      }
      assertThat(cache.invalidate(ALICE)).isEqualTo(2);
      assertThat(cache.stats().faults())
          .containsEntry(CacheFault.DELETE_UNFINISHED, 1L)
          .doesNotContainKey(CacheFault.DELETE_FAILED);
      for (int i = 0; i < 5; i++) {
        CacheOutcome outcome =
            CacheOutcome.of(
                CallingStyle.SYNC
                    .over(bedrock, cache)
                    .forScope(ALICE)
                    .converse(ask("question " + i)));
        assertThat(outcome.source()).isEqualTo(CacheSource.BEDROCK);
      }
    }
  }
}
