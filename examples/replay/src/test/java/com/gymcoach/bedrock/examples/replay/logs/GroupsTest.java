package com.gymcoach.bedrock.examples.replay.logs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupsTest {

  @ParameterizedTest
  @CsvSource({
    "arn:aws:sts::123456789012:assumed-role/coach-api/i-0abc, coach-api",
    "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Dev_1/jane@example.com,"
        + " AWSReservedSSO_Dev_1",
    "arn:aws:iam::123456789012:role/path/of/worker, worker",
    "arn:aws:iam::123456789012:user/jane, iam-user",
    "arn:aws:sts::123456789012:federated-user/jane, federated-user",
    "arn:aws:iam::123456789012:root, (none)",
    "'', (none)"
  })
  void ofIdentity_namesARoleButNoPerson(String arn, String endpoint) {
    assertThat(Groups.ofIdentity(arn)).isEqualTo(endpoint);
  }

  @Test
  void name_ofAnyValue_isOneThatAScopeAccepts() {
    assertThat(Groups.name("plan <b>")).isEqualTo("plan__b_");
    assertThat(Groups.name("x".repeat(100))).hasSize(64);
    assertThat(Groups.name("")).isEqualTo("(none)");
  }

  @Test
  void of_aModelThatWouldControlATerminal_namesItWithoutThat() {
    Groups groups = new Groups();
    groups.of("us.a.b-1:0/\u001b[2J\u0000é<i>" + "x".repeat(500), "chat");
    groups.of("arn:aws:bedrock:us-east-1:1:inference-profile/us.a.b-1:0", "chat");

    assertThat(groups.all().get(0).model()).startsWith("us.a.b-1:0/_[2J__<i>x").hasSize(200);
    assertThat(groups.all().get(1).model())
        .isEqualTo("arn:aws:bedrock:us-east-1:1:inference-profile/us.a.b-1:0");
  }

  @Test
  void of_moreThanTheMostGroups_countsTheLaterOnesTogether() {
    Groups groups = new Groups();
    for (int i = 0; i < 10_000; i++) {
      groups.of("model", "endpoint-" + i);
    }

    assertThat(groups.all()).hasSize(Groups.MOST + 1).endsWith(Groups.OTHERS);
    assertThat(groups.of("model", "endpoint-3")).isEqualTo(3);
    assertThat(groups.of("model", "endpoint-9999")).isEqualTo(Groups.MOST);
  }
}
