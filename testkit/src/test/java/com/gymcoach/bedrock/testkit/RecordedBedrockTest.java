package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.RecordedBedrock.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import software.amazon.awssdk.regions.Region;

class RecordedBedrockTest {
  private final BedrockStandIn bedrock = BedrockStandIn.start();
  @TempDir Path root;

  @BeforeEach
  void start() {
    LocalClients.endpoint = bedrock.endpoint();
    LocalClients.CREATED.set(0);
  }

  @AfterEach
  void stop() {
    LocalClients.endpoint = null;
    LocalClients.region = Region.US_EAST_1;
    bedrock.close();
  }

  private List<String> passing(String mode, Class<?> tests) {
    assertThat(RecordedRun.failures(RecordedRun.of(root, mode, tests))).isEmpty();
    return List.copyOf(RecordedFixtures.ANSWERS);
  }

  private String failing(String mode, Class<?> tests) {
    EngineExecutionResults results = RecordedRun.of(root, mode, tests);
    assertThat(RecordedRun.failures(results)).isNotEmpty();
    return String.join("\n", RecordedRun.failures(results));
  }

  private SortedMap<String, String> recordings() {
    return RecordedRun.recordings(root);
  }

  private void stopBedrock() {
    bedrock.stop();
    LocalClients.endpoint = null; // to create a client fails from now on
  }

  @ParameterizedTest
  @ValueSource(strings = {"record", "replay"})
  void run_afterARunThatRecorded_asksNothingAndGetsTheSame(String mode) {
    List<String> first = passing("record", RecordedFixtures.EveryWay.class);
    assertThat(bedrock.requests()).isEqualTo(RecordedFixtures.EVERY_WAY);
    SortedMap<String, String> recorded = recordings();
    assertThat(recorded).hasSize(RecordedFixtures.EVERY_WAY);
    stopBedrock();
    LocalClients.CREATED.set(0);
    assertThat(passing(mode, RecordedFixtures.EveryWay.class))
        .containsExactlyInAnyOrderElementsOf(first);
    assertThat(LocalClients.CREATED).hasValue(0);
    assertThat(recordings()).isEqualTo(recorded);
  }

  @Test
  void run_inAnotherProcessWithoutCredentialsInCi_asksNothing() throws Exception {
    try (ChildJvm first =
        ChildJvm.start(
            RecordedRun.class, Map.of(), root.toString(), " ", bedrock.endpoint().toString())) {
      assertThat(first.rest()).contains("succeeded 5\n").contains("created 2\n");
    }
    assertThat(bedrock.requests()).isEqualTo(RecordedFixtures.EVERY_WAY);
    try (ChildJvm second =
        ChildJvm.start(RecordedRun.class, Map.of("CI", "true"), root.toString(), " ", "")) {
      assertThat(second.rest()).contains("succeeded 5\n").contains("created 0\n");
    }
    assertThat(bedrock.requests()).isEqualTo(RecordedFixtures.EVERY_WAY);
  }

