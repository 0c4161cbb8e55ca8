package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WarmUpRunTest {
  @TempDir Path folder;

  private static WarmUpBuilder builder(Fixture f, Path file, boolean async) {
    WarmUpBuilder builder = f.warmUp(file).concurrency(3);
    return async ? builder.asyncClient(f.asyncClient) : builder;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancel_withCallsUnderWay_letsThemFinishAndBeginsNoOther(boolean async) throws Exception {
    try (Fixture f = new Fixture()) {
      f.bedrock.hold();
      try (WarmUpRun run = builder(f, questions(folder, 20), async).build().start()) {
        f.bedrock.awaitRequests(3);
        run.cancel();
        run.cancel();
        assertThat(run.report()).isNotDone();
        f.bedrock.release();
        WarmUpReport report = run.report().get(30, TimeUnit.SECONDS);
        assertThat(report.end()).isEqualTo(End.CANCELLED);
        assertThat(report.counts().kept()).isEqualTo(3);
        assertThat(report.counts().ended()).isEqualTo(3);
        assertThat(report.counts().finished()).isTrue();
      }
      assertThat(f.bedrock.requests()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void close_withCallsThatDoNotEnd_interruptsThemAndCountsTheirCost(boolean async)
      throws Exception {
    try (Fixture f = new Fixture()) {
      f.bedrock.hold();
      Path state = folder.resolve("state");
      WarmUpRun run =
          builder(f, questions(folder, 20), async)
              .finishWithin(Duration.ZERO)
              .stateFile(state)
              .build()
              .start();
      f.bedrock.awaitRequests(3);
      run.close();
      run.close();
      WarmUpReport report = run.report().getNow(null);
      assertThat(report.end()).isEqualTo(End.CANCELLED);
      assertThat(report.counts().assumedUsd()).isPositive();
      assertThat(report.counts().kept()).isZero();
      assertThat(StateFile.read(state).done()).isZero();
      f.bedrock.release();
    }
  }

  @Test
  void cancel_whileWorkersWaitForTheRate_endsAtOnce() throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUpBuilder slow =
          WarmUp.builder(questions(folder, 9))
              .client(f.client)
              .maxUsd(1)
              .requestsPerSecond(0.0001)
              .concurrency(3);
      CountDownLatch first = new CountDownLatch(1);
      try (WarmUpRun run = slow.listener(progress -> first.countDown()).build().start()) {
        assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
        run.cancel();
        assertThat(run.report().get(30, TimeUnit.SECONDS).counts().kept()).isEqualTo(1);
      }
    }
  }

  @Test
  void run_whenTheThreadIsInterrupted_returnsAReportAndStaysInterrupted() throws Exception {
    try (Fixture f = new Fixture()) {
      f.bedrock.hold();
      WarmUp warmUp = builder(f, questions(folder, 20), false).build();
      CompletableFuture<WarmUpReport> report = new CompletableFuture<>();
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  report.complete(warmUp.run());
                  interrupted.complete(Thread.currentThread().isInterrupted());
                } catch (Exception e) {
                  report.completeExceptionally(e);
                }
              });
      caller.start();
      f.bedrock.awaitRequests(3);
      caller.interrupt();
      assertThat(report).isNotDone();
      f.bedrock.release();
      assertThat(report.get(30, TimeUnit.SECONDS).end()).isEqualTo(End.CANCELLED);
      assertThat(report.get().counts().kept()).isEqualTo(3);
      assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void close_afterTheEnd_changesNothing() throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUpRun run = f.warmUp(questions(folder, 2)).build().start();
      assertThat(run.report().get(30, TimeUnit.SECONDS).end()).isEqualTo(End.FINISHED);
      run.close();
      assertThat(run.report().get().end()).isEqualTo(End.FINISHED);
      f.client.forScope(Requests.SHARED).converse(Requests.converse("still open"));
    }
  }

  @Test
  void report_whenItsFutureIsCancelled_goesOn() throws Exception {
    try (Fixture f = new Fixture()) {
      try (WarmUpRun run = f.warmUp(questions(folder, 2)).build().start()) {
        run.report().cancel(true);
        assertThat(run.report().get(30, TimeUnit.SECONDS).counts().kept()).isEqualTo(2);
      }
    }
  }

  @Test
  void progressed_duringARun_isToldEachLineOnceAndTheEnd() throws Exception {
    try (Fixture f = new Fixture()) {
      List<WarmUpProgress> told = Collections.synchronizedList(new ArrayList<>());
      f.warmUp(questions(folder, 9)).concurrency(4).listener(told::add).build().run();
      assertThat(told).hasSize(10);
      assertThat(told).extracting(WarmUpProgress::ended).isSorted();
      assertThat(told.get(9).finished()).isTrue();
      assertThat(told.get(9).kept()).isEqualTo(9);
      assertThat(told).extracting(WarmUpProgress::lines).containsOnly(9L);
    }
  }
}
