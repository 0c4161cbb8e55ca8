package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static com.gymcoach.bedrock.examples.lambda.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which requests of one user share an answer: those that ask for the same, and no others. The
 * stand-in answers with the request that it got, so that a shared answer shows whose it is.
 */
class SharedAnswersTest {
  private static final LocalAws AWS = LocalAws.shared();
  private static final Served SERVED = new Served(AWS.bedrock);
  private static final String MEAL_PLAN = "/api/ai/meal-plan/generate";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final String alice = "alice-" + UUID.randomUUID();

  @BeforeAll
  static void answerWithTheRequest() {
    AWS.answerWithTheRequest();
  }

  @AfterAll
  static void answerAsUsual() {
    AWS.standIn.answerAsUsual();
  }

  /** As GymCoach's web client sends it, on the cache as the function builds it. */
  @Test
  void mealPlan_whenRestrictionsAndCaloriesDiffer_isNotShared() {
    Served served = new Served(AWS);
    JsonNode vegan =
        json(
            "{'goals':['lose weight'],'dietaryRestrictions':['vegan','nut allergy'],"
                + "'calorieTarget':1800}");
    JsonNode anything =
        json("{'goals':['lose weight'],'dietaryRestrictions':[],'calorieTarget':3200}");

    assertThat(served.call(post(MEAL_PLAN, alice, vegan.toString())).source()).isEqualTo("bedrock");
    Reply other = served.call(post(MEAL_PLAN, alice, anything.toString()));

    assertThat(other.source()).isEqualTo("bedrock");
    assertThat(other.body().path("plan").asText()).contains("3200").doesNotContain("nut allergy");
    served.cache.close();
  }

  static Stream<Samples> routes() {
    return Samples.ALL.stream();
  }

  /** One member is changed at a time: each body is answered by the model, for itself. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("routes")
  void answer_whenAMemberDiffers_isNotShared(Samples route) {
    Map<String, String> bodyByAnswer = new HashMap<>();
    for (ObjectNode body : route.bodies()) {
      Reply reply = SERVED.call(post(route.path(), alice, body.toString()));

      assertThat(reply.status()).as(body + ": " + reply.body()).isEqualTo(200);
      assertThat(bodyByAnswer.put(answer(reply), body.toString())).as(body.toString()).isNull();
      assertThat(reply.source()).as(body.toString()).isEqualTo("bedrock");
    }
    for (ObjectNode body : route.bodies()) {
      Reply again = SERVED.call(post(route.path(), alice, body.toString()));
      assertThat(again.source()).isEqualTo("hot");
      assertThat(bodyByAnswer.get(answer(again))).isEqualTo(body.toString());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("routes")
  void answer_whenOnlyOrderAndSpaceDiffer_isShared(Samples route) throws Exception {
    ObjectNode full = route.least().deepCopy();
    route.values().forEach((member, values) -> full.set(member, values.get(0)));
    if (full.path("context").isObject()) {
      full.set("context", json("{'a':{'b':1,'c':[{'d':1,'e':2}]},'f':null}"));
    }
    SERVED.call(post(route.path(), alice, full.toString()));
    String spaced = Events.EXACT.writerWithDefaultPrettyPrinter().writeValueAsString(turned(full));

    assertThat(SERVED.call(post(route.path(), alice, spaced)).source()).isEqualTo("hot");
    String base64 = Base64.getEncoder().encodeToString(spaced.getBytes(StandardCharsets.UTF_8));
    ObjectNode event = post(route.path(), alice, base64).put("isBase64Encoded", true);
    assertThat(SERVED.call(event).source()).isEqualTo("hot");
  }

  /** Null and a list without elements say as little as a member that is not there. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("routes")
  void answer_whenAMemberIsNullOrEmpty_isThatWithoutIt(Samples route) {
    SERVED.call(post(route.path(), alice, route.least().toString()));
    route
        .values()
        .forEach(
            (member, values) -> {
              if (!route.least().has(member)) {
                JsonNode empty =
                    switch (values.get(0).getNodeType()) {
                      case ARRAY -> NODES.arrayNode();
                      case OBJECT -> NODES.objectNode();
                      case STRING -> NODES.textNode(" \n");
                      default -> NODES.nullNode();
                    };
                for (JsonNode none : List.of(empty, NODES.nullNode())) {
                  String body = route.with(member, none).toString();
                  assertThat(SERVED.call(post(route.path(), alice, body)).source())
                      .as(body)
                      .isEqualTo("hot");
                }
              }
            });
  }

  /** Returns the same JSON with the members of each object in reverse. */
  private static JsonNode turned(JsonNode json) {
    if (json.isArray()) {
      ArrayNode array = NODES.arrayNode();
      json.forEach(element -> array.add(turned(element)));
      return array;
    }
    if (!json.isObject()) {
      return json;
    }
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    Collections.reverse(names);
    ObjectNode object = NODES.objectNode();
    names.forEach(name -> object.set(name, turned(json.get(name))));
    return object;
  }

  private static String answer(Reply reply) {
    return Stream.of("/data/response", "/plan", "/analysis", "/formTips", "/motivation")
        .map(at -> reply.body().at(at).asText())
        .filter(text -> !text.isEmpty())
        .findAny()
        .orElseThrow();
  }
}
