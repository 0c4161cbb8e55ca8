package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.converse;
import static com.gymcoach.bedrock.warmup.Requests.line;
import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkRequest;

/** What a warm-up asks, and what its plan says. */
class WarmUpTest {
  @TempDir Path folder;

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
}
