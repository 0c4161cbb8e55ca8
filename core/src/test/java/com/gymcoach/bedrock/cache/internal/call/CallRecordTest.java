package com.gymcoach.bedrock.cache.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.FakeTime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallRecordTest {
  private final FakeTime time = new FakeTime();
  private final CallRecord log = new CallRecord(time);

  CallRecordTest() {
    log.time();
  }

  /** Of ten seconds, one of which would do. */
  private Duration quarter(@Nullable Duration timeout) {
    return log.quarterLeft(Duration.ofSeconds(10), Duration.ofSeconds(1), timeout);
  }

  @Test
  void quarterLeft_whenTheCallMayTakeAnyTime_isAllThatIsWanted() {
    assertThat(quarter(null)).hasSeconds(10);
    assertThat(quarter(Duration.ofMinutes(1))).hasSeconds(10);
  }

  @Test
  void quarterLeft_whenTheCallHasLittleTime_isAQuarterOfWhatIsLeft() {
    assertThat(quarter(Duration.ofSeconds(20))).hasSeconds(5);
    time.advance(Duration.ofSeconds(8));
    assertThat(quarter(Duration.ofSeconds(20))).hasSeconds(3);
  }

  @Test
  void quarterLeft_whenAQuarterIsOfNoUse_isTheLeastThatIs() {
    assertThat(quarter(Duration.ofSeconds(2))).hasSeconds(1);
  }

  @Test
  void quarterLeft_whenLittleIsWanted_isThat() {
    Duration little = Duration.ofMillis(50);
    assertThat(log.quarterLeft(little, little.multipliedBy(2), Duration.ofMillis(60)))
        .isEqualTo(little);
  }
}
