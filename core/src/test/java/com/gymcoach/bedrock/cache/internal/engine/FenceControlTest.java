package com.gymcoach.bedrock.cache.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.FakeBedrock;
import com.gymcoach.bedrock.cache.FakeStore;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.internal.client.SyncWaiting;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.spi.Compressor;
import com.gymcoach.bedrock.cache.spi.Markers;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** What the fence is for, shown by taking it away: the same run serves what was invalidated. */
class FenceControlTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final FakeTime time = new FakeTime();
  private final FakeStore store = new FakeStore();

  /** Fences that stop nothing. */
  private static final class NoFences extends Fences {
    NoFences(FakeTime time) {
      super(time);
    }

    @Override
    protected void takeDown(PartitionFence parent) {}

    @Override
    protected void takeDown(Fence fence) {}

    @Override
    public boolean admits(Markers made, Markers inForce) {
      return true;
    }
  }

  private Engine engine(Fences fences) {
    Settings settings =
        new Settings(
            "default",
            TtlPolicy.fixed(Duration.ofHours(1)),
            CachePolicy.standard(),
            null,
            MetricsSink.none(),
            Duration.ofSeconds(10),
            Map.of(),
            Duration.ofMinutes(5),
            Set.of(),
            time,
            () -> 0);
    return new Engine(
        settings,
        new HotTier(time, 1 << 20, Duration.ofHours(1)),
        new WarmTier(store, new EnvelopeCodec("fake", Compressor.none(), List.of())),
        fences,
        new Recorder(MetricsSink.none()));
  }

  private static String ask(Engine engine, Supplier<ConverseResponse> bedrock) {
    ConverseResponse response =
        engine
            .execute(
                new Call<>(
                    CacheableOperations.CONVERSE,
                    FakeBedrock.ask("Plan my week"),
                    ALICE,
                    null,
                    "us-east-1",
                    null),
                new Origin<>(() -> CompletableFuture.completedFuture(bedrock.get())),
                SyncWaiting.INSTANCE)
            .toCompletableFuture()
            .join()
            .valueOrNull();
    return response == null ? "" : response.output().message().content().get(0).text();
  }

  /** Invalidates while Bedrock is thinking, in this instance, and asks it and another one again. */
  private List<String> run(Supplier<Fences> fences) {
    Engine here = engine(fences.get());
    Engine there = engine(fences.get());
    ask(
        here,
        () -> {
          here.invalidation().invalidate(ALICE, SyncWaiting.INSTANCE);
          return FakeBedrock.reply("before", StopReason.END_TURN);
        });
    Supplier<ConverseResponse> after = () -> FakeBedrock.reply("after", StopReason.END_TURN);
    return List.of(ask(here, after), ask(there, after));
  }

  @Test
  void inFlightAnswer_withTheFence_isServedToNobody() {
    assertThat(run(() -> new Fences(time))).containsExactly("after", "after");
  }

  @Test
  void inFlightAnswer_withoutTheFence_isServedByBothTiers() {
    assertThat(run(() -> new NoFences(time))).containsExactly("before", "before");
  }
}
