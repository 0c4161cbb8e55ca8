package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * A call that has little time left, as at the end of a Lambda's, spends none of it on the store.
 */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class TimeLeftTest {
  private final CallingStyle way;
  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();
  private final Duration budget = store.readBudget();
  private final BedrockCache cache = BedrockCache.builder().store(store).timeSource(time).build();

  TimeLeftTest(CallingStyle way) {
    this.way = way;
  }

  private CacheOutcome ask(Duration timeout) {
    ConverseRequest request =
        FakeBedrock.ask("Plan my week").toBuilder()
            .overrideConfiguration(o -> o.apiCallTimeout(timeout))
            .build();
    return CacheOutcome.of(way.over(bedrock, cache).forScope(StreamCalls.ALICE).converse(request));
  }

  @Test
  void f84_lessTimeThanALookUpMayTake_storeIsNotAsked() {
    assertThat(ask(budget.minusMillis(1)).cached()).isFalse();
    assertThat(store.reads).hasValue(0);
    assertThat(store.writes).hasValue(0);
    assertThat(cache.stats().faults()).containsEntry(CacheFault.NO_TIME_LEFT, 1L);
  }

  @Test
  void f84_lessTimeThanALookUpMayTake_memoryServesAllTheSame() {
    ask(budget.minusMillis(1));
    assertThat(ask(budget.minusMillis(1)).source()).isEqualTo(CacheSource.HOT);
  }

  @Test
  void f84_timeForALookUp_storeIsAsked() {
    ask(budget);
    assertThat(store.reads).hasValue(1);
    assertThat(store.writes).hasValue(1);
  }

  @Test
  void f84_bedrockTookTheTime_answerIsReturnedAtOnceAndNotWritten() {
    bedrock.answer =
        request -> {
          time.advance(Duration.ofMillis(1));
          return FakeBedrock.reply("late", StopReason.END_TURN);
        };
    assertThat(ask(budget).cached()).isFalse();
    assertThat(store.reads).hasValue(1);
    assertThat(store.writes).hasValue(0);
    assertThat(cache.stats().faults()).containsEntry(CacheFault.NO_TIME_LEFT, 1L);
    assertThat(ask(budget).source()).isEqualTo(CacheSource.HOT);
  }
}
