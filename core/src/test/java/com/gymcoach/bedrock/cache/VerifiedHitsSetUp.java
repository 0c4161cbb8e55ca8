package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.VerifiedHits.Counts;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** A cache that verifies each hit, and the tasks that it runs away from its callers. */
abstract class VerifiedHitsSetUp {
  static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  static final Duration TTL = Duration.ofMinutes(1);
  static final TtlPolicy POLICY = TtlPolicy.fixed(TTL).withJitter(0);

  /** The price of each answer of the stand-in, see {@link MoneyTest}. */
  static final double MODEL = 11.1e-6;

  static final HitVerification ALL = HitVerification.ofPercent(100).withBackground(true);
  final CallingStyle way;
  final FakeTime time = new FakeTime();
  final FakeBedrock bedrock = new FakeBedrock();
  final FakeStore store = new FakeStore();
  final List<CacheEvent> told = Collections.synchronizedList(new ArrayList<>());

  /** The tasks that are to be run away from the callers. */
  final Queue<Runnable> behind = new ArrayDeque<>();

  VerifiedHitsSetUp(CallingStyle way) {
    this.way = way;
  }

  BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .ttlPolicy(POLICY)
        .timeSource(time)
        .executor(behind::add)
        .metricsSink(told::add)
        .verifyHits(ALL);
  }

  ConverseResponse ask(BedrockCache cache) {
    return ask(cache, FakeBedrock.ask("one"));
  }

  ConverseResponse ask(BedrockCache cache, ConverseRequest request) {
    return way.over(bedrock, cache).forScope(ALICE).converse(request);
  }

  void assertHit(BedrockCache cache, String text) {
    ConverseResponse response = ask(cache);
    assertThat(CacheOutcome.of(response).status()).isEqualTo(Status.HIT);
    assertThat(response.output().message().content().get(0).text()).isEqualTo(text);
  }

  void runBehind() {
    for (Runnable task = behind.poll(); task != null; task = behind.poll()) {
      task.run();
    }
  }

  static Counts verified(BedrockCache cache) {
    VerifiedHits hits = cache.stats().verifiedHits();
    assertThat(hits.byEndpoint().values()).allMatch(counts -> counts.equals(hits.total()));
    return hits.total();
  }

  void answer(String text) {
    bedrock.answer = request -> FakeBedrock.reply(text, StopReason.END_TURN);
  }

  void verify(BedrockCache cache) {
    assertThat(CacheOutcome.of(ask(cache)).status()).isEqualTo(Status.HIT);
    runBehind();
  }
}
