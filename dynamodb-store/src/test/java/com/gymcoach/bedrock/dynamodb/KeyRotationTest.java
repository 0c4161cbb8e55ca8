package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The three deployments of docs/scoping-and-privacy.md, by processes that share a table. */
@Timeout(120)
class KeyRotationTest {
  private static final int OLD = 1;
  private static final int NEW = 2;

  private final String table = Dynamo.table();
  private final BedrockStandIn bedrock =
      BedrockStandIn.start().answerWith(request -> Caller.reply("an answer"));

  @AfterEach
  void stop() {
    bedrock.close();
  }

  private RotatingService service(int... secrets) throws IOException {
    return new RotatingService(bedrock.endpoint(), table, secrets);
  }

  @Test
  void invalidate_duringEachDeploymentOfAChange_isObeyedByTheOtherProcess() throws IOException {
    try (RotatingService before = service(OLD);
        RotatingService first = service(OLD, NEW);
        RotatingService second = service(NEW, OLD);
        RotatingService third = service(NEW)) {
      assertThat(before.ask()).startsWith("BEDROCK");
      assertThat(first.ask()).as("the entries are still the old ones").startsWith("WARM");
      assertEachObeys(before, first);
      assertThat(first.ask()).startsWith("BEDROCK");
      assertThat(second.ask()).as("the entries are the new ones").startsWith("BEDROCK");
      assertEachObeys(first, second);
      assertThat(second.ask()).startsWith("BEDROCK");
      assertThat(third.ask()).startsWith("WARM");
      assertEachObeys(second, third);
    }
  }

  /** The control: without the deployments in between, an invalidation is lost. */
  @Test
  void invalidate_whenTheSecretIsChangedInOneStep_isNotSeenByTheOtherProcess() throws IOException {
    try (RotatingService before = service(OLD);
        RotatingService after = service(NEW)) {
      before.ask();
      assertThat(after.invalidate()).isEqualTo("0");
      assertThat(before.ask()).startsWith("HOT");
    }
  }

  private static void assertEachObeys(RotatingService one, RotatingService other)
      throws IOException {
    assertObeys(one, other);
    assertObeys(other, one);
    one.invalidate(); // the latest request
  }

  private static void assertObeys(RotatingService serving, RotatingService invalidating)
      throws IOException {
    serving.ask();
    assertThat(serving.ask()).startsWith("HOT");
    assertThat(invalidating.invalidate()).isNotEqualTo("0");
    assertThat(serving.ask()).startsWith("BEDROCK");
  }
}
