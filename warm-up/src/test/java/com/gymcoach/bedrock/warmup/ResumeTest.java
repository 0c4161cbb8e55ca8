package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.converse;
import static com.gymcoach.bedrock.warmup.Requests.line;
import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.warmup.Checkpoint.State;
import com.gymcoach.bedrock.warmup.LineSource.Line;
import com.gymcoach.bedrock.warmup.LineSource.Outlook;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
  private static final Pattern QUESTION = Pattern.compile("question [0-9]+");

  @TempDir Path folder;

  private static String question(byte[] body) {
    Matcher found = QUESTION.matcher(new String(body, StandardCharsets.UTF_8));
    assertThat(found.find()).isTrue();
    return found.group();
  }

  private static Path lockOf(Path state) {
    return state.resolveSibling(state.getFileName() + ".lock");
  }

  private static Path temporary() throws IOException {
    Path folder = Files.createTempDirectory("warm-up");
    folder.toFile().deleteOnExit();
    return folder;
  }

  /**
   * Each step begins a line, or ends one of those under way, some of them to be asked again; now
   * and then the state is written. Then the process is gone. Each number chooses one step.
   */
  @Property(tries = 300)
  void next_afterACrashAnywhere_skipsOnlyLinesThatWereDone(
      @ForAll @IntRange(min = 1, max = 20) int lines,
      @ForAll @Size(max = 80) List<@IntRange(min = 0, max = 999) Integer> steps)
      throws IOException {
    Path folder = temporary();
    Path file =
        Requests.file(folder, LongStream.rangeClosed(1, lines).mapToObj(i -> "{}").toList());
    Path state = folder.resolve("state");
    Set<Long> done = new HashSet<>();
    for (int crash = 0; crash < 3; crash++) {
      Outlook from = Outlook.of(file, StateFile.read(state));
      Checkpoint checkpoint = new Checkpoint(from.state());
      List<Long> underWay = new ArrayList<>();
      try (StateFile written = StateFile.open(state);
          LineSource source = new LineSource(file, from, checkpoint)) {
        for (int step : steps) {
          if (step % 4 == 0) {
            written.write(checkpoint);
          } else if (step % 4 == 1 || underWay.isEmpty()) {
            Line line = source.next();
            if (line != null) {
              underWay.add(line.number());
            }
          } else {
            Long ended = underWay.remove(step % underWay.size());
            boolean again = step % 5 == 0;
            checkpoint.end(ended, again);
            if (!again) {
              done.add(ended);
            }
          }
        }
      }
      Outlook next = Outlook.of(file, StateFile.read(state));
      Set<Long> handedOut = new TreeSet<>();
      try (LineSource source = new LineSource(file, next, new Checkpoint(next.state()))) {
        for (Line line = source.next(); line != null; line = source.next()) {
          handedOut.add(line.number());
        }
      }
      Set<Long> all = LongStream.rangeClosed(1, lines).boxed().collect(Collectors.toSet());
      all.removeAll(done);
      assertThat(handedOut).containsAll(all);
    }
    for (Path each : List.of(file, state, lockOf(state), folder)) {
      Files.deleteIfExists(each);
    }
  }

  /** The process is gone in the middle of calls: what remains is the state file of that moment. */
  @Property(tries = 12)
  void run_afterACrashWithCallsUnderWay_hasAskedEveryQuestion(
      @ForAll @IntRange(min = 1, max = 30) int crashAt) throws Exception {
    Path folder = temporary();
    Path file = questions(folder, 30);
    Path state = folder.resolve("state");
    Path left = folder.resolve("left");
    Set<String> answered = ConcurrentHashMap.newKeySet();
    try (Fixture f = new Fixture()) {
      AtomicInteger calls = new AtomicInteger();
      f.bedrock.answerWith(
          request -> {
            if (calls.incrementAndGet() == crashAt) {
              copy(state, left);
            }
            if (calls.get() < crashAt) {
              answered.add(question(request.body()));
            }
            return Fixture.nova("end_turn");
          });
      f.warmUp(file).concurrency(4).requestsPerSecond(2).burst(1).stateFile(state).build().run();
      assertThat(state).doesNotExist();
    }
    Files.move(left, state);
    try (Fixture f = new Fixture()) { // nothing is cached: only the state file says what was done
      f.bedrock.answerWith(
          request -> {
            answered.add(question(request.body()));
            return Fixture.nova("end_turn");
          });
      WarmUpReport report = f.warmUp(file).concurrency(4).stateFile(state).build().run();
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().ended()).isEqualTo(30);
      assertThat(f.bedrock.requests()).isBetween(31 - crashAt, 31);
    }
    assertThat(answered).hasSize(30);
    for (Path each : List.of(file, state, left, lockOf(state), folder)) {
      Files.deleteIfExists(each);
    }
  }

  @Test
  void hasRoom_whileTheFirstLineTakesLong_endsAtALimit() {
    Checkpoint checkpoint = new Checkpoint(State.NONE);
    long line = 0;
    while (checkpoint.hasRoom()) {
      checkpoint.begin(++line, new byte[0]);
      if (line > 1) {
        checkpoint.end(line, false);
      }
    }
    assertThat(line).isEqualTo(10_000);
    checkpoint.end(1, false);
    assertThat(checkpoint.hasRoom()).isTrue();
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void run_afterAnswersThatWereNotKept_doesNotAskThemAgain() throws Exception {
    try (Fixture f = new Fixture()) {
      Path file = questions(folder, 6);
      Path state = folder.resolve("state");
      f.bedrock.answerWith(request -> Fixture.nova("max_tokens"));
      WarmUpBuilder builder = f.warmUp(file).stateFile(state).stopAfter(2);
      assertThat(builder.build().run().end()).isEqualTo(End.NOTHING_KEPT);
      f.bedrock.answerAsUsual();
      WarmUpReport second = builder.build().run();
      assertThat(second.end()).isEqualTo(End.FINISHED);
      assertThat(second.counts().kept()).isEqualTo(4);
      assertThat(f.bedrock.requests()).isEqualTo(6);
      assertThat(state).doesNotExist();
    }
  }

  @Test
  void run_afterFailures_asksThoseLinesAgainAndNoOthers() throws Exception {
    try (Fixture f = new Fixture()) {
      Path file = questions(folder, 6);
      Path state = folder.resolve("state");
      f.bedrock.answerWith(
          request ->
              question(request.body()).equals("question 3")
                  ? Reply.error(500, "InternalServerException", "x")
                  : Fixture.nova("max_tokens"));
      WarmUpBuilder builder = f.warmUp(file).stateFile(state).stopAfter(9);
      WarmUpReport first = builder.build().run();
      assertThat(first.end()).isEqualTo(End.FINISHED);
      assertThat(first.notKept()).isEqualTo(Map.of("MAX_TOKENS", 5L));
      assertThat(state).exists();
      f.bedrock.answerAsUsual();
      assertThat(builder.build().plan().done()).isEqualTo(5);
      WarmUpReport second = builder.build().run();
      assertThat(second.counts().kept()).isEqualTo(1);
      assertThat(second.counts().ended()).isEqualTo(6);
      assertThat(f.bedrock.requests()).isEqualTo(7);
      assertThat(state).doesNotExist();
    }
  }

  @Test
  void run_afterTheCredentialsExpired_asksTheRestAgain() throws Exception {
    try (Fixture f = new Fixture()) {
      Path file = questions(folder, 6);
      AtomicInteger calls = new AtomicInteger();
      f.bedrock.answerWith(
          request ->
              calls.incrementAndGet() > 3
                  ? Reply.error(403, "ExpiredTokenException", "x")
                  : Fixture.nova("max_tokens"));
      WarmUpBuilder builder = f.warmUp(file).stateFile(folder.resolve("state"));
      assertThat(builder.build().run().end()).isEqualTo(End.NO_ACCESS);
      f.bedrock.answerAsUsual();
      assertThat(builder.build().run().counts().kept()).isEqualTo(3);
    }
  }

  @Test
  void run_afterTheDoneLinesWereChanged_beginsAnew() throws Exception {
    try (Fixture f = new Fixture()) {
      Path state = folder.resolve("state");
      Path file = questions(folder, 5);
      f.bedrock.answerWith(request -> Fixture.nova("max_tokens"));
      f.warmUp(file).stateFile(state).stopAfter(3).build().run();
      List<String> lines = new ArrayList<>(Files.readAllLines(file));
      lines.set(1, line(converse("question 9"))); // the same length
      Files.write(file, lines);
      WarmUp again = f.warmUp(file).stateFile(state).build();
      assertThat(again.plan().done()).isZero();
      again.run();
      assertThat(f.bedrock.requests()).isEqualTo(8);
    }
  }

  @Test
  void run_afterLinesWereAdded_asksTheRest() throws Exception {
    try (Fixture f = new Fixture()) {
      Path state = folder.resolve("state");
      Path file = questions(folder, 5);
      f.bedrock.answerWith(request -> Fixture.nova("max_tokens"));
      f.warmUp(file).stateFile(state).stopAfter(3).build().run();
      questions(folder, 7);
      WarmUp again = f.warmUp(file).stateFile(state).build();
      assertThat(again.plan().done()).isEqualTo(3);
      again.run();
      assertThat(f.bedrock.requests()).isEqualTo(7);
    }
  }
}
