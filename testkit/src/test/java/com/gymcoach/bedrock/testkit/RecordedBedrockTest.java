package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** Which calls a test with recordings makes, and what it gets. */
class RecordedBedrockTest extends RecordedBedrockCase {
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
}
