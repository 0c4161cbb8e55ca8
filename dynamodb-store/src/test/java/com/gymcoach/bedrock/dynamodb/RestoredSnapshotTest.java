package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Many processes are restored from one snapshot, hours later and all at once, as SnapStart does.
 * What {@link SnapshotCopy} says of how alike they are is checked, too: before they are restored,
 * they draw the same nonces, markers and lives.
 */
@Tag("crashes")
@ParameterizedClass
@EnumSource(Way.class)
@Timeout(value = 3, unit = TimeUnit.HOURS)
class RestoredSnapshotTest extends WarmTierFixture {
  private static final int COPIES = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The default of {@code invalidationDelay}. */
  private static final Duration DELAY = Duration.ofSeconds(10);

  private final Way way;
  private final SignedAnswers signed = new SignedAnswers();
  private final ExecutorService threads = Executors.newFixedThreadPool(COPIES);
  @TempDir Path directory;

  RestoredSnapshotTest(Way way) {
    super(way);
    this.way = way;
  }

  @BeforeEach
  void sign() {
    bedrock.answerWith(signed);
    closing((AutoCloseable) threads::shutdownNow);
  }

  @Test
  void f81_manyCopiesOfOneSnapshot_shareNoMarkerNonceOrMemoryAndObeyEachOther() {
    Rounds.play(
        "snapshots of " + COPIES + " copies",
        way,
        Math.max(1, Rounds.count() / COPIES),
        this::restore);
  }

  private void restore(long seed) throws Exception {
    Random random = new Random(seed);
    table = Dynamo.table();
    List<Copy> copies = new ArrayList<>();
    try {
      for (int i = 0; i < COPIES; i++) {
        copies.add(new Copy(i));
      }
      List<String> lives = all(copies, i -> "refresh own" + i);
      all(copies, i -> "invalidate scratch" + i);
      all(copies, i -> "refresh common");
      List<ByteBuffer> nonces = nonces();
      List<ByteBuffer> markers = markers();
      assertThat(nonces).hasSize(COPIES + 1).containsOnly(nonces.get(0));
      assertThat(markers).hasSize(COPIES).containsOnly(markers.get(0));
      Set<ByteBuffer> before = Set.of(nonces.get(0), markers.get(0));
      if (way == Way.SYNC) { // else it is another thread's, which may have drawn before
        assertThat(lives).allMatch(life -> life(life) == life(lives.get(0)));
      }

      assertThat(all(copies, i -> "checkpoint")).containsOnly("0");
      boolean connectionsDie = random.nextBoolean();
      if (connectionsDie) {
        proxy.stop();
        proxy.resume();
        bedrock.stop();
        bedrock.resume();
      }
      String later = Duration.ofMinutes(random.nextInt(48 * 60)).toString();
      all(copies, i -> "restore " + later);

      assertThat(all(copies, i -> "ask common"))
          .allMatch(first -> connectionsDie ? !first.startsWith("HOT") : first.startsWith("WARM"));
      all(copies, i -> "ask common");
      List<String> livesAfter = all(copies, i -> "refresh own" + i);
      assertThat(livesAfter.stream().map(RestoredSnapshotTest::life).distinct().count())
          .as("of %s two at most meet", livesAfter)
          .isGreaterThan(COPIES - 2);
      all(copies, i -> "invalidate scratch" + i);
      List<ByteBuffer> drawn = new ArrayList<>(markers());
      drawn.addAll(nonces());
      assertThat(drawn).hasSize(2 * COPIES + 1).doesNotHaveDuplicates();
      drawn.retainAll(before);
      assertThat(drawn).as("but what was in common, if nobody wrote it anew").hasSizeLessThan(2);

      int last = signed.last();
      copies.get(random.nextInt(COPIES)).says("invalidate common");
      all(copies, i -> "advance " + DELAY);
      assertThat(all(copies, i -> "ask common")).allMatch(reply -> number(reply) > last);
    } finally {
      copies.forEach(Copy::close);
    }
  }

  private List<String> all(List<Copy> copies, IntFunction<String> command) {
    List<CompletableFuture<String>> replies = new ArrayList<>();
    for (int i = 0; i < COPIES; i++) {
      Copy copy = copies.get(i);
      String what = command.apply(i);
      replies.add(CompletableFuture.supplyAsync(() -> copy.says(what), threads));
    }
    return replies.stream()
        .map(reply -> reply.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join())
        .toList();
  }

  private static int number(String reply) {
    return Integer.parseInt(reply.split(" ", -1)[1]);
  }

  private static long life(String reply) {
    return Long.parseLong(reply.split(" ", -1)[2]);
  }

  private List<ByteBuffer> nonces() {
    return items().values().stream()
        .filter(item -> item.containsKey("b"))
        .map(RestoredSnapshotTest::nonce)
        .toList();
  }

  private List<ByteBuffer> markers() {
    return items().values().stream()
        .map(item -> TableLayout.marker(item, "chat"))
        .filter(marker -> !marker.equals(Marker.NONE))
        .map(marker -> ByteBuffer.wrap(marker.bytes()))
        .toList();
  }

  /** Format 2: its number, the key's (4 bytes), the nonce (12). */
  private static ByteBuffer nonce(Map<String, AttributeValue> item) {
    byte[] sealed = Objects.requireNonNull(item.get("b")).b().asByteArray();
    assertThat(sealed[0]).isEqualTo((byte) 2);
    return ByteBuffer.wrap(sealed, 5, 12).slice();
  }

  /** A {@link SnapshotCopy} as the test sees it. */
  private final class Copy {
    private final Process process;
    private final Path log;
    private final BufferedReader replies;

    Copy(int number) throws IOException {
      log = directory.resolve("log" + number);
      process =
          SnapshotCopy.process(way, bedrock.endpoint(), proxy.endpoint(), table, time.now())
              .redirectError(log.toFile())
              .start();
      replies = process.inputReader(StandardCharsets.US_ASCII);
    }

    /** Returns the reply to a command. */
    String says(String command) {
      try {
        process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        String reply = replies.readLine();
        if (reply == null) {
          throw new AssertionError(command + " failed: " + Files.readString(log));
        }
        return reply;
      } catch (IOException broken) {
        throw new AssertionError(command + " failed", broken);
      }
    }

    void close() {
      process.destroyForcibly();
    }
  }
}
