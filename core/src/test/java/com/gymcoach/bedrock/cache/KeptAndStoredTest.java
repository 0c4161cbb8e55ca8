package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheStats.Latency;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Figures are what they say: in memory and in the store are two things, and counts are exact. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class KeptAndStoredTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  private final CallingStyle way;
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();

  KeptAndStoredTest(CallingStyle way) {
    this.way = way;
  }

  private ConverseResponse call(BedrockCache cache) {
    return way.over(bedrock, cache).forScope(ALICE).converse(ask("one"));
  }

  private void assertPut(BedrockCache cache, boolean kept, boolean stored) {
    ConverseResponse response = call(cache);
    CacheOutcome outcome = CacheOutcome.of(response);
    assertThat(outcome.kept()).isEqualTo(kept);
    assertThat(outcome.stored()).isEqualTo(stored);
    assertThat(outcome.ttl().isPresent()).isEqualTo(kept || stored);
    String header = header(response);
    assertThat(header.contains("; kept")).isEqualTo(kept);
    assertThat(header.contains("; stored")).isEqualTo(stored);
    CacheStats.Counts total = cache.stats().total();
    assertThat(total.kept()).isEqualTo(kept ? 1 : 0);
    assertThat(total.stored()).isEqualTo(stored ? 1 : 0);
    assertThat(total.writes()).isEqualTo(kept || stored ? 1 : 0);
  }

  private static String header(ConverseResponse response) {
    return response.sdkHttpResponse().firstMatchingHeader(CacheOutcome.HEADER).orElseThrow();
  }

  @Test
  void outcome_whenBothTake_isKeptAndStored() {
    try (BedrockCache cache = BedrockCache.builder().store(store).build()) {
      assertPut(cache, true, true);
    }
  }

  @Test
  void outcome_withoutAStore_isKeptAlone() {
    try (BedrockCache cache = BedrockCache.builder().build()) {
      assertPut(cache, true, false);
    }
  }

  @Test
  void outcome_whenTheWriteFails_isKeptAlone() {
    store.failWrites = new IllegalStateException();
    try (BedrockCache cache = BedrockCache.builder().store(store).build()) {
      assertPut(cache, true, false);
    }
  }

  @Test
  void outcome_whenTheWriteTimesOut_isKeptAlone() {
    store.hangWrites = true;
    try (BedrockCache cache = BedrockCache.builder().store(store).build()) {
      assertPut(cache, true, false);
      assertThat(cache.stats().faults()).containsKey(CacheFault.STORE_WRITE_TIMEOUT);
    }
  }

  @Test
  void outcome_withoutMemory_isStoredAlone() {
    try (BedrockCache cache = BedrockCache.builder().store(store).hotMaxBytes(0).build()) {
      assertPut(cache, false, true);
    }
  }

  @Test
  void outcome_whenRefused_isNeither() {
    bedrock.answer = request -> FakeBedrock.reply("cut", StopReason.MAX_TOKENS);
    try (BedrockCache cache = BedrockCache.builder().store(store).build()) {
      assertPut(cache, false, false);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 19, 200})
  void latency_ofSoManyHits_countsEachWhateverIsTimed(int hits) {
    try (BedrockCache cache = BedrockCache.builder().build()) {
      for (int i = 0; i <= hits; i++) {
        call(cache);
      }
      Map<CacheSource, Latency> latency = cache.stats().total().latency();
      Latency hot = Objects.requireNonNull(latency.get(CacheSource.HOT));
      assertThat(hot.count()).isEqualTo(hits);
      assertThat(hot.timed()).isBetween(0L, (long) hits);
      assertThat(Objects.requireNonNull(latency.get(CacheSource.BEDROCK)).count()).isOne();
    }
  }
}
