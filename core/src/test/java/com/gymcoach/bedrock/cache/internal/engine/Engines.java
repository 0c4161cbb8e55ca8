package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.FakeBedrock;
import com.gymcoach.bedrock.cache.FakeStore;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest.ResolvedScope;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import com.gymcoach.bedrock.cache.internal.call.Ending;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.env.Randomness;
import com.gymcoach.bedrock.cache.internal.env.Timers;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import com.gymcoach.bedrock.cache.internal.stats.FaultLog;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.Tiers;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** An engine as an instance has it, but for its fences. */
public final class Engines {
  public static final Duration DELAY = Duration.ofSeconds(10);

  public static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private Engines() {}

  public static Engine engine(Fences fences, FakeStore store, FakeTime time) {
    Settings settings =
        new Settings(
            new Settings.Policies(
                TtlPolicy.fixed(Duration.ofHours(1)),
                CachePolicy.standard(),
                PriceList.none(),
                Map.of()),
            new Settings.Keys("default", null, KeyDigests.PLAIN, 0, Set.of()),
            new Settings.Tiering(
                1 << 20, Duration.ofHours(1), DELAY, Map.of(), Duration.ofMinutes(5)),
            new Settings.Streams(0, false),
            new Settings.Rollout(() -> CacheMode.ON, () -> 100.0, false, null));
    Randomness random = new Randomness(() -> 0);
    return new Engine(
        new Parts(
            settings,
            environment(time, random),
            new Tiers(
                new HotTier(time, 1 << 20, Duration.ofHours(1)),
                new WarmTier(store, new EnvelopeCodec("fake", Compressor.none(), List.of(), null))),
            fences,
            new StatsRecorder(MetricsSink.none(), PriceList.none(), new FaultLog(time), random)),
        null,
        0);
  }

  /** Returns an environment without other threads. */
  public static Environment environment(TimeSource time, Randomness random) {
    return new Environment(time, Runnable::run, Runnable::run, Timers.system(), random);
  }

  /** Asks as a client does that returns the text of the answer; "" if there is none. */
  public static CompletableFuture<String> ask(
      Engine engine,
      String question,
      Supplier<CompletableFuture<ConverseResponse>> bedrock,
      WaitStrategy waiting) {
    return engine
        .answer(
            new CallerRequest<>(
                CacheableOperations.CONVERSE,
                FakeBedrock.ask(question),
                new ResolvedScope(ALICE, null),
                new ClientIdentity("us-east-1", false),
                null),
            RolloutState.of(CacheMode.ON, 100),
            new Method(bedrock, waiting))
        .thenApply(
            result -> {
              ConverseResponse response = result.valueOrNull();
              return response == null ? "" : response.output().message().content().get(0).text();
            });
  }

  private record Method(Supplier<CompletableFuture<ConverseResponse>> bedrock, WaitStrategy waiting)
      implements ClientMethod<
          ConverseRequest, ConverseResponse, CompletableFuture<Result<ConverseResponse>>> {

    @Override
    public CompletableFuture<Result<ConverseResponse>> direct(@Nullable ConverseRequest request) {
      return bedrock.get().thenApply(Result::of);
    }

    @Override
    public CompletableFuture<Result<ConverseResponse>> fromMemory(ConverseResponse response) {
      return CompletableFuture.completedFuture(Result.of(response));
    }

    @Override
    public void whenEnded(
        @Nullable CompletableFuture<Result<ConverseResponse>> given,
        Consumer<@Nullable Throwable> end) {
      Ending.tell(given, end);
    }

    @Override
    public PendingCall<ConverseResponse, CompletableFuture<Result<ConverseResponse>>> prepare(
        Exchange<ConverseRequest, ConverseResponse> exchange) {
      return new Pending(new OnceOnlyCall<>(why -> bedrock.get()), waiting);
    }
  }

  private static final class Pending
      implements PendingCall<ConverseResponse, CompletableFuture<Result<ConverseResponse>>> {
    private final OnceOnlyCall<ConverseResponse> origin;
    private final WaitStrategy waiting;
    private CompletableFuture<Result<ConverseResponse>> answer = new CompletableFuture<>();

    Pending(OnceOnlyCall<ConverseResponse> origin, WaitStrategy waiting) {
      this.origin = origin;
      this.waiting = waiting;
    }

    @Override
    public OnceOnlyCall<ConverseResponse> origin() {
      return origin;
    }

    @Override
    public WaitStrategy waiting() {
      return waiting;
    }

    @Override
    public void take(CompletionStage<Result<ConverseResponse>> stage) {
      answer = stage.toCompletableFuture();
    }

    @Override
    public CompletableFuture<Result<ConverseResponse>> result() {
      return answer;
    }

    @Override
    public boolean isMade() {
      return true;
    }

    @Override
    public CompletableFuture<Result<ConverseResponse>> rescue(Throwable broken) {
      throw new AssertionError(broken);
    }
  }
}
