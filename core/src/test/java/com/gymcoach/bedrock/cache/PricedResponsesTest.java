package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CallCost;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.bedrockruntime.model.CacheDetail;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** The response alone decides its price, and whether it has one. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class PricedResponsesTest {
  private final CallingStyle way;
  private final FakeBedrock bedrock = new FakeBedrock();
  private final List<CacheEvent> told = new ArrayList<>();

  PricedResponsesTest(CallingStyle way) {
    this.way = way;
  }

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder().metricsSink(told::add);
  }

  private BedrockCache cache() {
    return builder().build();
  }

  private void ask(BedrockCache cache) {
    ask(cache, FakeBedrock.ask("one"));
  }

  private void ask(BedrockCache cache, ConverseRequest request) {
    way.over(bedrock, cache).forScope(CacheScope.user("alice").endpoint("chat")).converse(request);
  }

  private static void assertMoney(BedrockCache cache, double bedrockUsd, double savedUsd) {
    Counts total = cache.stats().total();
    assertThat(total.bedrockUsd()).isCloseTo(bedrockUsd, within(1e-18));
    assertThat(total.savedUsd()).isCloseTo(savedUsd, within(1e-18));
  }

  static Stream<ConverseResponse> unpriceable() {
    ConverseResponse plain = FakeBedrock.reply("one", StopReason.END_TURN);
    return Stream.of(
        plain.copy(
            r -> r.usage((software.amazon.awssdk.services.bedrockruntime.model.TokenUsage) null)),
        plain.copy(r -> r.usage(u -> u.totalTokens(46))),
        plain.copy(r -> r.usage(u -> u.inputTokens(12))),
        plain.copy(r -> r.usage(u -> u.inputTokens(1).outputTokens(1).cacheReadInputTokens(1))),
        plain.copy(r -> r.usage(u -> u.inputTokens(1).outputTokens(1).cacheWriteInputTokens(1))),
        plain.copy(
            r ->
                r.usage(
                    u ->
                        u.inputTokens(1)
                            .outputTokens(1)
                            .cacheWriteInputTokens(1)
                            .cacheDetails(written("1h", 1)))),
        plain.copy(r -> r.serviceTier(t -> t.type("reserved"))),
        plain.copy(r -> r.performanceConfig(p -> p.latency("optimized"))));
  }

  private static CacheDetail written(String ttl, int tokens) {
    return CacheDetail.builder().ttl(ttl).inputTokens(tokens).build();
  }

  /** Counted, and neither as money nor by a guess. */
  @ParameterizedTest
  @MethodSource("unpriceable")
  void unpriced_isCountedAndNotGuessed(ConverseResponse response) {
    bedrock.answer = request -> response;
    BedrockCache cache = cache();
    ask(cache);
    ask(cache);
    assertThat(told).hasSize(2).allMatch(event -> event.cost().equals(CallCost.NONE));
    assertMoney(cache, 0, 0);
    assertThat(cache.stats().total().unpriced()).isEqualTo(2);
  }

  @Test
  void unpriced_whenTheModelHasNoPrice_untilItIsGivenOne() {
    String profile =
        "arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/1arbu5hu2sjr";
    ConverseRequest request = FakeBedrock.ask("one").copy(r -> r.modelId(profile));
    BedrockCache unpriced = cache();
    ask(unpriced, request);
    assertThat(unpriced.stats().total().unpriced()).isEqualTo(1);
    BedrockCache priced =
        builder().priceList(PriceList.standard().with(profile, ModelPrice.of(1, 2))).build();
    ask(priced, request);
    ask(priced, request);
    assertMoney(priced, 80e-6, 80e-6);
    assertThat(priced.stats().byModel()).containsOnlyKeys(profile);
    assertThat(priced.stats().total().unpriced()).isZero();
  }

  /** Prompt-cache writes for five minutes are what the price is of. */
  @Test
  void cacheWrites_forFiveMinutes_arePriced() {
    bedrock.answer =
        request ->
            FakeBedrock.reply("one", StopReason.END_TURN)
                .copy(
                    r ->
                        r.usage(
                            u ->
                                u.inputTokens(0)
                                    .outputTokens(0)
                                    .cacheWriteInputTokens(8)
                                    .cacheDetails(written("5m", 8))));
    BedrockCache cache = cache();
    ask(
        cache,
        FakeBedrock.ask("one").copy(r -> r.modelId("us.anthropic.claude-haiku-4-5-20251001-v1:0")));
    assertMoney(cache, 11e-6, 0);
  }

  /** The tier is the response's, not the request's: Bedrock may serve at another. */
  @Test
  void tier_isTheResponses() {
    bedrock.answer =
        request ->
            FakeBedrock.reply("one", StopReason.END_TURN)
                .copy(r -> r.performanceConfig(p -> p.latency("optimized")));
    BedrockCache cache = cache();
    ConverseRequest request =
        FakeBedrock.ask("one").copy(r -> r.modelId("us.amazon.nova-pro-v1:0"));
    ask(cache, request);
    ask(cache, request);
    assertMoney(cache, 148e-6, 148e-6); // 12 at 1.00, 34 at 4.00
  }
}
