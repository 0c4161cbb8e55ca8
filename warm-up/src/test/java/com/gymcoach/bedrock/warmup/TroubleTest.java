package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.converse;
import static com.gymcoach.bedrock.warmup.Requests.line;
import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls that are throttled, fail or are not kept, and files that cannot be used. */
class TroubleTest {
  @TempDir Path folder;

  @Test
  void run_whenAnswersAreNotKept_saysWhyAndEndsAfterARow() throws Exception {
    try (Fixture f = new Fixture()) {
      f.bedrock.answerWith(request -> Fixture.nova("max_tokens"));
      WarmUpReport report = f.warmUp(questions(folder, 30)).stopAfter(3).build().run();
      assertThat(report.end()).isEqualTo(End.NOTHING_KEPT);
      assertThat(report.notKept()).isEqualTo(Map.of("MAX_TOKENS", 3L));
      assertThat(f.bedrock.requests()).isEqualTo(3);
    }
  }

  @Test
  void run_whenBedrockThrottles_goesOnMoreSlowly() throws Exception {
    try (Fixture f = new Fixture()) {
      List<Long> at = new ArrayList<>();
      f.bedrock.answerWith(
          request -> {
            at.add(f.time.nanoTime() / 1_000_000);
            return at.size() == 2 || at.size() == 3 ? Fixture.THROTTLED : Fixture.nova("end_turn");
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
      f.bedrock.answerWith(request -> Fixture.THROTTLED);
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
                  ? Fixture.nova("end_turn")
                  : Reply.error(500, "InternalServerException", "x"));
      WarmUpReport report = f.warmUp(questions(folder, 30)).stopAfter(3).build().run();
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().kept()).isEqualTo(10);
      assertThat(report.counts().failed()).isEqualTo(20);
    }
  }

  @Test
  void run_throughTheAsyncClient_repeatsThrottledCallsAndStreams() throws Exception {
    try (Fixture f = new Fixture()) {
      AtomicInteger calls = new AtomicInteger();
      f.bedrock.answerWith(
          request -> {
            if (calls.incrementAndGet() % 2 == 1) {
              return Fixture.THROTTLED;
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
}
