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
import java.util.TreeMap;
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
        .contains("If the request is as it was, this version of bedrock-cache has other keys")
        .doesNotContain("squat");
    String looked = failure.replaceAll("(?s).*/(Converse-[0-9a-f]{64}\\.json).*", "$1");
    passing("record", RecordedFixtures.OneQuestion.class);
    assertThat(recordings().firstKey()).endsWith("/" + looked);
  }

  @ParameterizedTest
  @CsvSource({
    "\"bedrock-cache\" : 1, \"bedrock-cache\" : 2, cannot read the recording",
    "\"status\" : 200, \"status\" : 7, cannot read the recording",
    "\"status\" : 200, \"status\" : true, cannot read the recording",
    "\"operation\" : \"Converse\", \"operation\" : \"-1\", cannot read the recording",
    "\"address\" : \", \"address\" : \"0, cannot read the recording",
    "\"operation\" : \"Converse\", \"operation\" : \"InvokeModel\", is not one of a complete answer",
  })
  void replay_whenTheRecordingCannotBeUsed_saysSoAndHowToMakeItAgain(
      String part, String changed, String why) throws Exception {
    passing("record", RecordedFixtures.OneQuestion.class);
    SortedMap<String, String> recorded = recordings();
    Path file = root.resolve(recorded.firstKey());
    String before = recorded.values().iterator().next();
    String other = before.replace(part, changed);
    assertThat(other).isNotEqualTo(before);
    Files.writeString(file, other);
    assertThat(failing("replay", RecordedFixtures.OneQuestion.class))
        .contains(why)
        .contains(file.toString())
        .contains("-Dtest='RecordedFixtures$OneQuestion#asks' -Dbedrock.recordings=refresh")
        .doesNotContain("there is no recording", "shoulder");
    assertThat(bedrock.requests()).isEqualTo(1);
    passing("record", RecordedFixtures.OneQuestion.class); // asks for that answer again
    assertThat(bedrock.requests()).isEqualTo(2);
    assertThat(recordings()).isEqualTo(recorded);
  }

  @Test
  void run_ofTwoProcessesThatRecordTheSameAtOnce_leavesRecordingsThatBothCanRead()
      throws Exception {
    String endpoint = bedrock.endpoint().toString();
    try (ChildJvm one =
            ChildJvm.start(RecordedRun.class, Map.of(), root.toString(), "record", endpoint);
        ChildJvm other =
            ChildJvm.start(RecordedRun.class, Map.of(), root.toString(), "record", endpoint)) {
      assertThat(one.rest()).contains("succeeded 5\n");
      assertThat(other.rest()).contains("succeeded 5\n");
    }
    assertThat(recordings()).hasSize(RecordedFixtures.EVERY_WAY); // and nothing unfinished
    stopBedrock();
    passing("replay", RecordedFixtures.EveryWay.class);
  }

  @Test
  void replay_ofAModelNamedByAnArn_findsWhatWasRecordedWithoutItsAccount() {
    passing("record", RecordedFixtures.Profile.class);
    assertThat(recordings().values())
        .allMatch(text -> text.contains("bedrock:us-east-1:000000000000:"))
        .noneMatch(text -> text.contains("987654321098"));
    stopBedrock();
    passing("replay", RecordedFixtures.Profile.class);
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
  void tests_whenAnotherExtensionHasAnAnnotationForAParameter_getItsObject() {
    passing("record", RecordedFixtures.OtherExtension.class);
    assertThat(bedrock.requests()).isEqualTo(1);
  }

  @Test
  void tests_whenMethodsOfOneInstanceAreAnnotated_getAClientEach() {
    assertThat(passing("record", RecordedFixtures.MethodsOfOneInstance.class))
        .containsExactlyInAnyOrder(
            "recorded Bedrock for RecordedFixtures$MethodsOfOneInstance#one",
            "recorded Bedrock for RecordedFixtures$MethodsOfOneInstance#two");
  }

  @Test
  void client_afterItsTestHasEnded_createsNoOther() {
    passing("record", RecordedFixtures.Keeps.class);
    assertThatThrownBy(() -> Asked.converse(RecordedFixtures.Keeps.kept, "late"))
        .hasStackTraceContaining("The test that this client was given to has ended");
    assertThat(LocalClients.CREATED).hasValue(0);
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
    "AUTO, , CI=, RECORD",
    "AUTO, , CI=false, RECORD",
    "AUTO, , CI=true, REPLAY",
    "AUTO, , CI=1, REPLAY",
    "AUTO, , HOME=/root, RECORD",
    "AUTO, , CODEBUILD_BUILD_ID=coach:1, REPLAY",
    "AUTO, , TF_BUILD=True, REPLAY",
    "AUTO, , JENKINS_URL=https://jenkins, REPLAY",
    "AUTO, , TEAMCITY_VERSION=2026, REPLAY",
    "AUTO, , bamboo_buildKey=COACH, REPLAY",
    "AUTO, , CI=FALSE CODEBUILD_BUILD_ID=coach:1, RECORD",
    "RECORD, , CI=true, RECORD",
    "REPLAY, , , REPLAY",
    "REPLAY, record, CI=true, RECORD",
    "AUTO, Refresh, CI=true, REFRESH",
    "RECORD, auto, CI=true, REPLAY",
  })
  void mode_isThatOfTheRunBeforeThatOfTheTest(
      Mode declared, @Nullable String property, @Nullable String variables, Mode expected) {
    Map<String, String> environment = new TreeMap<>();
    for (String variable : variables == null ? new String[0] : variables.split(" ")) {
      String[] parts = variable.split("=", 2);
      environment.put(parts[0], parts[1]);
    }
    assertThat(RecordingMode.of(declared, property == null ? "" : property, environment))
        .isEqualTo(expected);
  }

  @Test
  void mode_whenUnknown_saysWhatThereIs() {
    assertThatThrownBy(() -> RecordingMode.of(Mode.AUTO, "rewind", Map.of()))
        .isInstanceOf(ExtensionConfigurationException.class)
        .hasMessageContaining("record, replay, refresh or auto");
  }
}
