package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.chat;
import static com.gymcoach.bedrock.examples.lambda.Events.event;
import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered and not kept. */
class NotKeptTest extends GymCoachFunctionSetUp {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'message':'What shall a zebra do TODAY?'}",
        "{'message':'I am a zebra at the moment'}",
        "{'message':'I am a zebra\\ntoday'}",
        "{'message':'zebra','context':{'plans':[{'tonight':'run'}]}}",
        "{'message':'zebra','context':{'mood':'tired this morning'}}",
        "{'message':'zebra','context':{'recentMessages':[{'role':'user'}]}}",
        "{'message':'zebra','context':{'recentMessages':'we spoke'}}"
      })
  void chat_whenAboutTodayOrInAConversation_isNotKept(String body) {
    ObjectNode event = post("/api/ai/chat", alice, body.replace('\'', '"'));
    served.call(event);
    Reply again = served.call(event);

    assertThat(again.source()).isEqualTo("bedrock");
    assertThat(again.body().path("cached").booleanValue()).isFalse();
    assertThat(arrived()).isEqualTo(2);
    assertThat(served.cache.stats().total().writes()).isZero();
  }

  @Test
  void progress_whenAboutToday_isNotKept() {
    ObjectNode event = post("/api/ai/progress/analyze", alice, "{\"timeRange\":\"today's zebra\"}");
    served.call(event);

    assertThat(served.call(event).source()).isEqualTo("bedrock");
  }

  @Test
  void freeBody_whenItHasRecentMessages_isNotKept() {
    ObjectNode event =
        post("/api/ai/performance/analyze", alice, "{\"recentMessages\":[\"zebra\"]}");
    served.call(event);

    assertThat(served.call(event).source()).isEqualTo("bedrock");
  }

  @Test
  void freeBody_whenItHas16000Characters_isAnswered() {
    String body = "{\"a\":\"" + "z".repeat(15_992) + "\"}";

    assertThat(served.call(post("/api/ai/nutrition/analyze", alice, body)).status()).isEqualTo(200);
  }

  @Test
  void chat_whenTheTableIsDown_isAnsweredByTheModel() {
    AWS.local.stop();
    try {
      Reply reply = served.call(chat(alice, "zebra"));

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.source()).isEqualTo("bedrock");
    } finally {
      AWS.local.resume();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "no number"})
  void rollout_whenForNobody_goesPastTheCache(String percent) {
    Served without = new Served(AWS, AWS.bedrock, Map.of("CACHE_ROLLOUT_PERCENT", percent));
    without.call(chat(alice, "zebra"));

    assertThat(without.call(chat(alice, "zebra")).source()).isEqualTo("bedrock");
    without.cache.close();
  }
}
