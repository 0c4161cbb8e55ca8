package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.Explanation.Cause;
import java.time.Duration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;

/** Calls whose misses are explained, by the client that makes them. */
abstract class ExplainedCalls {
  static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  static final CacheScope BOB = CacheScope.user("bob").endpoint("chat");
  static final CacheScope SHARED = CacheScope.shared().endpoint("chat");
  static final Duration TTL = Duration.ofMinutes(10);
  static final ConverseRequest SQUATS = ask("How do I squat?");
  static final ConverseRequest PULLS = ask("How do I pull?");
  static final String TEXT = "messages[0].content[0].text";

  final CallingStyle way;
  final FakeTime time = new FakeTime();
  final FakeBedrock bedrock = new FakeBedrock();
  final FakeStore store = new FakeStore();

  ExplainedCalls(CallingStyle way) {
    this.way = way;
  }

  BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .timeSource(time)
        .ttlPolicy(TtlPolicy.fixed(TTL).withJitter(0))
        .explains(100);
  }

  CacheOutcome call(BedrockCache cache, CacheScope scope, ConverseRequest request) {
    return CacheOutcome.of(way.over(bedrock, cache).forScope(scope).converse(request));
  }

  /** Makes a call that asks for an explanation. */
  Explanation why(BedrockCache cache, CacheScope scope, ConverseRequest request) {
    CacheControl asking = CacheControl.of(request).withExplanation();
    return call(cache, scope, asking.applyTo(request)).explanation().orElseThrow();
  }

  /** Asserts what {@code explain} says of a call beforehand, and that the call is told the same. */
  Explanation assertWhy(
      BedrockCache cache, CacheScope scope, ConverseRequest request, Cause cause) {
    Explanation before = cache.explain(request, scope);
    Explanation told = why(cache, scope, request);
    assertThat(before).isEqualTo(told);
    assertThat(told.cause()).isEqualTo(cause);
    assertThat(told.at()).isEqualTo(time.now());
    assertThat(told.call().operation()).isEqualTo("Converse");
    assertThat(told.call().endpoint()).isEqualTo("chat");
    return told;
  }
}
