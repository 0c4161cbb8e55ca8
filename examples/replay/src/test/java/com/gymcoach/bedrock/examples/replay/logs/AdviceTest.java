package com.gymcoach.bedrock.examples.replay.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdviceTest {
  private static final List<Duration> TTLS =
      List.of(Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofDays(1));

  private static Tally tally(double... nets) {
    Periods periods = Periods.of(0, Duration.ofDays(10).toMillis());
    Tally tally = new Tally(nets.length, periods);
    for (int ttl = 0; ttl < nets.length; ttl++) {
      for (int period = 0; period < periods.count(); period++) {
        double net = nets[ttl] / periods.count();
        tally.book(ttl, period, Math.max(0, net), Math.max(0, -net));
      }
    }
    return tally;
  }

  @Test
  void of_whenALongerTtlSavesLittleMore_takesTheShorterOne() {
    Advice advice = Advice.of("chat", tally(5, 9.5, 10));

    assertThat(advice.ttl()).isEqualTo(1);
    assertThat(advice.isCertain()).isTrue();
    assertThat(advice.text(TTLS))
        .isEqualTo("chat: TTL 1 h saves 28.50 USD a month (28.50 to 28.50).");
  }

  @Test
  void of_whenNothingIsSaved_leavesTheEndpointOut() {
    Advice advice = Advice.of("chat", tally(-3, -1, -2));

    assertThat(advice.pays()).isFalse();
    assertThat(advice.isCertain()).isTrue();
    assertThat(advice.text(TTLS)).startsWith("chat: leave it out").contains("-3.00 USD a month");
  }

  @Test
  void of_whenItSavesExactlyWhatItCosts_leavesTheEndpointOut() {
    assertThat(Advice.of("chat", tally(0, 0, 0)).pays()).isFalse();
  }

  @Test
  void of_whenTheIntervalHoldsZero_isNotCertain() {
    Tally tally = tally(-1, -1, -1);
    for (int ttl = 0; ttl < TTLS.size(); ttl++) {
      tally.book(ttl, 7, 5, 0);
    }

    assertThat(Advice.of("chat", tally).isCertain()).isFalse();
    assertThat(Advice.of("chat", tally).text(TTLS)).contains("not certain");
  }

  /** The same code as in {@link #suggested}, which compiles. */
  @Test
  void code_ofAdvice_compiles() throws Exception {
    List<String> code =
        Advice.code(
            List.of(
                Advice.of("chat", tally(5, 9.5, 10)),
                Advice.of("none", tally(-1, -1, -1)),
                Advice.of("meal-plan", tally(5, 5, 10))),
            TTLS);

    assertThat(String.join("\n", code))
        .isEqualTo(
            """
            BedrockCache.builder()
                .mode(CacheMode.OBSERVE) // first; then ON with rolloutPercent
                .store(store)
                .ttlPolicy(
                    TtlPolicy.byEndpoint(
                        Map.ofEntries(
                            Map.entry("chat", Duration.ofSeconds(3600)),
                            Map.entry("meal-plan", Duration.ofSeconds(86400))),
                        Duration.ZERO)) // other endpoints: nothing is kept
                .build();""");
    assertThat(suggested()).isNotNull();
    assertThat(Arrays.stream(CachePolicy.class.getMethods()).map(Method::getName))
        .contains("mayServe");
    assertThat(Arrays.stream(BedrockCacheBuilder.class.getMethods()).map(Method::getName))
        .contains("rolloutPercent");
  }

  @SuppressWarnings("CanonicalDuration") // as it is printed
  private static BedrockCache suggested() {
    CacheStore store = new InMemoryCacheStore();
    return BedrockCache.builder()
        .mode(CacheMode.OBSERVE)
        .store(store)
        .ttlPolicy(
            TtlPolicy.byEndpoint(
                Map.ofEntries(
                    Map.entry("chat", Duration.ofSeconds(3600)),
                    Map.entry("meal-plan", Duration.ofSeconds(86400))),
                Duration.ZERO))
        .build();
  }

  @Test
  void code_ofEndpointsWithoutAName_leavesThemOut() {
    List<Advice> advice =
        List.of(
            Advice.of("(none)", tally(5, 9.5, 10)), Advice.of("(other endpoints)", tally(5, 6, 7)));

    assertThat(String.join("\n", Advice.code(advice, TTLS)))
        .contains("Map.of(),")
        .doesNotContain("entry");
  }

  @Test
  void code_ofManyEndpoints_hasThoseThatCanBeRead() {
    List<Advice> advice = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      advice.add(Advice.of("chat-" + i, tally(5, 9.5, 10)));
    }

    assertThat(Advice.code(advice, TTLS))
        .filteredOn(line -> line.contains("Map.entry("))
        .hasSize(10);
  }

  @Test
  void code_whenNothingPays_keepsNothing() {
    assertThat(String.join("\n", Advice.code(List.of(), TTLS))).contains("Map.of(),");
  }
}
