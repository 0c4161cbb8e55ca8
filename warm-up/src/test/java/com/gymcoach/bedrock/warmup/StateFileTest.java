package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.warmup.Checkpoint.State;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The state file: who writes it, when it cannot be written, and what else is in its folder. */
@Timeout(60)
class StateFileTest {
  @TempDir Path folder;

  private Path state() {
    return folder.resolve("states").resolve("state");
  }

  private static Checkpoint checkpoint(long done, long... again) {
    TreeSet<Long> lines = new TreeSet<>();
    for (long each : again) {
      lines.add(each);
    }
    return new Checkpoint(new State(done, new byte[] {1, 2}, lines));
  }

  private List<String> inFolder() throws IOException {
    try (Stream<Path> files = Files.list(state().getParent())) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void write_thenRead_returnsTheSame() throws IOException {
    Files.createDirectories(state().getParent());
    try (StateFile file = StateFile.open(state())) {
      file.write(checkpoint(7, 2, 5));
    }
    State read = StateFile.read(state());
    assertThat(read.done()).isEqualTo(7);
    assertThat(read.digest()).containsExactly(1, 2);
    assertThat(read.again()).containsExactly(2L, 5L);
    assertThat(inFolder()).containsExactly("state", "state.lock");
  }

  @Test
  void open_twice_throwsUntilTheFirstIsClosed() throws Exception {
    Files.createDirectories(state().getParent());
    StateFile first = StateFile.open(state());
    assertThatThrownBy(() -> StateFile.open(state()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another warm-up");
    first.close();
    StateFile.open(state()).close();
  }

  @Test
  void start_whileAnotherWarmUpUsesTheStateFile_asksNobody() throws Exception {
    Files.createDirectories(state().getParent());
    try (Fixture f = new Fixture()) {
      f.bedrock.hold();
      WarmUp warmUp = f.warmUp(questions(folder, 3)).stateFile(state()).build();
      try (WarmUpRun first = warmUp.start()) {
        f.bedrock.awaitRequests(1);
        assertThatThrownBy(warmUp::run).isInstanceOf(IOException.class);
        assertThat(warmUp.plan().toAsk()).isEqualTo(3); // a plan writes nothing
        f.bedrock.release();
        assertThat(first.report().get().end()).isEqualTo(End.FINISHED);
      }
      assertThat(f.bedrock.requests()).isEqualTo(3);
      assertThat(warmUp.run().counts().hits()).isEqualTo(3);
      assertThat(inFolder()).containsExactly("state.lock");
    }
  }

  @Test
  void start_afterOneThatCouldNot_isNotLockedOut() throws Exception {
    Files.createDirectories(state().getParent());
    try (Fixture f = new Fixture()) {
      WarmUp warmUp = f.warmUp(folder.resolve("requests.jsonl")).stateFile(state()).build();
      assertThatThrownBy(warmUp::run).isInstanceOf(IOException.class); // there is no file yet
      questions(folder, 1);
      assertThat(warmUp.run().end()).isEqualTo(End.FINISHED);
    }
  }

  /** Neither a link nor a file of a similar name is written through, replaced or deleted. */
  @ParameterizedTest
  @ValueSource(strings = {"state.new", "state.tmp"})
  void write_besideOtherFiles_leavesThemAlone(String name) throws IOException {
    Files.createDirectories(state().getParent());
    Path precious = Files.writeString(folder.resolve("precious"), "requests");
    Files.createSymbolicLink(state().resolveSibling(name), precious);
    try (StateFile file = StateFile.open(state())) {
      file.write(checkpoint(1));
    }
    assertThat(precious).hasContent("requests");
    assertThat(inFolder()).contains("state", name);
  }

  @Test
  void open_whoseLockIsALink_throws() throws IOException {
    Files.createDirectories(state().getParent());
    Files.createSymbolicLink(state().resolveSibling("state.lock"), folder.resolve("elsewhere"));
    assertThatThrownBy(() -> StateFile.open(state())).isInstanceOf(IOException.class);
    assertThat(folder.resolve("elsewhere")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bedrock-cache warm-up, format 1",
        "bedrock-cache warm-up, format 1\ndone 3 0102",
        "bedrock-cache warm-up, format 1\ndone 3 0102\nagain 2",
        "bedrock-cache warm-up, format 1\ndone 3 0102\nagain 4\nend",
        "bedrock-cache warm-up, format 1\ndone 3 0102\nagain 0\nend",
        "bedrock-cache warm-up, format 1\ndone x 0102\nend",
        "bedrock-cache warm-up, format 1\ndone 3 01z2\nend",
        "bedrock-cache warm-up, format 2\ndone 3 0102\nend",
        "\u00ff\u00fe"
      })
  void read_ofAnotherFile_throwsAndNamesIt(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("other"), content);
    assertThatThrownBy(() -> StateFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void write_onAnInterruptedThread_writes() throws IOException {
    Files.createDirectories(state().getParent());
    try (StateFile file = StateFile.open(state())) {
      Thread.currentThread().interrupt();
      file.write(checkpoint(4));
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(StateFile.read(state()).done()).isEqualTo(4);
  }

  private void moveFolderAway() {
    try {
      Files.move(state().getParent(), folder.resolve("away"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void run_whenTheStateCanNoLongerBeWritten_endsSoon() throws Exception {
    Files.createDirectories(state().getParent());
    try (Fixture f = new Fixture()) {
      f.bedrock.answerWith(
          request -> {
            if (f.bedrock.requests() == 2) {
              moveFolderAway();
            }
            return Fixture.nova("end_turn");
          });
      WarmUpReport report =
          f.warmUp(questions(folder, 9))
              .requestsPerSecond(1)
              .burst(1)
              .stateFile(state())
              .build()
              .run();
      assertThat(report.end()).isEqualTo(End.STATE_UNWRITABLE);
      assertThat(f.bedrock.requests()).isLessThan(5);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 500})
  void run_whoseLastStateCannotBeWritten_doesNotSayThatItIsFinished(int status) throws Exception {
    Files.createDirectories(state().getParent());
    try (Fixture f = new Fixture()) {
      f.bedrock.answerWith(
          request -> {
            moveFolderAway();
            return status == 200
                ? Fixture.nova("end_turn")
                : Reply.error(status, "InternalServerException", "x");
          });
      WarmUpReport report = f.warmUp(questions(folder, 1)).stateFile(state()).build().run();
      assertThat(report.end()).isEqualTo(status == 200 ? End.FINISHED : End.STATE_UNWRITABLE);
    }
  }

  @Test
  void close_thatInterruptsCalls_savesTheLinesBeforeThem() throws Exception {
    Files.createDirectories(state().getParent());
    try (Fixture f = new Fixture()) {
      f.bedrock.answerWith(
          request -> {
            if (f.bedrock.requests() == 3) {
              f.bedrock.hold();
            }
            return Fixture.nova("end_turn");
          });
      WarmUpRun run =
          f.warmUp(questions(folder, 9))
              .asyncClient(f.asyncClient)
              .finishWithin(Duration.ZERO)
              .stateFile(state())
              .build()
              .start();
      f.bedrock.awaitRequests(4);
      run.close();
      assertThat(StateFile.read(state()).done()).isEqualTo(3);
      f.bedrock.release();
    }
  }
}
