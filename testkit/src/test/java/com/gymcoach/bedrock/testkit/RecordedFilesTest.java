package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.regions.Region;

/** What is recorded, and what a file of it contains. */
class RecordedFilesTest extends RecordedBedrockCase {
  @Test
  void record_whenBedrockThrottles_recordsNothing() {
    bedrock.answerWith(request -> Reply.error(429, "ThrottlingException", "slow down"));
    passing("record", RecordedFixtures.Throttled.class);
    passing("record", RecordedFixtures.Throttled.class);
    assertThat(bedrock.requests()).isEqualTo(2);
    assertThat(recordings()).isEmpty();
  }

  @Test
  void record_whenTheAnswerIsCutOff_failsAndSaysWhy() {
    bedrock.answerWith(request -> converse("Stand with", "max_tokens"));
    assertThat(failing("record", RecordedFixtures.OneQuestion.class))
        .contains("OneQuestion#asks called Converse")
        .contains("cannot be recorded: MAX_TOKENS")
        .doesNotContain("Stand with");
    assertThat(recordings()).isEmpty();
  }

  @Test
  void record_whenTheRequestOverridesAHeader_failsAndSaysWhy() {
    assertThat(failing("record", RecordedFixtures.Overrides.class))
        .contains("cannot be recorded: REQUEST_OVERRIDE");
    assertThat(failing("replay", RecordedFixtures.Overrides.class))
        .contains("with a request that is never recorded");
  }

  @Test
  void record_whenTheFolderCannotBeWritten_failsTheTest() throws Exception {
    Files.createFile(root.resolve(RecordedFixtures.OneQuestion.class.getName()));
    assertThat(failing("record", RecordedFixtures.OneQuestion.class))
        .contains("the answer could not be written");
  }

  @Test
  void record_whenAFileIsGoneOrDamaged_asksForThatAnswerAlone() throws Exception {
    passing("record", RecordedFixtures.TwoQuestions.class);
    SortedMap<String, String> recorded = recordings();
    Path first = root.resolve(recorded.firstKey());
    String content = Files.readString(first);
    Files.delete(first);
    passing("record", RecordedFixtures.TwoQuestions.class);
    assertThat(bedrock.requests()).isEqualTo(3);
    Files.writeString(first, content.substring(0, 100));
    passing("record", RecordedFixtures.TwoQuestions.class);
    assertThat(bedrock.requests()).isEqualTo(4);
    Files.copy(root.resolve(recorded.lastKey()), first, StandardCopyOption.REPLACE_EXISTING);
    passing("record", RecordedFixtures.TwoQuestions.class);
    assertThat(bedrock.requests()).isEqualTo(5); // the other answer is not given in its place
    assertThat(recordings()).isEqualTo(recorded);
  }

  @Test
  void record_afterAPromptHasChanged_deletesNothing() {
    try {
      passing("record", RecordedFixtures.TwoQuestions.class);
      RecordedFixtures.TwoQuestions.second = "another";
      passing("record", RecordedFixtures.TwoQuestions.class);
      assertThat(recordings()).hasSize(3);
    } finally {
      RecordedFixtures.TwoQuestions.second = "second";
    }
  }

  @Test
  void recording_whenMadeAgainElsewhere_isTheSameFile() {
    passing("record", RecordedFixtures.EveryWay.class);
    SortedMap<String, String> recorded = recordings();
    LocalClients.region = Region.EU_WEST_1;
    passing("refresh", RecordedFixtures.EveryWay.class);
    assertThat(bedrock.requests()).isEqualTo(2 * RecordedFixtures.EVERY_WAY);
    assertThat(recordings()).isEqualTo(recorded);
  }

  @Test
  void recording_hasNothingOfTheRequestNorOfTheExchange() {
    passing("record", RecordedFixtures.EveryWay.class);
    recordings()
        .forEach(
            (name, text) ->
                assertThat(name + text)
                    .doesNotContain("ambition")
                    .doesNotContainIgnoringCase("requestid")
                    .doesNotContainIgnoringCase("\"date\"")
                    .doesNotContainIgnoringCase("authorization"));
  }

