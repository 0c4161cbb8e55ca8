package com.gymcoach.bedrock.examples.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever comes in: a reply that API Gateway understands, and never an exception. */
class AnyEventTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Served SERVED = new Served(LocalAws.shared());

  @Property(tries = 500)
  void bytes_areAnswered(@ForAll byte[] event) {
    Reply reply = Reply.of(SERVED.send(event, 30_000));

    assertThat(reply.status()).isIn(400, 404);
    assertThat(reply.body().size()).isEqualTo(2);
  }

  @Property(tries = 300)
  void json_isAnswered(@ForAll("anyJson") JsonNode event) {
    Reply reply = Reply.of(SERVED.send(bytes(event), 30_000));

    assertThat(reply.status()).isIn(400, 404);
  }

  @Property(tries = 300)
  void requests_areAnswered(
      @ForAll("routes") String route,
      @ForAll("anyJson") JsonNode subject,
      @ForAll("anyBody") JsonNode body) {
    ObjectNode event = Events.post(route, "somebody", body.toString());
    Events.claims(event).set("sub", subject);
    Reply reply = Reply.of(SERVED.send(bytes(event), 30_000));

    assertThat(reply.status()).isIn(200, 400, 401, 403, 405);
    if (reply.status() != 200) {
      assertThat(reply.body().fieldNames())
          .toIterable()
          .containsExactlyInAnyOrder("error", "message");
    }
  }

  @Provide
  Arbitrary<String> routes() {
    return Arbitraries.of(
        "/api/ai/chat",
        "/api/ai/workout-plan/generate",
        "/api/ai/meal-plan/generate",
        "/api/ai/progress/analyze",
        "/api/ai/form-check",
        "/api/ai/motivation",
        "/api/ai/nutrition/analyze",
        "/api/ai/workout/substitute",
        "/api/ai/performance/analyze",
        "/api/ai/rate-limit",
        "/api/ai/cache/stats",
        "/api/ai/cache/invalidate");
  }

  @Provide
  Arbitrary<JsonNode> anyJson() {
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(20).map(JSON::textNode),
            Arbitraries.integers().map(JSON::numberNode),
            Arbitraries.doubles().map(JSON::numberNode),
            Arbitraries.of(JSON.booleanNode(true), JSON.booleanNode(false), JSON.nullNode()));
    return Arbitraries.recursive(
        () -> leaves,
        inner -> Arbitraries.oneOf(inner, inner.list().ofMaxSize(4).map(AnyEventTest::array)),
        0,
        2);
  }

  /** Bodies of the members that routes look at, most of them wrong. */
  @Provide
  Arbitrary<JsonNode> anyBody() {
    Arbitrary<String> names =
        Arbitraries.of(
            "message",
            "conversationId",
            "context",
            "goals",
            "duration",
            "daysPerWeek",
            "equipment",
            "allergies",
            "dietaryPreferences",
            "dietaryRestrictions",
            "mealsPerDay",
            "calorieTarget",
            "timeRange",
            "exerciseName",
            "issueDescription",
            "invalidateAll",
            "endpointType",
            "userId");
    return Combinators.combine(names.list().ofMaxSize(6), anyJson().list().ofSize(6))
        .as(
            (members, values) -> {
              ObjectNode body = JSON.objectNode();
              for (int i = 0; i < members.size(); i++) {
                body.set(members.get(i), values.get(i));
              }
              return body;
            });
  }

  private static JsonNode array(List<JsonNode> items) {
    ArrayNode array = JSON.arrayNode();
    return array.addAll(items);
  }

  private static byte[] bytes(JsonNode event) {
    return event.toString().getBytes(StandardCharsets.UTF_8);
  }
}
