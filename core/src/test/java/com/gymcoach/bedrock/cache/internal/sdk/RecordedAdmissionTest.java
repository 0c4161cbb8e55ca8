package com.gymcoach.bedrock.cache.internal.sdk;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The fate of each recorded answer. The first version kept three more: two hold nothing, and of one
 * the SDK could not read the content.
 */
class RecordedAdmissionTest {
  private static final OptIns TOOL_USE = new OptIns(true, false, false);
  private static final OptIns EVERYTHING = new OptIns(true, true, true);

  @Test
  void admission_ofRecordedAnswers_keepsAllThatEndedAndSaySomething() throws IOException {
    assertThat(counts(OptIns.NONE))
        .isEqualTo(
            Map.ofEntries(
                entry("Converse KEPT", 152L),
                entry("Converse TOOL_USE", 56L),
                entry("Converse MAX_TOKENS", 14L),
                entry("Converse GUARDRAIL_INTERVENED", 1L),
                entry("Converse INCOMPLETE_BODY", 1L),
                entry("Converse EMPTY_ANSWER", 1L),
                entry("Converse UNKNOWN_CONTENT", 1L),
                entry("ConverseStream KEPT", 35L),
                entry("ConverseStream TOOL_USE", 20L),
                entry("ConverseStream MAX_TOKENS", 6L),
                entry("InvokeModel KEPT", 110L),
                entry("InvokeModel TOOL_USE", 27L),
                entry("InvokeModel MAX_TOKENS", 36L),
                entry("InvokeModelWithResponseStream KEPT", 29L),
                entry("InvokeModelWithResponseStream TOOL_USE", 15L),
                entry("InvokeModelWithResponseStream MAX_TOKENS", 16L),
                entry("InvokeModelWithResponseStream EMPTY_ANSWER", 1L)));
  }

  @Test
  void admission_ofRecordedAnswersWhereToolUseIsCached_keepsThoseThatAskForATool()
      throws IOException {
    assertThat(counts(TOOL_USE))
        .containsEntry("Converse KEPT", 152L + 56)
        .containsEntry("ConverseStream KEPT", 35L + 20)
        .containsEntry("InvokeModel KEPT", 110L + 27)
        .containsEntry("InvokeModelWithResponseStream KEPT", 29L + 15)
        .allSatisfy((fate, count) -> assertThat(fate).doesNotContain("TOOL_USE"));
  }

  @Test
  void admission_ofRecordedAnswersThatHoldNothing_refusesThemWhateverIsOptedInto()
      throws IOException {
    for (OptIns optIns : new OptIns[] {OptIns.NONE, TOOL_USE, EVERYTHING}) {
      assertThat(Recordings.fates(optIns))
          .containsEntry("Converse 0c0e353c6b23c0a2", "EMPTY_ANSWER") // text ""
          .containsEntry("Converse 3296347da59ce0bb", "UNKNOWN_CONTENT") // two unions, both empty
          .containsEntry("InvokeModelWithResponseStream db0a479c0e217b0e", "EMPTY_ANSWER");
    }
  }

  private static Map<String, Long> counts(OptIns optIns) throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    Recordings.fates(optIns)
        .forEach(
            (recording, fate) ->
                counts.merge(
                    recording.substring(0, recording.indexOf(' ')) + " " + fate, 1L, Long::sum));
    return counts;
  }
}
