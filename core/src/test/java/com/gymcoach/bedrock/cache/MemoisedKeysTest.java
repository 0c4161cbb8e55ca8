package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkRequest;

/** Which keys are remembered, judged by the number of calls of the generator. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class MemoisedKeysTest {
  private final CallingStyle way;
  private final FakeBedrock bedrock = new FakeBedrock();
  private final AtomicInteger asked = new AtomicInteger();

  MemoisedKeysTest(CallingStyle way) {
    this.way = way;
  }

  private KeyGenerator generator(boolean pure) {
    return new KeyGenerator() {
      @Override
      public byte[] keyOf(CallContext call, SdkRequest request) {
        asked.incrementAndGet();
        return new byte[] {1};
      }

      @Override
      public boolean pure() {
        return pure;
      }
    };
  }

  /** A miss asks once; the first hit once, and once more for the copy that is remembered. */
  @ParameterizedTest
  @CsvSource({"true, 1048576, 3", "true, 0, 5", "false, 1048576, 5"})
  void keyOf_whenTheSameIsAskedFiveTimes_isAskedSoOften(boolean pure, long memo, int times) {
    try (BedrockCache cache =
        BedrockCache.builder().keyGenerator(generator(pure)).keyMemoMaxBytes(memo).build()) {
      Caller client = way.over(bedrock, cache);
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        answers.add(
            client
                .forScope(CacheScope.user("alice"))
                .converse(FakeBedrock.ask("Plan my week"))
                .output()
                .message()
                .content()
                .get(0)
                .text());
      }
      assertThat(answers).containsOnly("answer 1");
    }
    assertThat(asked).hasValue(times);
  }

  @Test
  void answer_whenItsKeyIsRemembered_goesWithItsInvalidation() {
    try (BedrockCache cache = BedrockCache.builder().build()) {
      Caller client = way.over(bedrock, cache);
      CacheScope alice = CacheScope.user("alice");
      for (int i = 0; i < 3; i++) {
        client.forScope(alice).converse(FakeBedrock.ask("Plan my week"));
      }
      assertThat(bedrock.calls).hasValue(1);
      cache.invalidate(alice);
      client.forScope(alice).converse(FakeBedrock.ask("Plan my week"));
      assertThat(bedrock.calls).hasValue(2);
    }
  }
}
