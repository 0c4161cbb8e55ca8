package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.RealClient.Caller;
import java.lang.management.ManagementFactory;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.SdkResponse;

/**
 * {@code stats().hotBytes()} is what the heap holds: measured after a full garbage collection, over
 * the SDK's HTTP clients.
 */
@Timeout(300)
class HeldMemoryTest {
  private static final CacheScope SHARED = CacheScope.shared();

  /**
   * What other threads of the process may take or free meanwhile, in bytes. A prompt or an exchange
   * held by each entry would be many times as much.
   */
  private static final long NOISE = 256 << 10;

  private final BedrockStandIn bedrock = BedrockStandIn.start();

  @AfterEach
  void stop() {
    bedrock.close();
  }

  @ParameterizedTest
  @CsvSource({
    "APACHE4, 100, 600", "APACHE4, 20000, 300", "APACHE4, 200000, 100",
    "APACHE5, 100, 600", "APACHE5, 20000, 300", "APACHE5, 200000, 100",
    "URL_CONNECTION, 100, 600", "URL_CONNECTION, 20000, 300", "URL_CONNECTION, 200000, 100",
    "CRT_SYNC, 100, 600", "CRT_SYNC, 20000, 300", "CRT_SYNC, 200000, 100",
    "CRT_ASYNC, 100, 600", "CRT_ASYNC, 20000, 300", "CRT_ASYNC, 200000, 100",
    "NETTY, 100, 600", "NETTY, 20000, 300", "NETTY, 200000, 100"
  })
  void hotBytes_whateverTheClientAndThePrompt_areWhatTheHeapHolds(
      RealClient client, int promptLength, int answers) {
    assertWeighed(client, AnswerShape.SHORT_TEXT, promptLength, answers, i -> SHARED);
  }

  @ParameterizedTest
  @EnumSource(AnswerShape.class)
  void hotBytes_whateverTheShape_areWhatTheHeapHolds(AnswerShape shape) {
    RealClient client = shape.isStream() ? RealClient.NETTY : RealClient.APACHE5;
    int answers = Math.max(40, Math.min(600, 1_000_000 / shape.reply().body().length));
    assertWeighed(client, shape, 100, answers, i -> SHARED);
  }

  @Test
  void hotBytes_whenEachUserHasOneAnswer_areWhatTheHeapHolds() {
    assertWeighed(
        RealClient.APACHE5,
        AnswerShape.SHORT_TEXT,
        100,
        600,
        i -> CacheScope.user("user-" + i).endpoint("chat"));
  }

  private void assertWeighed(
      RealClient client,
      AnswerShape shape,
      int promptLength,
      int answers,
      IntFunction<CacheScope> scopes) {
    Reply reply = shape.reply();
    bedrock.answerWith(request -> reply);
    AwsSessionCredentials credentials = AwsSessionCredentials.create("key", "secret", "token");
    String filler = "x".repeat(promptLength);
    BedrockCache cache = cache();
    try (Caller caller = client.over(bedrock.endpoint(), credentials)) {
      for (int i = 0; i < answers; i++) {
        caller.call(cache, scopes.apply(i), shape.request(i + filler));
      }
      for (int i = 0; i < answers; i++) {
        SdkResponse hit = caller.call(cache, scopes.apply(i), shape.request(i + filler));
        assertThat(hit == null ? 1 : hit.hashCode()).isNotZero(); // a map remembers who read it
      }
      assertThat(cache.stats().hotEntries()).isEqualTo(answers);
      long said = cache.stats().hotBytes();
      long full = usedHeap();
      cache.close(); // frees the entries; the pools of the client stay
      long held = full - usedHeap();
      assertThat(held).as("held, of %s said", said).isLessThanOrEqualTo(said * 13 / 10 + NOISE);
      assertThat(said).as("said, of %s held", held).isLessThanOrEqualTo(held * 2 + NOISE);
    }
  }

  private static BedrockCache cache() {
    return BedrockCache.builder()
        .mode(CacheMode.ON)
        .cachePolicy(new ToolUseIsKept())
        .hotMaxBytes(1L << 30)
        .keyMemoMaxBytes(0)
        .build();
  }

  private static final class ToolUseIsKept implements CachePolicy {
    @Override
    public boolean cacheToolUse(CallContext call) {
      return true;
    }
  }

  /** Collects until it makes no more difference. */
  private static long usedHeap() {
    long used = Long.MAX_VALUE;
    while (true) {
      System.gc();
      long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      if (now >= used - 2_048) {
        return Math.min(used, now);
      }
      used = now;
    }
  }
}
