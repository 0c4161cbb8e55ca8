package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a refresh asks again, and what it deletes. */
class RecordedRefreshTest extends RecordedBedrockCase {
  @Test
  void refresh_whenEveryTestPassed_asksOnceMoreAndDeletesWhatIsUnused() {
    RecordedFixtures.TwoQuestions.second = "second";
    passing("record", RecordedFixtures.TwoQuestions.class);
    Set<String> before = Set.copyOf(recordings().keySet());
    try {
      RecordedFixtures.TwoQuestions.second = "another";
      RecordedRun.of(root, "refresh", RecordedFixtures.TwoQuestions.class, "asksSecond");
      assertThat(recordings().keySet()).hasSize(3).containsAll(before);
      assertThat(bedrock.requests()).isEqualTo(3);
      bedrock.answerWith(request -> converse("changed", "end_turn"));
      passing("refresh", RecordedFixtures.TwoQuestions.class);
      assertThat(bedrock.requests()).isEqualTo(5);
      assertThat(recordings()).hasSize(2);
      assertThat(recordings().values()).allMatch(text -> text.contains("changed"));
    } finally {
      RecordedFixtures.TwoQuestions.second = "second";
    }
  }

  @Test
  void refresh_whenAProcessDiedWhileItRecorded_removesWhatItLeft() throws Exception {
    passing("record", RecordedFixtures.OneQuestion.class);
    Path unfinished = root.resolve(recordings().firstKey()).resolveSibling("unfinished-1.tmp");
    Files.writeString(unfinished, "{");
    passing("record", RecordedFixtures.OneQuestion.class);
    assertThat(unfinished).exists(); // another process may be writing it
    passing("refresh", RecordedFixtures.OneQuestion.class);
    assertThat(recordings()).hasSize(1);
  }

  /** The folder is that of the annotation: a refresh of one class would delete the other's. */
  @Test
  void refresh_ofAClassWhoseFolderIsInherited_deletesNothing() throws Exception {
    Path shared = Path.of(RecordedFixtures.SHARED_FOLDER);
    try {
      passing("record", RecordedFixtures.FirstOfTwo.class);
      passing("record", RecordedFixtures.SecondOfTwo.class);
      assertThat(RecordedRun.recordings(shared)).hasSize(2);
      passing("refresh", RecordedFixtures.FirstOfTwo.class);
      assertThat(RecordedRun.recordings(shared)).hasSize(2);
      passing("replay", RecordedFixtures.SecondOfTwo.class);
    } finally {
      for (String name : RecordedRun.recordings(shared).keySet()) {
        Files.delete(shared.resolve(name));
      }
      Files.delete(shared);
    }
  }

  @Test
  void refresh_withoutTheNestedTests_deletesNothing() {
    passing("record", RecordedFixtures.WithNested.class);
    RecordedRun.of(root, "refresh", RecordedFixtures.WithNested.class, "asks");
    assertThat(bedrock.requests()).isEqualTo(3);
    assertThat(recordings()).hasSize(2);
  }

  @Test
  void refresh_whenATestFailsOnceOfSeveralTimes_deletesNothing() {
    passing("record", RecordedFixtures.EachExercise.class);
    try {
      RecordedFixtures.EachExercise.failing = "squat";
      failing("refresh", RecordedFixtures.EachExercise.class);
      assertThat(recordings()).hasSize(2);
    } finally {
      RecordedFixtures.EachExercise.failing = "";
    }
  }

  @Test
  void refresh_whenATestFails_deletesNothing() {
    passing("record", RecordedFixtures.TwoQuestions.class);
    bedrock.answerWith(request -> Reply.error(429, "ThrottlingException", "slow down"));
    failing("refresh", RecordedFixtures.TwoQuestions.class);
    assertThat(recordings()).hasSize(2);
  }
}
