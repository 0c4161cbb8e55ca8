package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import software.amazon.awssdk.regions.Region;

/** What the tests of recordings share: a stand-in for Bedrock and an empty folder. */
abstract class RecordedBedrockCase {
  final BedrockStandIn bedrock = BedrockStandIn.start();
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

  List<String> passing(String mode, Class<?> tests) {
    assertThat(RecordedRun.failures(RecordedRun.of(root, mode, tests))).isEmpty();
    return List.copyOf(RecordedFixtures.ANSWERS);
  }

  String failing(String mode, Class<?> tests) {
    EngineExecutionResults results = RecordedRun.of(root, mode, tests);
    assertThat(RecordedRun.failures(results)).isNotEmpty();
    return String.join("\n", RecordedRun.failures(results));
  }

  SortedMap<String, String> recordings() {
    return RecordedRun.recordings(root);
  }

  void stopBedrock() {
    bedrock.stop();
    LocalClients.endpoint = null; // to create a client fails from now on
  }

  static Reply converse(String text, String stopReason) {
    return Reply.json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
            + text
            + "\"}]}},\"stopReason\":\""
            + stopReason
            + "\",\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3},"
            + "\"metrics\":{\"latencyMs\":1}}");
  }
}
