package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;

/** A store is slow at first, and says so; what its look-ups fail with is counted by its name. */
@Timeout(60)
class FirstLookUpTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  /** A store that needs a while for what it is asked, and more of a budget than the ordinary. */
  private static final class ColdStore extends ForwardingStore {
    private Duration current = Duration.ofHours(1);
    private boolean hangs;

    ColdStore() {
      super(new FakeStore());
    }

    @Override
    public CompletionStage<StoreRead> read(StoreQuery query) {
      if (hangs) {
        return new CompletableFuture<>();
      }
      StoreRead read = super.read(query).toCompletableFuture().join();
      return new CompletableFuture<StoreRead>().completeOnTimeout(read, 20, TimeUnit.MILLISECONDS);
    }

    @Override
    public Duration readBudget() {
      return Duration.ofMillis(1);
    }

    @Override
    public Duration writeBudget() {
      return Duration.ofSeconds(30);
    }

    @Override
    public Duration currentReadBudget() {
      return current;
    }
  }

  private static CacheOutcome ask(BedrockCache cache, ConverseRequest request) {
    return CacheOutcome.of(
        CachingBedrockClient.create(new FakeBedrock(), cache).forScope(ALICE).converse(request));
  }

  private static BedrockCache cache(CacheStore store) {
    return BedrockCache.builder().store(store).build();
  }

  /**
   * Returns what a cold process finds in the table, in a call that may take that many minutes; 0
   * for no limit.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 60})
  void read_whenTheStoreIsCold_isWaitedForLonger(int minutes) {
    ColdStore store = new ColdStore();
    ConverseRequest question = FakeBedrock.ask("question");
    ConverseRequest request =
        minutes == 0
            ? question
            : question.toBuilder()
                .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofMinutes(minutes)))
                .build();
    ask(cache(store), request);
    assertThat(ask(cache(store), request).source()).isEqualTo(CacheSource.WARM);
  }

  /**
   * The control: a store that is no longer cold and never answers does not hold a caller for an
   * hour.
   */
  @Test
  void read_whenTheStoreIsNotCold_isWaitedForByTheOrdinaryBudget() {
    ColdStore store = new ColdStore();
    store.current = store.readBudget();
    store.hangs = true;
    BedrockCache cache = cache(store);
    assertThat(ask(cache, FakeBedrock.ask("question")).source()).isEqualTo(CacheSource.BEDROCK);
    assertThat(cache.stats().faults()).containsKey(CacheFault.STORE_READ_TIMEOUT);
  }

  /** Bedrock has taken the call's time; whether a stale answer may be served is asked briefly. */
  @Test
  void staleIfError_whenTheStoreIsColdAndHangs_waitsByTheOrdinaryBudget() {
    ColdStore store = new ColdStore();
    FakeTime time = new FakeTime();
    FakeBedrock bedrock = new FakeBedrock();
    TtlPolicy ttl = TtlPolicy.fixed(Duration.ofMinutes(1)).withStaleIfError(Duration.ofHours(1));
    BedrockCache cache =
        BedrockCache.builder()
            .store(store)
            .timeSource(time)
            .ttlPolicy(ttl)
            .invalidationDelay(Duration.ZERO)
            .build();
    CachingBedrockClient client = CachingBedrockClient.create(bedrock, cache).forScope(ALICE);
    client.converse(FakeBedrock.ask("question"));
    time.advance(Duration.ofMinutes(2));
    bedrock.answer =
        request -> {
          store.hangs = true;
          throw FakeBedrock.throttled();
        };
    assertThat(CacheOutcome.of(client.converse(FakeBedrock.ask("question"))).stale()).isTrue();
    assertThat(cache.stats().faults()).containsKey(CacheFault.STORE_READ_TIMEOUT);
  }

  @Test
  void read_whenItsTurnCameTooLate_isCountedByANameOfItsOwn() {
    FakeStore store = new FakeStore();
    store.failReads = StoreBusyException.afterWaiting();
    BedrockCache cache = cache(store);
    assertThat(ask(cache, FakeBedrock.ask("question")).source()).isEqualTo(CacheSource.BEDROCK);
    assertThat(cache.stats().faults())
        .containsEntry(CacheFault.STORE_QUEUE_TIMEOUT, 1L)
        .doesNotContainKey(CacheFault.STORE_BUSY);
  }
}
