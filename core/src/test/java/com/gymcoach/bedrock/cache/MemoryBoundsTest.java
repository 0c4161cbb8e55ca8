package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;

/** Which answers may be in memory, and for how long, if the store has them too. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class MemoryBoundsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final ConverseRequest QUESTION = ask("one");

  private final CallingStyle way;
  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();

  MemoryBoundsTest(CallingStyle way) {
    this.way = way;
  }

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .store(store)
        .timeSource(time)
        .invalidationDelay(HOUR)
        .maxUnverified(HOUR);
  }

  private static final Duration HOUR = Duration.ofHours(1);

  private CacheSource source(BedrockCache cache, ConverseRequest request) {
    return CacheOutcome.of(way.over(bedrock, cache).forScope(ALICE).converse(request)).source();
  }

  @Test
  void hotMaxAge_whenAnAnswerHasBeenInMemoryForSoLong_isReadFromTheStoreAgain() {
    TtlPolicy day = TtlPolicy.fixed(Duration.ofDays(1)).withJitter(0);
    try (BedrockCache cache = builder().ttlPolicy(day).hotMaxAge(Duration.ofMinutes(10)).build()) {
      source(cache, QUESTION);
      time.advance(Duration.ofMinutes(9));
      assertThat(source(cache, QUESTION)).isEqualTo(CacheSource.HOT);
      time.advance(Duration.ofMinutes(2));
      assertThat(source(cache, QUESTION)).isEqualTo(CacheSource.WARM);
      assertThat(source(cache, QUESTION)).isEqualTo(CacheSource.HOT);
    }
  }

  @Test
  void noStore_whenTheStoreHasTheAnswer_putsNothingIntoMemory() {
    try (BedrockCache writer = builder().build();
        BedrockCache reader = builder().build()) {
      source(writer, QUESTION);
      ConverseRequest once = CacheControl.NO_STORE.applyTo(QUESTION);
      assertThat(source(reader, once)).isEqualTo(CacheSource.WARM);
      assertThat(reader.stats().hotEntries()).isZero();
      assertThat(source(reader, QUESTION)).isEqualTo(CacheSource.WARM);
      assertThat(source(reader, QUESTION)).isEqualTo(CacheSource.HOT);
    }
  }

  /** The wall clock may be set back; elapsed time still passes. */
  @Test
  void ttl_whenTheWallClockIsSetBack_endsByElapsedTime() {
    TtlPolicy ttl = // an answer that stays in memory after its life
        TtlPolicy.fixed(HOUR).withStaleIfError(Duration.ofDays(1));
    try (BedrockCache cache = BedrockCache.builder().timeSource(time).ttlPolicy(ttl).build()) {
      source(cache, QUESTION);
      time.jump(Duration.ofDays(-2));
      time.advance(Duration.ofMinutes(61));
      assertThat(source(cache, QUESTION)).isEqualTo(CacheSource.BEDROCK);
    }
  }
}
