package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.SHARED;
import static com.gymcoach.bedrock.warmup.Requests.converse;
import static com.gymcoach.bedrock.warmup.Requests.line;
import static com.gymcoach.bedrock.warmup.Requests.questions;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.WireRequest;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of requests that are not what they should be. */
@Timeout(60)
class HostileFileTest {
  @TempDir Path folder;

  private static void fifo(Path at) throws Exception {
    Process made = new ProcessBuilder("mkfifo", at.toString()).start();
    assumeTrue(made.waitFor(10, TimeUnit.SECONDS) && made.exitValue() == 0, "no mkfifo here");
  }

  private Path special(String kind) throws Exception {
    Path at = folder.resolve(kind);
    switch (kind) {
      case "folder" -> Files.createDirectory(at);
      case "link-to-folder" ->
          Files.createSymbolicLink(at, Files.createDirectory(folder.resolve("other")));
      case "link-to-nothing" -> Files.createSymbolicLink(at, folder.resolve("nothing"));
      case "device" -> {
        at = Path.of("/dev/zero");
        assumeTrue(Files.exists(at), "no /dev/zero here");
      }
      default -> fifo(at);
    }
    return at;
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "link-to-folder", "link-to-nothing", "device", "fifo"})
  void run_ofWhatIsNoFile_throwsAtOnce(String kind) throws Exception {
    Path file = special(kind);
    try (Fixture f = new Fixture()) {
      WarmUp warmUp = f.warmUp(file).build();
      assertThatThrownBy(warmUp::plan).isInstanceOf(IOException.class);
      assertThatThrownBy(warmUp::run).isInstanceOf(IOException.class);
      assertThat(f.bedrock.requests()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "link-to-folder", "device", "fifo"})
  void run_whoseStateFileIsNoFile_throwsAtOnce(String kind) throws Exception {
    Path state = special(kind);
    try (Fixture f = new Fixture()) {
      WarmUp warmUp = f.warmUp(questions(folder, 2)).stateFile(state).build();
      assertThatThrownBy(warmUp::plan)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(state.toString());
      if (!kind.equals("device")) { // which would leave a lock among the devices
        assertThatThrownBy(warmUp::run).isInstanceOf(IOException.class);
      }
      assertThat(f.bedrock.requests()).isZero();
    }
  }

  @Test
  void run_ofALink_readsTheFile() throws Exception {
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, questions(folder, 2));
    try (Fixture f = new Fixture()) {
      assertThat(f.warmUp(link).build().run().counts().kept()).isEqualTo(2);
    }
  }

  @Test
  void run_ofFilesWithByteOrderMarksPutTogether_asksEachLine() throws Exception {
    Path file = folder.resolve("two");
    Files.writeString(
        file, "\ufeff" + line(converse("a")) + "\n\ufeff" + line(converse("b")) + "\n");
    try (Fixture f = new Fixture()) {
      assertThat(f.warmUp(file).build().run().counts().kept()).isEqualTo(2);
      assertThat(f.client.forScope(SHARED).lookUp(converse("b")).status())
          .isEqualTo(CacheOutcome.Status.HIT);
    }
  }

  @Test
  void run_ofAFileInAnotherEncoding_asksNobody() throws Exception {
    Path file = folder.resolve("utf16");
    Files.write(
        file, ("\ufeff" + line(converse("a")) + "\n" + line(converse("b"))).getBytes(UTF_16LE));
    try (Fixture f = new Fixture()) {
      WarmUpReport report = f.warmUp(file).build().run();
      assertThat(report.counts().malformed()).isEqualTo(report.counts().lines());
      assertThat(f.bedrock.requests()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 11, 40, 100})
  void run_ofACompressedFileThatIsCutOff_throwsBeforeAnyCall(int bytesLess) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      for (int i = 0; i < 50; i++) {
        gzip.write((line(converse("question " + i)) + "\n").getBytes(UTF_8));
      }
    }
    Path file = folder.resolve("cut.gz");
    Files.write(file, Arrays.copyOf(bytes.toByteArray(), bytes.size() - bytesLess));
    try (Fixture f = new Fixture()) {
      WarmUp warmUp = f.warmUp(file).build();
      assertThatThrownBy(warmUp::run).isInstanceOf(IOException.class);
      assertThat(f.bedrock.requests()).isZero();
    }
  }

  /** Whatever is done to a line, it is a request or malformed, and nothing else happens. */
  @Property(tries = 2_000)
  void read_ofADamagedLine_throwsNothingElse(
      @ForAll @IntRange(max = 3) int kind,
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 100_000) Integer> damage) {
    String whole =
        switch (kind) {
          case 0 -> line(converse("a"));
          case 1 -> line(Requests.converseStream("a"));
          case 2 -> line(Requests.invoke("a"));
          default -> line(Requests.invokeStream("a"));
        };
    byte[] bytes = whole.getBytes(UTF_8);
    for (int each : damage) {
      bytes[each % bytes.length] = (byte) (each / bytes.length);
    }
    try {
      RequestLine read = RequestLine.read(bytes);
      new Estimator(PriceList.standard(), 0).of(WireRequest.of(read.request()));
    } catch (IOException malformed) {
      assertThat(malformed.getMessage() + malformed.getCause()).doesNotContain("question");
    }
  }

  @Test
  void plan_ofModelsWithControlCharacters_printsNone() throws Exception {
    Path file =
        Requests.file(
            folder,
            line(converse("a").toBuilder().modelId("\u001b[2Jred\u202e\r\u009b1m").build()));
    try (Fixture f = new Fixture()) {
      WarmUpPlan plan = WarmUp.builder(file).client(f.client).maxCalls(9).build().plan();
      assertThat(plan.models()).containsOnlyKeys("?[2Jred???1m");
      assertThat(plan.text() + plan).doesNotContain("\u001b", "\u202e", "\r?", "\u009b");
    }
  }

  @Test
  void printable_ofALongName_isItsBeginning() {
    assertThat(Printable.of("m".repeat(300))).isEqualTo("m".repeat(256));
  }

  /** Replaces the file when the third question is asked. */
  private WarmUpReport runWhileItIsReplaced(Fixture f, List<String> before, List<String> after)
      throws Exception {
    Path file = Requests.file(folder, before);
    f.bedrock.answerWith(
        request -> {
          if (f.bedrock.requests() == 3) {
            write(file, after);
          }
          return Fixture.nova("end_turn");
        });
    return f.warmUp(file).stateFile(folder.resolve("state")).build().run();
  }

  private static void write(Path file, List<String> lines) {
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> many(String word) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) { // more than a buffer
      lines.add(line(converse(word + " " + i + " ".repeat(300))));
    }
    return lines;
  }

  @Test
  void run_ofAFileThatIsReplacedMeanwhile_doesNotSayThatItIsFinished() throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUpReport report = runWhileItIsReplaced(f, many("one"), many("two"));
      assertThat(report.end()).isEqualTo(End.FILE_UNREADABLE);
      assertThat(folder.resolve("state")).exists();
    }
  }

  @Test
  void run_ofAFileThatIsCutMeanwhile_doesNotSayThatItIsFinished() throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUpReport report = runWhileItIsReplaced(f, many("one"), List.of());
      assertThat(report.end()).isEqualTo(End.FILE_UNREADABLE);
      // The next run begins at the first line: the state is not one of this file.
      assertThat(f.warmUp(questions(folder, 2)).stateFile(folder.resolve("state")).build().plan())
          .extracting(WarmUpPlan::done)
          .isEqualTo(0L);
    }
  }

  @Test
  void next_ofAFileWhoseDonePartIsReplaced_throws() throws Exception {
    Path file = questions(folder, 4);
    Checkpoint first = new Checkpoint(Checkpoint.State.NONE);
    try (LineSource source =
        new LineSource(file, LineSource.Outlook.of(file, Checkpoint.State.NONE), first)) {
      for (int i = 0; i < 2; i++) {
        first.end(Objects.requireNonNull(source.next()).number(), false);
      }
    }
    Checkpoint.State state = Checkpoint.parse(first.text().lines().toList());
    LineSource.Outlook outlook = LineSource.Outlook.of(file, state);
    assertThat(outlook.done()).isEqualTo(2);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.set(0, line(converse("question 9")));
    Files.write(file, lines);
    try (LineSource source = new LineSource(file, outlook, new Checkpoint(state))) {
      assertThatThrownBy(source::next).isInstanceOf(IOException.class);
    }
  }

  @Test
  void run_ofAFileThatGrows_asksTheNewLinesToo() throws Exception {
    try (Fixture f = new Fixture()) {
      List<String> lines = many("one");
      List<String> more = new ArrayList<>(lines);
      more.add(line(converse("more")));
      WarmUpReport report = runWhileItIsReplaced(f, lines, more);
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().kept()).isEqualTo(1_001);
    }
  }
}