  @Test
  void run_inCiWithoutRecordings_failsAndAsksNothing() throws Exception {
    try (ChildJvm ci =
        ChildJvm.start(
            RecordedRun.class,
            Map.of("CI", "true"),
            root.toString(),
            " ",
            bedrock.endpoint().toString())) {
      assertThat(ci.rest())
          .contains("succeeded 0\n")
          .contains("created 0\n")
          .contains("RecordedFixtures$EveryWay#asksByField");
    }
    assertThat(bedrock.requests()).isZero();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void replay_whenUnrecorded_namesAllThatIsNeededAndNothingOfThePrompt() {
    String failure = failing("replay", RecordedFixtures.OneQuestion.class);
    assertThat(failure)
        .contains("UnrecordedCallException")
        .contains("RecordedFixtures$OneQuestion#asks called Converse of " + Asked.MODEL)
        .contains(root.resolve(RecordedFixtures.OneQuestion.class.getName()) + "/Converse-")
        .contains("mvn test -Dtest='RecordedFixtures$OneQuestion#asks' -Dbedrock.recordings=record")
        .doesNotContain("squat");
    String looked = failure.replaceAll("(?s).*/(Converse-[0-9a-f]{64}\\.json).*", "$1");
    passing("record", RecordedFixtures.OneQuestion.class);
    assertThat(recordings().firstKey()).endsWith("/" + looked);
  }

  @Test
  void replay_whenAnAsyncCallIsUnrecorded_failsItsFuture() {
    EngineExecutionResults results =
        RecordedRun.of(root, "replay", RecordedFixtures.StreamsUnrecorded.class);
    assertThat(RecordedRun.failures(results))
        .hasSize(2)
        .anyMatch(text -> text.contains("StreamsUnrecorded#stream called ConverseStream"))
        .anyMatch(text -> text.contains("StreamsUnrecorded#async called InvokeModel"))
        .allMatch(text -> text.contains("UnrecordedCallException"));
    assertThat(bedrock.requests()).isZero();
  }

  @Test
  void replay_whenTheCodeUnderTestCatchesTheException_failsTheTest() {
    assertThat(failing("replay", RecordedFixtures.Swallows.class))
        .contains("AssertionError")
        .contains("Swallows#fallsBack called Converse");
    assertThat(RecordedFixtures.ANSWERS).containsExactly("the model is not available");
    passing("record", RecordedFixtures.Swallows.class);
    passing("replay", RecordedFixtures.Swallows.class);
  }

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
  void refresh_whenATestFails_deletesNothing() {
    passing("record", RecordedFixtures.TwoQuestions.class);
    bedrock.answerWith(request -> Reply.error(429, "ThrottlingException", "slow down"));
    failing("refresh", RecordedFixtures.TwoQuestions.class);
    assertThat(recordings()).hasSize(2);
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

  private static Reply converse(String text, String stopReason) {
    return Reply.json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
            + text
            + "\"}]}},\"stopReason\":\""
            + stopReason
            + "\",\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3},"
            + "\"metrics\":{\"latencyMs\":1}}");
  }

  @Test
  void tests_whenPerClass_shareTheClientsOfTheClass() {
    List<String> first = passing("record", RecordedFixtures.PerClass.class);
    assertThat(first).hasSize(8);
    assertThat(bedrock.requests()).isEqualTo(4);
    stopBedrock();
    passing("replay", RecordedFixtures.PerClass.class);
    assertThat(RecordedFixtures.PerClass.shared).isNull();
  }

  @Test
  void tests_whenAMethodIsAnnotated_getClientsThereAlone() {
    passing("record", RecordedFixtures.OneMethod.class);
    assertThat(bedrock.requests()).isEqualTo(1);
    stopBedrock();
    passing("replay", RecordedFixtures.OneMethod.class);
  }

  @Test
  void tests_whenTheyRunAtOnce_askOnce() {
    bedrock.hold();
    Thread release =
        new Thread(
            () -> {
              bedrock.awaitRequests(1);
              bedrock.release();
            });
    release.start();
    List<String> answers = passing("record", RecordedFixtures.AtOnce.class);
    assertThat(answers).hasSize(16);
    assertThat(Set.copyOf(answers)).hasSize(2);
    assertThat(bedrock.requests()).isEqualTo(2);
    stopBedrock();
    assertThat(passing("replay", RecordedFixtures.AtOnce.class)).hasSize(16);
  }

  @Test
  void client_whenTheCodeUnderTestHasACacheOfItsOwn_isRecordedBehindIt() {
    passing("record", RecordedFixtures.OwnCache.class);
    assertThat(bedrock.requests()).isEqualTo(1);
    stopBedrock();
    passing("replay", RecordedFixtures.OwnCache.class);
  }

  @Test
  void client_whenAnOperationIsNotRecorded_saysSo() {
    passing("record", RecordedFixtures.OtherOperation.class);
    assertThat(bedrock.requests()).isZero();
  }

  @Test
  void secrets_whenAnExpressionIsNotValid_failsTheTest() {
    assertThat(failing("record", RecordedFixtures.BadExpression.class))
        .contains("An expression of secrets() is not valid");
  }

  @ParameterizedTest
  @CsvSource({
    "AUTO, , , RECORD",
    "AUTO, , '', RECORD",
    "AUTO, , false, RECORD",
    "AUTO, , true, REPLAY",
    "AUTO, , 1, REPLAY",
    "RECORD, , true, RECORD",
    "REPLAY, , , REPLAY",
    "REPLAY, record, true, RECORD",
    "AUTO, Refresh, true, REFRESH",
    "RECORD, auto, true, REPLAY",
  })
  void mode_isThatOfTheRunBeforeThatOfTheTest(
      Mode declared, @Nullable String property, @Nullable String ci, Mode expected) {
    assertThat(RecordedBedrockExtension.mode(declared, property == null ? "" : property, ci))
        .isEqualTo(expected);
  }

  @Test
  void mode_whenUnknown_saysWhatThereIs() {
    assertThatThrownBy(() -> RecordedBedrockExtension.mode(Mode.AUTO, "rewind", null))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessageContaining("record, replay, refresh or auto");
  }
}
