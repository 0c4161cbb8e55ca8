package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.converse;
import static com.gymcoach.bedrock.warmup.Requests.line;
import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.ModelPrice;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkRequest;

class WarmUpTest {
  private static final Reply THROTTLED = Reply.error(429, "ThrottlingException", "slow down");

  @TempDir Path folder;

  static Reply nova(String stopReason) {
    return Reply.json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"Run.\"}]}},"
            + "\"stopReason\":\""
            + stopReason
            + "\",\"usage\":{\"inputTokens\":10,\"outputTokens\":20,\"totalTokens\":30},"
            + "\"metrics\":{\"latencyMs\":1}}");
  }

  @Test
  void run_whereSomeIsThere_asksForTheRestOnly() throws Exception {
    try (Fixture f = new Fixture()) {
      f.client.forScope(Requests.SHARED).converse(converse("question 2"));
      WarmUpReport report = f.warmUp(questions(folder, 3)).build().run();
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().hits()).isEqualTo(1);
      assertThat(report.counts().kept()).isEqualTo(2);
      assertThat(report.counts().ended()).isEqualTo(3);
      assertThat(f.bedrock.requests()).isEqualTo(3);
    }
  }

  @Test
  void run_ofAFileWithOneRequestTwice_asksOnce() throws Exception {
    try (Fixture f = new Fixture()) {
      Path file = Requests.file(folder, line(converse("a")), "", line(converse("a")));
      WarmUpReport report = f.warmUp(file).build().run();
      assertThat(f.bedrock.requests()).isEqualTo(1);
      assertThat(report.counts().hits()).isEqualTo(1);
    }
  }

  @Test
  void run_withMalformedLines_skipsThemAndNamesTheirNumbers() throws Exception {
    try (Fixture f = new Fixture()) {
      Path file = Requests.file(folder, "sesame", "", line(converse("a")), "{}");
      WarmUp warmUp = f.warmUp(file).build();
      assertThat(warmUp.plan().malformedLines()).containsExactly(1L, 4L);
      WarmUpReport report = warmUp.run();
      assertThat(report.malformedLines()).containsExactly(1L, 4L);
      assertThat(report.counts().kept()).isEqualTo(1);
      assertThat(report.text() + report).doesNotContain("sesame");
    }
  }

  @Test
  void plan_ofAFile_callsNobodyAndStatesTheCost() throws Exception {
    try (Fixture f = new Fixture()) {
      f.client.forScope(Requests.SHARED).converse(converse("question 2"));
      WarmUpPlan plan =
          f.warmUp(questions(folder, 3)).requestsPerSecond(0.5).burst(1).build().plan();
      assertThat(f.bedrock.requests()).isEqualTo(1);
      assertThat(plan.cached()).isEqualTo(1);
      assertThat(plan.toAsk()).isEqualTo(2);
      assertThat(plan.atLeast()).isEqualTo(Duration.ofSeconds(2));
      WarmUpPlan.ModelPlan model = Objects.requireNonNull(plan.models().get(Requests.NOVA));
      assertThat(model.outputHigh()).isEqualTo(2_000);
      assertThat(model.usdHigh()).isGreaterThan(model.usdLow()).isEqualTo(plan.usdHigh());
      assertThat(plan.text())
          .contains("1 already there, 2 to ask", "at most 2,000 output tokens", "10.0000 USD");
    }
  }

  @Test
  void plan_thenRun_costsWhatThePlanAllows() throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUp warmUp = f.warmUp(questions(folder, 20)).build();
      WarmUpPlan plan = warmUp.plan();
      WarmUpReport report = warmUp.run();
      assertThat(report.counts().usd()).isBetween(plan.usdLow(), plan.usdHigh());
      assertThat(report.counts().assumedUsd()).isZero();
      assertThat(warmUp.plan().cached()).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CacheMode.class,
      names = {"OFF", "OBSERVE"})
  void run_whileTheCacheDoesNotKeep_spendsNothing(CacheMode mode) throws Exception {
    try (Fixture f = new Fixture(cache -> cache.mode(mode))) {
      WarmUp warmUp = f.warmUp(questions(folder, 30)).build();
      WarmUpPlan plan = warmUp.plan();
      assertThat(plan.nothingWouldBeKept()).isTrue();
      assertThat(plan.refused()).isEqualTo(Map.of("SWITCHED_OFF", 30L));
      assertThat(plan.text()).contains("the cache is off");
      WarmUpReport report = warmUp.run();
      assertThat(report.end()).isEqualTo(End.NOTHING_KEPT);
      assertThat(report.refused()).isEqualTo(Map.of("SWITCHED_OFF", 10L));
      assertThat(f.bedrock.requests()).isZero();
    }
  }

  @Test
  void run_forUsersOutsideTheRollout_doesNotAsk() throws Exception {
    try (Fixture f = new Fixture(cache -> cache.rolloutPercent(0))) {
      Path file =
          Requests.file(folder, new RequestLine(CacheScope.user("alice"), converse("a")).write());
      WarmUp warmUp = f.warmUp(file).build();
      assertThat(warmUp.plan().refused()).isEqualTo(Map.of("NOT_IN_ROLLOUT", 1L));
      assertThat(warmUp.run().refused()).isEqualTo(Map.of("NOT_IN_ROLLOUT", 1L));
      assertThat(f.bedrock.requests()).isZero();
    }
  }

  @Test
  void run_whenAnswersAreNotKept_saysWhyAndEndsAfterARow() throws Exception {
    try (Fixture f = new Fixture()) {
      f.bedrock.answerWith(request -> nova("max_tokens"));
      WarmUpReport report = f.warmUp(questions(folder, 30)).stopAfter(3).build().run();
      assertThat(report.end()).isEqualTo(End.NOTHING_KEPT);
      assertThat(report.notKept()).isEqualTo(Map.of("MAX_TOKENS", 3L));
      assertThat(f.bedrock.requests()).isEqualTo(3);
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
            return nova("end_turn");
          });
      f.warmUp(questions(folder, 8)).requestsPerSecond(rate).burst(burst).build().run();
      assertThat(at.subList(0, burst)).containsOnly(0L);
      for (int i = burst; i < 8; i++) {
        assertThat(at.get(i)).isEqualTo((i - burst + 1) * millisApart);
      }
    }
  }

  @Test
  void run_whenBedrockThrottles_goesOnMoreSlowly() throws Exception {
    try (Fixture f = new Fixture()) {
      List<Long> at = new ArrayList<>();
      f.bedrock.answerWith(
          request -> {
            at.add(f.time.nanoTime() / 1_000_000);
            return at.size() == 2 || at.size() == 3 ? THROTTLED : nova("end_turn");
          });
      WarmUpReport report =
          f.warmUp(questions(folder, 4)).requestsPerSecond(2).burst(1).build().run();
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().kept()).isEqualTo(4);
      assertThat(report.counts().throttled()).isEqualTo(2);
      assertThat(report.counts().failed()).isZero();
      assertThat(at).containsExactly(0L, 500L, 1_500L, 3_500L, 5_500L, 7_500L);
    }
  }

  @Test
  void run_whenBedrockThrottlesForever_givesUpAfterARowOfLines() throws Exception {
    try (Fixture f = new Fixture()) {
      f.bedrock.answerWith(request -> THROTTLED);
      WarmUpReport report = f.warmUp(questions(folder, 9)).stopAfter(2).build().run();
      assertThat(report.end()).isEqualTo(End.FAILURES);
      assertThat(f.bedrock.requests()).isEqualTo(2 * Asking.ATTEMPTS);
      assertThat(report.counts().usd() + report.counts().assumedUsd()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, ValidationException, FAILURES, REJECTED, 3, false",
    "404, ResourceNotFoundException, FAILURES, REJECTED, 3, false",
    "403, AccessDeniedException, NO_ACCESS, NO_ACCESS, 1, false",
    "403, ExpiredTokenException, NO_ACCESS, NO_ACCESS, 1, false",
    "400, ExpiredTokenException, NO_ACCESS, NO_ACCESS, 1, false",
    "500, InternalServerException, FAILURES, FAILED, 3, true",
    "408, ModelTimeoutException, FAILURES, FAILED, 3, true",
    "424, ModelErrorException, FAILURES, FAILED, 3, true"
  })
  void run_whenEveryCallFails_endsSoonAndSpendsOnlyWhatMayHaveBeenBilled(
      int status, String type, End end, String kind, long calls, boolean billed) throws Exception {
    try (Fixture f = new Fixture()) {
      f.bedrock.answerWith(request -> Reply.error(status, type, "sesame"));
      WarmUpReport report = f.warmUp(questions(folder, 30)).stopAfter(3).build().run();
      assertThat(report.end()).isEqualTo(end);
      assertThat(report.failures()).isEqualTo(Map.of(kind, calls));
      assertThat(f.bedrock.requests()).isEqualTo((int) calls);
      assertThat(report.counts().usd()).isZero();
      assertThat(report.counts().assumedUsd() > 0).isEqualTo(billed);
      assertThat(report.text()).doesNotContain("sesame");
    }
  }

  @Test
  void run_whenOnlySomeCallsFail_finishes() throws Exception {
    try (Fixture f = new Fixture()) {
      AtomicInteger calls = new AtomicInteger();
      f.bedrock.answerWith(
          request ->
              calls.incrementAndGet() % 3 == 0
                  ? nova("end_turn")
                  : Reply.error(500, "InternalServerException", "x"));
      WarmUpReport report = f.warmUp(questions(folder, 30)).stopAfter(3).build().run();
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().kept()).isEqualTo(10);
      assertThat(report.counts().failed()).isEqualTo(20);
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
      f.bedrock.answerWith(request -> nova("end_turn")); // 20 tokens
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

  private static void askUntilStale(Fixture f) {
    CachingBedrockClient shared = f.client.forScope(Requests.SHARED);
    shared.converse(converse("question 1"));
    while (shared.lookUp(converse("question 1")).cached()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void run_whereAStaleAnswerIsServedWhileItIsRefreshed_countsTheRefreshAsSpent() throws Exception {
    TtlPolicy policy =
        new TtlPolicy() {
          @Override
          public Duration ttl(CallContext call) {
            return Duration.ofMillis(1);
          }

          @Override
          public Duration staleWhileRevalidate(CallContext call) {
            return Duration.ofHours(1);
          }
        };
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
    TtlPolicy policy =
        new TtlPolicy() {
          @Override
          public Duration ttl(CallContext call) {
            return Duration.ofMillis(1);
          }

          @Override
          public Duration staleIfError(CallContext call) {
            return Duration.ofHours(1);
          }
        };
    try (Fixture f = new Fixture(cache -> cache.ttlPolicy(policy))) {
      askUntilStale(f);
      f.bedrock.answerWith(request -> THROTTLED);
      WarmUpReport report = f.warmUp(questions(folder, 1)).stopAfter(1).build().run();
      assertThat(report.end()).isEqualTo(End.FAILURES);
      assertThat(report.counts().failed()).isEqualTo(1);
      assertThat(report.counts().hits()).isZero();
    }
  }

  @Test
  void run_throughTheAsyncClient_repeatsThrottledCallsAndStreams() throws Exception {
    try (Fixture f = new Fixture()) {
      AtomicInteger calls = new AtomicInteger();
      f.bedrock.answerWith(
          request -> {
            if (calls.incrementAndGet() % 2 == 1) {
              return THROTTLED;
            }
            f.bedrock.answerAsUsual();
            return Reply.error(429, "ThrottlingException", "once more");
          });
      Path file = Requests.file(folder, line(converse("a")), line(Requests.converseStream("b")));
      WarmUpReport report = f.warmUp(file).asyncClient(f.asyncClient).build().run();
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().kept()).isEqualTo(2);
      assertThat(report.counts().throttled()).isEqualTo(2);
    }
  }

  @Test
  void run_ofAStreamThatIsNotKept_saysSo() throws Exception {
    try (Fixture f = new Fixture(cache -> cache.maxStreamBytes(1_024))) {
      Path file = Requests.file(folder, line(Requests.converseStream("b")));
      WarmUpReport report = f.warmUp(file).asyncClient(f.asyncClient).build().run();
      assertThat(report.notKept()).isEqualTo(Map.of("NOT_STATED", 1L));
      assertThat(report.counts().usd()).isPositive();
    }
  }

  @Test
  void lookUps_ofPlanAndRun_neitherRefreshNorProlong() throws Exception {
    try (Fixture f = new Fixture()) {
      CacheOutcome first =
          CacheOutcome.of(
              f.client
                  .forScope(Requests.SHARED)
                  .converse(CacheControl.REFRESH.applyTo(converse("question 1"))));
      WarmUp warmUp = f.warmUp(questions(folder, 1)).build();
      warmUp.plan();
      warmUp.run();
      CacheOutcome later = f.client.forScope(Requests.SHARED).lookUp(converse("question 1"));
      assertThat(later.ttl().orElseThrow()).isLessThanOrEqualTo(first.ttl().orElseThrow());
      assertThat(f.bedrock.requests()).isEqualTo(1);
    }
  }

  @Test
  void run_whenThePolicyRefuses_doesNotAsk() throws Exception {
    CachePolicy never =
        new CachePolicy() {
          @Override
          public boolean mayServe(CallContext call, SdkRequest request) {
            return false;
          }
        };
    try (Fixture f = new Fixture(cache -> cache.cachePolicy(never))) {
      assertThat(f.warmUp(questions(folder, 2)).build().run().refused())
          .isEqualTo(Map.of("POLICY_REQUEST", 2L));
      assertThat(f.bedrock.requests()).isZero();
    }
  }

  @Test
  void run_ofAFileThatIsNot_throws() {
    try (Fixture f = new Fixture()) {
      WarmUp warmUp = f.warmUp(folder.resolve("none")).build();
      assertThatThrownBy(warmUp::run).isInstanceOf(IOException.class);
      assertThatThrownBy(warmUp::plan).isInstanceOf(IOException.class);
    }
  }

  @Test
  void run_whenTheStateFileCannotBeWritten_throwsBeforeAnyCall() throws Exception {
    try (Fixture f = new Fixture()) {
      Path nowhere = folder.resolve("none").resolve("state");
      WarmUp warmUp = f.warmUp(questions(folder, 2)).stateFile(nowhere).build();
      assertThatThrownBy(warmUp::run).isInstanceOf(IOException.class);
      assertThat(f.bedrock.requests()).isZero();
      Files.writeString(folder.resolve("state"), "not a state file");
      WarmUp other = f.warmUp(questions(folder, 2)).stateFile(folder.resolve("state")).build();
      assertThatThrownBy(other::run).isInstanceOf(IOException.class);
    }
  }

  @Test
  void run_whoseListenerThrows_finishes() throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUpReport report =
          f.warmUp(questions(folder, 3))
              .listener(
                  progress -> {
                    throw new IllegalStateException("listener");
                  })
              .build()
              .run();
      assertThat(report.counts().kept()).isEqualTo(3);
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
