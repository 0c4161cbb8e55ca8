package com.gymcoach.bedrock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import com.gymcoach.bedrock.testkit.ManualTime;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** The meters say the same of real calls as the cache's own statistics. */
@Timeout(60)
class SameStatisticsTest {
  private static final String MODEL = "amazon.nova-lite-v1:0";
  private static final SdkAsyncHttpClient HTTP = NettyNioAsyncHttpClient.create();

  private final BedrockStandIn bedrock = BedrockStandIn.start();
  private final InMemoryCacheStore store = new InMemoryCacheStore();
  private final ManualTime time = ManualTime.startingAt(Instant.parse("2026-11-26T12:00:00Z"));
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final MicrometerMetricsSink sink = MicrometerMetricsSink.create(registry);
  private final BlockingQueue<Runnable> inBackground = new LinkedBlockingQueue<>();
  private final BedrockRuntimeAsyncClient client =
      BedrockRuntimeAsyncClient.builder()
          .httpClient(HTTP)
          .endpointOverride(bedrock.endpoint())
          .region(Region.US_EAST_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
          .overrideConfiguration(c -> c.retryStrategy(r -> r.maxAttempts(1)))
          .build();

  @AfterEach
  void stop() {
    client.close();
    bedrock.close();
  }

  @AfterAll
  static void closeHttp() {
    HTTP.close();
  }

  private BedrockCache cache(MetricsSink to) {
    return BedrockCache.builder()
        .store(store)
        .metricsSink(to)
        .timeSource(time)
        .executor(inBackground::add)
        .ttlPolicy(
            TtlPolicy.fixed(Duration.ofMinutes(1))
                .withJitter(0)
                .withStaleWhileRevalidate(Duration.ofHours(1)))
        .build();
  }

  /** Runs background tasks as they come, until a condition holds. */
  private void runUntil(BooleanSupplier done) throws InterruptedException {
    while (!done.getAsBoolean()) {
      Runnable task = inBackground.poll(10, TimeUnit.MILLISECONDS);
      if (task != null) {
        task.run();
      }
    }
  }

  private CompletableFuture<ConverseResponse> ask(
      BedrockCache cache, CacheScope scope, String question) {
    return CachingBedrockAsyncClient.create(client, cache).forScope(scope).converse(of(question));
  }

  private static ConverseRequest of(String question) {
    return ConverseRequest.builder()
        .modelId(MODEL)
        .messages(Message.builder().role("user").content(ContentBlock.fromText(question)).build())
        .build();
  }

  /** Makes a call of each kind: every result, each source, a fault, a failure, an invalidation. */
  private void callInEveryWay(BedrockCache cache, BedrockCache another)
      throws InterruptedException {
    CacheScope chat = CacheScope.user("alice").endpoint("chat");
    CacheScope plan = CacheScope.user("alice").endpoint("meal-plan");
    ask(cache, chat, "squat").join();
    ask(cache, chat, "squat").join();
    ask(cache, chat, "squat").join();
    ask(another, plan, "breakfast").join();
    ask(cache, plan, "breakfast").join();
    bedrock.hold();
    CompletableFuture<?> leader = ask(cache, chat, "plank");
    CompletableFuture<?> follower = ask(cache, chat, "plank");
    bedrock.release();
    leader.join();
    runUntil(follower::isDone);
    CachingBedrockAsyncClient.create(client, cache).converse(of("no scope")).join();
    store.failWith(IllegalStateException::new);
    ask(cache, plan, "lunch").join();
    store.recover();
    bedrock.answerWith(
        request -> BedrockStandIn.Reply.error(400, "ValidationException", "refused"));
    ask(cache, chat, "a failure").handle((answer, failure) -> failure).join();
    bedrock.answerAsUsual();
    CachingBedrockAsyncClient.create(client, cache)
        .forScope(chat)
        .converse(CacheControl.ONLY_IF_CACHED.applyTo(of("nothing there")))
        .handle((answer, failure) -> failure)
        .join();
    time.advance(Duration.ofMinutes(2));
    ask(cache, chat, "squat").join(); // stale, and refreshed in the background
    runUntil(() -> sum(Names.COST, Names.KIND, Names.KIND_REFRESH) > 0);
    cache.invalidate(plan);
    cache.invalidate(CacheScope.user("alice"));
  }

  private long requests(String result, CacheSource source) {
    return count(Names.REQUESTS, Names.RESULT, result, Names.SOURCE, source.wireName());
  }

  private long count(String name, String... tags) {
    return Math.round(sum(name, tags));
  }

  private double sum(String name, String... tags) {
    return registry.find(name).tags(tags).counters().stream().mapToDouble(Counter::count).sum();
  }

  private long gauge(String name) {
    return Math.round(registry.get(name).gauge().value());
  }

  @Test
  void record_ofRealCalls_isTheSameAsTheStatistics() throws InterruptedException {
    try (BedrockCache cache = cache(sink);
        BedrockCache another = cache(MetricsSink.none())) {
      callInEveryWay(cache, another);
      CacheStats stats = cache.stats();
      Counts total = stats.total();
      assertThat(
              List.of(
                  total.hotHits(),
                  total.warmHits(),
                  total.coalesced(),
                  total.misses(),
                  total.bypasses(),
                  total.failures(),
                  total.staleHits()))
          .allMatch(count -> count > 0);
      assertThat(requests("hit", CacheSource.HOT)).isEqualTo(total.hotHits());
      assertThat(requests("hit", CacheSource.WARM)).isEqualTo(total.warmHits());
      assertThat(requests("coalesced", CacheSource.BEDROCK)).isEqualTo(total.coalesced());
      // The failed one was a miss; the one that asked not to go to Bedrock did not fail.
      assertThat(count(Names.REQUESTS, Names.RESULT, "failed")).isEqualTo(total.failures() - 1);
      assertThat(count(Names.REQUESTS, Names.RESULT, "miss")).isEqualTo(total.misses() - 1);
      assertThat(count(Names.REQUESTS, Names.RESULT, "bypass")).isEqualTo(total.bypasses());
      assertThat(count(Names.STALE)).isEqualTo(total.staleHits());
      assertThat(count(Names.WRITES, Names.TIER, "hot")).isEqualTo(total.kept());
      assertThat(count(Names.WRITES, Names.TIER, "warm")).isEqualTo(total.stored());
      assertThat(count(Names.INVALIDATIONS)).isEqualTo(stats.invalidations()).isEqualTo(2);
      assertThat(count(Names.UNPRICED)).isEqualTo(total.unpriced());
      stats
          .byEndpoint()
          .forEach(
              (endpoint, counts) ->
                  assertThat(count(Names.REQUESTS, Names.ENDPOINT, endpoint))
                      .as(endpoint)
                      .isEqualTo(counts.requests() + counts.bypasses()));
      double store = sum(Names.COST, Names.KIND, Names.KIND_STORE);
      double refresh = sum(Names.COST, Names.KIND, Names.KIND_REFRESH);
      assertThat(refresh).isPositive();
      assertThat(sum(Names.SAVED) - store - refresh).isCloseTo(total.savedUsd(), within(1e-12));
      assertThat(sum(Names.COST, Names.KIND, Names.KIND_CALL) + refresh)
          .isCloseTo(total.bedrockUsd(), within(1e-12));
      for (CacheSource source : CacheSource.values()) {
        long count =
            registry.get(Names.LATENCY).tag(Names.SOURCE, source.wireName()).timers().stream()
                .mapToLong(Timer::count)
                .sum();
        assertThat(count).isEqualTo(Objects.requireNonNull(total.latency().get(source)).count());
      }
      for (CacheFault fault : CacheFault.values()) {
        assertThat(count(Names.FAULTS, Names.FAULT, fault.name()))
            .as(fault.name())
            .isEqualTo(stats.faults().getOrDefault(fault, 0L));
      }
      assertThat(stats.faults()).containsKey(CacheFault.STORE_READ_FAILED);
      assertThat(gauge(Names.MEMORY_USED)).isEqualTo(stats.hotBytes());
      assertThat(gauge(Names.MEMORY_ENTRIES)).isEqualTo(stats.hotEntries());
      assertThat(gauge(Names.MEMORY_MAX)).isEqualTo(stats.hotMaxBytes());
    }
  }
}
