package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.MeddlingStreams.Cell;
import com.gymcoach.bedrock.cache.MeddlingStreams.Join;
import com.gymcoach.bedrock.cache.MeddlingStreams.Outcome;
import com.gymcoach.bedrock.cache.MeddlingStreams.Story;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first caller of a stream throws, blocks, cancels or breaks the rules in each of its
 * callbacks. It meets what it would have met without a cache, and no other caller notices. The
 * cells are played side by side: those that block take over a second each.
 */
@Timeout(300)
class StreamCallbackMatrixTest {
  private static final ExecutorService CELLS = Executors.newFixedThreadPool(64);
  private static final Map<Cell, Future<Outcome>> PLAYED = new ConcurrentHashMap<>();

  static List<Cell> cells() {
    return MeddlingStreams.cells();
  }

  @BeforeAll
  static void play() {
    cells().forEach(cell -> PLAYED.put(cell, CELLS.submit(() -> MeddlingStreams.play(cell))));
  }

  @AfterAll
  static void stop() {
    CELLS.shutdownNow();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void leaderDoesHarmInACallback_othersAreAnsweredAndTheLeaderIsAsWithoutACache(Cell cell)
      throws Exception {
    Outcome outcome = Objects.requireNonNull(PLAYED.get(cell)).get();
    if (cell.bedrockFails() && cell.join() == Join.BEFORE) {
      // Its own call, or Bedrock's failure, which is everybody's.
      assertThat(outcome.follower().done()).isTrue();
    } else {
      assertAnswered(outcome.follower(), cell);
    }
    assertAnswered(outcome.next(), cell);
    assertThat(outcome.calls()).isLessThanOrEqualTo(3);
    Story bare = outcome.bare();
    if (bare != null) {
      if (isTakenFromTheCopy(cell)) {
        assertThat(bare.heard()).startsWith(outcome.leader().heard().toArray(String[]::new));
      } else {
        assertThat(outcome.leader().heard()).isEqualTo(bare.heard());
      }
      assertThat(outcome.leader().done()).isEqualTo(bare.done());
      assertThat(outcome.leader().failure()).isEqualTo(bare.failure());
    }
  }

  /**
   * While others wait, a leader that breaks the stream breaks only the copy: the second {@code
   * exceptionOccurred} that the SDK adds is not reported.
   */
  private static boolean isTakenFromTheCopy(Cell cell) {
    return cell.join() == Join.BEFORE;
  }

  private static void assertAnswered(Story story, Cell cell) {
    assertThat(story.failure()).isNull();
    assertThat(story.events()).isEqualTo(MeddlingStreams.events(cell.operation()));
    assertThat(story.heard()).endsWith("end", "complete");
  }
}
