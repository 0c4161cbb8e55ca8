package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.converse;
import static com.gymcoach.bedrock.warmup.Requests.line;
import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.ModelPrice;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** The rate and the budget of a run. */
class LimitsTest {
  private static final TtlPolicy FRESH_BRIEFLY = TtlPolicy.fixed(Duration.ofMillis(1));

  @TempDir Path folder;

  private static void askUntilStale(Fixture f) {
    CachingBedrockClient shared = f.client.forScope(Requests.SHARED);
    shared.converse(converse("question 1"));
    while (shared.lookUp(converse("question 1")).cached()) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1000", "4, 1, 250", "4, 3, 250"})
  void run_onAClock_keepsTheRate(double rate, int burst, long millisApart) throws Exception {
    try (Fixture f = new Fixture()) {
      List<Long> at = Collections.synchronizedList(new ArrayList<>());
      f.bedrock.answerWith(
          request -> {
            at.add(f.time.nanoTime() / 1_000_000);
            return Fixture.nova("end_turn");
          });
      f.warmUp(questions(folder, 8)).requestsPerSecond(rate).burst(burst).build().run();
      assertThat(at.subList(0, burst)).containsOnly(0L);
      for (int i = burst; i < 8; i++) {
        assertThat(at.get(i)).isEqualTo((i - burst + 1) * millisApart);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "8"})
  void run_withALimitOfCalls_makesExactlyThose(int concurrency) throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUpReport report =
          f.warmUp(questions(folder, 40)).maxCalls(13).concurrency(concurrency).build().run();
      assertThat(report.end()).isEqualTo(End.BUDGET);
      assertThat(f.bedrock.requests()).isEqualTo(13);
      assertThat(report.counts().asked()).isEqualTo(13);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "8"})
  void run_withALimitInUsd_neverExceedsIt(int concurrency) throws Exception {
    PriceList prices = PriceList.none().with(Requests.NOVA, ModelPrice.of(0, 1_000_000));
    try (Fixture f = new Fixture()) { // a token of output costs 1 USD; a call at most 1,000
      f.bedrock.answerWith(request -> Fixture.nova("end_turn")); // 20 tokens
      WarmUpReport report =
          f.warmUp(questions(folder, 99))
              .prices(prices)
              .maxUsd(2_000)
              .concurrency(concurrency)
              .build()
              .run();
      assertThat(report.end()).isEqualTo(End.BUDGET);
      // After 51 calls 980 are left, which is less than the next call may cost.
      assertThat(f.bedrock.requests()).isEqualTo(51);
      assertThat(report.counts().usd()).isEqualTo(51 * 20);
    }
  }

  @Test
  void run_ofRequestsWithoutALimitOfTheirCost_asksThemOnlyWithoutALimitInUsd() throws Exception {
    try (Fixture f = new Fixture()) {
      Path file =
          Requests.file(
              folder,
              line(converse("a").toBuilder().inferenceConfig(i -> i.temperature(0f)).build()),
              line(converse("b").toBuilder().modelId("unknown.model").build()));
      WarmUpReport limited = f.warmUp(file).build().run();
      assertThat(limited.refused()).isEqualTo(Map.of("NO_OUTPUT_LIMIT", 1L, "NO_PRICE", 1L));
      assertThat(f.bedrock.requests()).isZero();
      WarmUpReport counted =
          WarmUp.builder(file).client(f.client).maxCalls(5).requestsPerSecond(99).build().run();
      assertThat(counted.counts().kept()).isEqualTo(2);
    }
  }

  @Test
  void run_whereAStaleAnswerIsServedWhileItIsRefreshed_countsTheRefreshAsSpent() throws Exception {
    TtlPolicy policy = FRESH_BRIEFLY.withStaleWhileRevalidate(Duration.ofHours(1));
    try (Fixture f = new Fixture(cache -> cache.ttlPolicy(policy))) {
      askUntilStale(f);
      int before = f.bedrock.requests();
      WarmUpReport report = f.warmUp(questions(folder, 1)).build().run();
      f.bedrock.awaitRequests(before + 1);
      assertThat(report.counts().hits()).isEqualTo(1);
      assertThat(report.counts().assumedUsd()).isPositive();
    }
  }

  @Test
  void run_whereAStaleAnswerIsServedInPlaceOfAFailure_countsTheFailure() throws Exception {
    TtlPolicy policy = FRESH_BRIEFLY.withStaleIfError(Duration.ofHours(1));
    try (Fixture f = new Fixture(cache -> cache.ttlPolicy(policy))) {
      askUntilStale(f);
      f.bedrock.answerWith(request -> Fixture.THROTTLED);
      WarmUpReport report = f.warmUp(questions(folder, 1)).stopAfter(1).build().run();
      assertThat(report.end()).isEqualTo(End.FAILURES);
      assertThat(report.counts().failed()).isEqualTo(1);
      assertThat(report.counts().hits()).isZero();
      assertThat(report.counts().assumedUsd()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void build_withAClientThatRetriesItself_throws(boolean async) {
    try (Fixture f = new Fixture()) {
      WarmUpBuilder builder = WarmUp.builder(folder.resolve("any")).maxCalls(1);
      if (async) {
        builder.asyncClient(
            CachingBedrockAsyncClient.create(Clients.retryingAsync(f.bedrock), f.cache));
      } else {
        builder.client(CachingBedrockClient.create(Clients.retrying(f.bedrock), f.cache));
      }
      assertThatThrownBy(builder::build)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("3 requests");
    }
  }

  @Test
  void build_withAClientThatSaysNothingOfItsRetries_builds() {
    BedrockRuntimeClient bare =
        new BedrockRuntimeClient() {
          @Override
          public String serviceName() {
            return "bedrock-runtime";
          }

          @Override
          public void close() {}
        };
    try (Fixture f = new Fixture()) {
      WarmUp.builder(folder.resolve("any"))
          .client(CachingBedrockClient.create(bare, f.cache))
          .maxCalls(1)
          .build();
    }
  }

  @Test
  void build_withoutClientOrLimit_throws() {
    try (Fixture f = new Fixture()) {
      Path file = folder.resolve("any");
      assertThatThrownBy(() -> WarmUp.builder(file).maxUsd(1).build())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("client");
      assertThatThrownBy(() -> WarmUp.builder(file).client(f.client).build())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("maxUsd");
    }
  }
}
