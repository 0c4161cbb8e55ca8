package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BedrockCacheBuilderTest {

  private static void refused(BedrockCacheBuilder builder, String saying) {
    assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining(saying);
  }

  @Test
  void f86_badSettings_areRefusedAtBuild() {
    refused(BedrockCache.builder().namespace("a b"), "namespace must be");
    refused(BedrockCache.builder().hotMaxBytes(-1), "choose 0");
    refused(BedrockCache.builder().hotMaxBytes(0), "no store");
    refused(BedrockCache.builder().keyMemoMaxBytes(-1), "choose 0");
    refused(BedrockCache.builder().hotMaxAge(Duration.ZERO), "more than zero");
    refused(BedrockCache.builder().invalidationDelay(Duration.ofSeconds(-1)), "zero or more");
    refused(BedrockCache.builder().maxUnverified(Duration.ofSeconds(1)), "at least as long");
    refused(BedrockCache.builder().baseModel(" ", "amazon.nova-pro-v1:0"), "empty id");
    refused(BedrockCache.builder().baseModel("arn:a", ""), "foundation model's id");
    refused(BedrockCache.builder().baseModel("arn:a", "arn:a"), "foundation model's id");
  }

  /**
   * A supplier's percentage is checked on every call, so an unread message would cost every call.
   */
  @Test
  void requirePercent_whenItCanBeUsed_allocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    BuilderChecks.requirePercent(99.5); // loads what a first call needs
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      BuilderChecks.requirePercent(i / 100.0);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
  }

  /** Nanoseconds hold no more than 292 years. */
  @Test
  void f86_settingsWithoutEnd_work() {
    Duration forever = ChronoUnit.FOREVER.getDuration();
    for (BedrockCacheBuilder builder :
        List.of(
            BedrockCache.builder().hotMaxAge(forever),
            BedrockCache.builder()
                .maxUnverified(forever)
                .invalidationDelay(forever)
                .invalidationDelay("chat", forever))) {
      CachingBedrockClient client =
          CachingBedrockClient.create(new FakeBedrock(), builder.store(new FakeStore()).build())
              .forScope(StreamCalls.ALICE);
      client.converse(FakeBedrock.ask("one"));
      assertThat(CacheOutcome.of(client.converse(FakeBedrock.ask("one"))).source())
          .isEqualTo(CacheSource.HOT);
    }
  }

  @Test
  void f86_badPolicies_areRefusedWhenMade() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TtlPolicy.byEndpoint(Map.of("a/b", Duration.ofHours(1))));
    assertThatIllegalArgumentException().isThrownBy(() -> TtlPolicy.fixed(Duration.ofHours(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> CacheScope.user(""));
    assertThatIllegalArgumentException().isThrownBy(() -> CacheScope.shared().endpoint("a b"));
  }

  @Test
  void build_whenNothingIsSet_works() {
    assertThatCode(() -> BedrockCache.builder().build().close()).doesNotThrowAnyException();
  }
}