  @Test
  void recording_whenTheAnswerHasSecrets_hasNoneOfThem() {
    String account = "arn:aws:iam::987654321098:role/coach";
    String text =
        "Mail jo@example.org, key AKIAIOSFODNN7EXAMPLE, role "
            + account
            + ", token eyJhbGciOi.eyJzdWIiOiIx.c2ln, Secret sauce \\\"quoted\\\"";
    bedrock.answerWith(request -> answer(request, text));
    List<String> first = passing("record", RecordedFixtures.Secrets.class);
    assertThat(first.subList(0, 5)).allMatch(got -> got.replace("|", "").contains("987654321098"));
    assertThat(recordings()).hasSize(6);
    for (String file : recordings().values()) {
      assertThat(file)
          .doesNotContain("jo@", "AKIA", "987654321098", "eyJ", "sauce")
          .contains("REDACTED");
    }
    List<String> replayed = passing("replay", RecordedFixtures.Secrets.class);
    String clean =
        "Mail REDACTED, key REDACTED, role arn:aws:iam::000000000000:role/coach, token REDACTED,"
            + " REDACTED \"quoted\"";
    assertThat(replayed.subList(0, 2)).containsOnly(clean);
    assertThat(replayed.get(4).replace("|", "")).isEqualTo(clean);
    assertThat(replayed).hasSize(6);
  }

  @Test
  void hideEmails_whenFalse_keepsThem() {
    bedrock.answerWith(request -> answer(request, "Mail jo@example.org"));
    passing("record", RecordedFixtures.Emails.class);
    assertThat(passing("replay", RecordedFixtures.Emails.class))
        .containsExactly("Mail jo@example.org");
  }

  /** Answers in the form of each operation. A stream brings three characters at a time. */
  private static Reply answer(BedrockStandIn.Request request, String text) {
    return switch (request.operation()) {
      case "Converse" -> converse(text, "end_turn");
      case "InvokeModel" ->
          Reply.json(
              "{\"content\":[{\"type\":\"text\",\"text\":\""
                  + text
                  + "\"}],\"stop_reason\":\"end_turn\"}");
      case "ConverseStream" -> converseStream(pieces(text));
      default -> invokeStream(pieces(text));
    };
  }

  /** Returns the text's pieces of three characters, as they are written in JSON. */
  private static List<String> pieces(String json) {
    String text = json.replace("\\\"", "\"");
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < text.length(); at += 3) {
      String piece = text.substring(at, Math.min(text.length(), at + 3));
      pieces.add(piece.replace("\"", "\\\""));
    }
    return pieces;
  }

  private static Reply converseStream(List<String> pieces) {
    EventFrames frames = new EventFrames().event("messageStart", "{\"role\":\"assistant\"}");
    for (String piece : pieces) {
      frames.event(
          "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"" + piece + "\"}}");
    }
    frames.event("contentBlockStop", "{\"contentBlockIndex\":0}");
    frames.event("messageStop", "{\"stopReason\":\"end_turn\"}");
    frames.event(
        "metadata",
        "{\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3},"
            + "\"metrics\":{\"latencyMs\":1}}");
    return Reply.stream(frames.toBytes());
  }

  private static Reply invokeStream(List<String> pieces) {
    EventFrames frames =
        new EventFrames()
            .chunk(
                "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\","
                    + "\"role\":\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":1,"
                    + "\"output_tokens\":1}}}")
            .chunk(
                "{\"type\":\"content_block_start\",\"index\":0,"
                    + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}");
    for (String piece : pieces) {
      frames.chunk(
          "{\"type\":\"content_block_delta\",\"index\":0,"
              + "\"delta\":{\"type\":\"text_delta\",\"text\":\""
              + piece
              + "\"}}");
    }
    return Reply.stream(
        frames
            .chunk("{\"type\":\"content_block_stop\",\"index\":0}")
            .chunk(
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\","
                    + "\"stop_sequence\":null},\"usage\":{\"output_tokens\":2}}")
            .chunk(
                "{\"type\":\"message_stop\",\"amazon-bedrock-invocationMetrics\":"
                    + "{\"inputTokenCount\":1,\"outputTokenCount\":2}}")
            .toBytes());
  }
}
