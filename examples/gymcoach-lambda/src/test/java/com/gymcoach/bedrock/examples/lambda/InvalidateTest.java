package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.chat;
import static com.gymcoach.bedrock.examples.lambda.Events.claims;
import static com.gymcoach.bedrock.examples.lambda.Events.event;
import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may invalidate what. */
class InvalidateTest extends GymCoachFunctionSetUp {
  private static final String ALL = "{\"invalidateAll\":true}";

  private static ObjectNode invalidate(String user, String body) {
    return post("/api/ai/cache/invalidate", user, body);
  }

  @Test
  void invalidate_whenOfAnEndpoint_leavesTheOthers() {
    served.call(chat(alice, "zebra"));
    served.call(post("/api/ai/motivation", alice, "{\"context\":\"zebra\"}"));
    Reply reply = served.call(invalidate(alice, "{\"endpointType\":\"chat\"}"));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "success", "message", "invalidatedCount", "userId", "endpointType", "timestamp");
    assertThat(reply.body().path("success").booleanValue()).isTrue();
    assertThat(reply.body().path("invalidatedCount").intValue()).isEqualTo(1);
    assertThat(reply.body().path("userId").asText()).isEqualTo(alice);
    assertThat(reply.body().path("endpointType").asText()).isEqualTo("chat");
    assertThat(served.call(chat(alice, "zebra")).source()).isEqualTo("bedrock");
    assertThat(served.call(post("/api/ai/motivation", alice, "{\"context\":\"zebra\"}")).source())
        .isEqualTo("hot");
  }

  @Test
  void invalidate_whenAll_leavesOtherUsers() {
    served.call(chat(alice, "zebra"));
    served.call(chat(bob, "zebra"));
    Reply reply = served.call(invalidate(alice, ALL));

    assertThat(reply.body().path("invalidatedCount").intValue()).isEqualTo(1);
    assertThat(reply.body().path("endpointType").isNull()).isTrue();
    assertThat(served.call(chat(alice, "zebra")).source()).isEqualTo("bedrock");
    assertThat(served.call(chat(bob, "zebra")).source()).isEqualTo("hot");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "none | 403",
        "'' | 403",
        "[notadmin] | 403",
        "[coaches notadmin admins] | 403",
        "[a,admin] | 403",
        "[[admin] | 403",
        "[Admin] | 403",
        "[admin] | 200",
        "[coaches admin] | 200",
        "[admin coaches] | 200"
      })
  void invalidate_whenForAnother_needsTheGroup(String groups, int status) {
    served.call(chat(bob, "zebra"));
    ObjectNode event =
        invalidate(alice, Events.json().put("userId", bob).put("invalidateAll", true).toString());
    if (groups != null) {
      claims(event).put("cognito:groups", groups);
    }
    Reply reply = served.call(event);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(served.call(chat(bob, "zebra")).source())
        .isEqualTo(status == 200 ? "bedrock" : "hot");
  }

  @Test
  void invalidate_whenGroupsAreAList_needsTheGroup() {
    String bobs = Events.json().put("userId", bob).put("endpointType", "chat").toString();
    ObjectNode event = invalidate(alice, bobs);
    claims(event).putArray("cognito:groups").add("coaches").add("notadmin");
    assertThat(served.call(event).status()).isEqualTo(403);
    claims(event).putArray("cognito:groups").add("coaches").add("admin");
    Reply reply = served.call(event);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().path("userId").asText()).isEqualTo(bob);
  }

  /** A blank id must not mean the admin: it was to be somebody else's. */
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u00a0", "\ufeff\n"})
  void invalidate_whenAnAdminsUserIdIsBlank_isRefused(String blank) {
    served.call(chat(alice, "zebra"));
    ObjectNode body = Events.json().put("userId", blank).put("invalidateAll", true);
    ObjectNode event = invalidate(alice, body.toString());
    claims(event).put("cognito:groups", "[admin]");
    Reply reply = served.call(event);

    assertError(reply, 400);
    assertThat(reply.body().path("message").asText()).startsWith("userId must be ");
    assertThat(served.call(chat(alice, "zebra")).source()).isEqualTo("hot");
  }

  @Test
  void invalidate_whenOwnIdIsGiven_needsNoGroup() {
    ObjectNode own = Events.json().put("userId", alice).put("invalidateAll", true);

    assertThat(served.call(invalidate(alice, own.toString())).status()).isEqualTo(200);
  }

  @Test
  void invalidate_whenTheTableDoesNotAcknowledge_saysToTryAgain() {
    served.call(chat(alice, "zebra"));
    AWS.local.stop();
    try {
      Reply reply = served.call(invalidate(alice, ALL));

      assertError(reply, 500);
      assertThat(reply.body().path("message").asText()).contains("try again");
      assertThat(log.text()).contains("SdkClientException");
    } finally {
      AWS.local.resume();
    }
    assertThat(served.call(invalidate(alice, ALL)).status()).isEqualTo(200);
  }
}
