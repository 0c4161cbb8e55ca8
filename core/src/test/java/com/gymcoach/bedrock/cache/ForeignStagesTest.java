package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store's stages are of its library's own class, which may refuse what a future allows. */
@Timeout(60)
class ForeignStagesTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  /** Only its library may complete it, or what depends on it. */
  private static final class ReadOnlyFuture<T> extends CompletableFuture<T> {
    @Override
    public boolean complete(T value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new ReadOnlyFuture<>();
    }
  }

  /** Returns the same as a stage that cannot be converted, as {@link CompletionStage} allows. */
  @SuppressWarnings("unchecked")
  private static <T extends @Nullable Object> CompletionStage<T> foreign(CompletionStage<T> own) {
    return (CompletionStage<T>)
        Proxy.newProxyInstance(
            ForeignStagesTest.class.getClassLoader(),
            new Class<?>[] {CompletionStage.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("toCompletableFuture")) {
                throw new UnsupportedOperationException();
              }
              Object result = method.invoke(own, arguments);
              return result instanceof CompletionStage<?> stage ? foreign(stage) : result;
            });
  }

  private static final class ForeignStore extends ForwardingStore {
    ForeignStore() {
      super(new FakeStore());
    }

    @Override
    public CompletionStage<StoreRead> read(StoreQuery query) {
      return foreign(super.read(query));
    }

    @Override
    public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant until) {
      return foreign(super.write(address, envelope, until));
    }

    @Override
    public CompletionStage<Void> mark(
        Partition partition, @Nullable String endpoint, Marker marker, Instant until) {
      return foreign(super.mark(partition, endpoint, marker, until));
    }
  }

  private static Caller caller(CallingStyle style, BedrockCache cache) {
    return style.over(new FakeBedrock(), cache).forScope(ALICE);
  }

  private static CacheSource ask(Caller caller) {
    return CacheOutcome.of(caller.converse(FakeBedrock.ask("question"))).source();
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenStagesCannotBeConverted_isKeptAndFound(CallingStyle style) {
    ForeignStore store = new ForeignStore();
    assertThat(ask(caller(style, BedrockCache.builder().store(store).build())))
        .isEqualTo(CacheSource.BEDROCK);
    assertThat(ask(caller(style, BedrockCache.builder().store(store).build())))
        .isEqualTo(CacheSource.WARM);
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void invalidate_whenStagesCannotBeConverted_takesTheAnswerAway(CallingStyle style) {
    BedrockCache cache = BedrockCache.builder().store(new ForeignStore()).build();
    Caller caller = caller(style, cache);
    ask(caller);
    cache.invalidate(ALICE);
    assertThat(ask(caller)).isEqualTo(CacheSource.BEDROCK);
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void call_whenAReadHangsThatOnlyItsStoreMayEnd_waitsForItsBudget(CallingStyle style)
      throws Exception {
    ForwardingStore hanging =
        new ForwardingStore(new FakeStore()) {
          @Override
          public CompletionStage<StoreRead> read(StoreQuery query) {
            return new ReadOnlyFuture<>();
          }

          @Override
          public Duration readBudget() {
            return Duration.ofMillis(20);
          }

          @Override
          public Duration currentReadBudget() {
            return readBudget();
          }
        };
    BedrockCache cache = BedrockCache.builder().store(hanging).build();
    CompletableFuture<CacheSource> source =
        CompletableFuture.supplyAsync(() -> ask(caller(style, cache)));
    assertThat(source.get(30, TimeUnit.SECONDS)).isEqualTo(CacheSource.BEDROCK);
    assertThat(cache.stats().faults()).containsKey(CacheFault.STORE_READ_TIMEOUT);
  }
}
