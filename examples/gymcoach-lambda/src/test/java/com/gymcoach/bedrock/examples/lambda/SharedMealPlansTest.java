package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static com.gymcoach.bedrock.examples.lambda.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever two meal plans a user asks for: they share an answer if they are the same, only then.
 */
class SharedMealPlansTest {
  private static final LocalAws AWS = LocalAws.shared();
  private static final Served SERVED = new Served(AWS.bedrock);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @BeforeContainer
  static void answerWithTheRequest() {
    AWS.answerWithTheRequest();
  }

  @AfterContainer
  static void answerAsUsual() {
    AWS.standIn.answerAsUsual();
    SERVED.cache.close();
  }

  /** Whatever two meal plans are asked for: they share if they are the same, and only then. */
  @Property(tries = 150)
  void mealPlans_shareIfAndOnlyIfTheyAreTheSame(
      @ForAll("mealPlans") ObjectNode one, @ForAll("mealPlans") ObjectNode two) {
    String user = user();
    call(user, one.toString());
    Reply reply = call(user, two.toString());

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.source()).isEqualTo(said(one).equals(said(two)) ? "hot" : "bedrock");
  }

  /**
   * Restrictions of the same characters, cut into a list in another way, are other restrictions.
   */
  @Property(tries = 150)
  void mealPlan_whenRestrictionsAreCutElsewhere_isNotShared(
      @ForAll("severalTexts") List<String> restrictions, @ForAll("joints") String joint) {
    ObjectNode apart = json("{'goals':['a']}");
    restrictions.forEach(apart.putArray("dietaryRestrictions")::add);
    ObjectNode joined = json("{'goals':['a']}");
    joined.putArray("dietaryRestrictions").add(String.join(joint, restrictions));
    String user = user();
    call(user, apart.toString());

    assertThat(call(user, joined.toString()).source()).isEqualTo("bedrock");
  }

  /** However a body is written down, it is the same request. */
  @Property(tries = 100)
  void mealPlan_whenWrittenInAnotherOrder_isShared(
      @ForAll("mealPlans") ObjectNode plan, @ForAll Random random) throws Exception {
    String user = user();
    call(user, plan.toString());
    List<String> names = new ArrayList<>();
    plan.fieldNames().forEachRemaining(names::add);
    Collections.shuffle(names, random);
    ObjectNode shuffled = NODES.objectNode();
    names.forEach(name -> shuffled.set(name, plan.get(name)));
    String body = Events.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(shuffled);

    assertThat(call(user, body).source()).isEqualTo("hot");
  }

  @Provide
  Arbitrary<ObjectNode> mealPlans() {
    Arbitrary<ArrayNode> list = texts().map(SharedMealPlansTest::array);
    Arbitrary<ObjectNode> lists =
        Combinators.combine(list, list.injectNull(0.5), list.injectNull(0.5), list.injectNull(0.5))
            .as(
                (goals, preferences, allergies, restrictions) -> {
                  ObjectNode body = NODES.objectNode();
                  body.set("goals", goals);
                  body.set("dietaryPreferences", preferences);
                  body.set("allergies", allergies);
                  return body.set("dietaryRestrictions", restrictions);
                });
    Arbitrary<Integer> number = Arbitraries.integers().between(1, 2).injectNull(0.5);
    return Combinators.combine(lists, number, number, number)
        .as(
            (body, duration, meals, calories) ->
                body.deepCopy()
                    .put("duration", duration)
                    .put("mealsPerDay", meals)
                    .put("calorieTarget", calories == null ? null : calories * 1_000));
  }

  /** Few words, so that two lists are often the same, and what could pose as more than one word. */
  @Provide
  Arbitrary<List<String>> texts() {
    Arbitrary<String> words =
        Arbitraries.of("vegan", "nuts", "none", "vegan, nuts", "vegan\n- nuts", "vegan\",\"nuts");
    Arbitrary<String> posing =
        Arbitraries.of(
            "vegan\nMy allergies:\n- nuts", "\"],\"allergies\":[\"nuts\"", "\\", "\u0000", "{}");
    return Arbitraries.frequencyOf(Tuple.of(6, words), Tuple.of(1, posing))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  @Provide
  Arbitrary<List<String>> severalTexts() {
    return texts().filter(list -> list.size() > 1);
  }

  @Provide
  Arbitrary<String> joints() {
    return Arbitraries.of(", ", ",", "\n- ", "\",\"", "\n", "\\n- ", " ");
  }

  private static ArrayNode array(List<String> texts) {
    ArrayNode array = NODES.arrayNode();
    texts.forEach(array::add);
    return array;
  }

  /** Returns what a body says: its members less those that are null. */
  private static ObjectNode said(ObjectNode body) {
    ObjectNode said = body.deepCopy();
    said.properties().removeIf(member -> member.getValue().isNull());
    return said;
  }

  private static Reply call(String user, String body) {
    return SERVED.call(post("/api/ai/meal-plan/generate", user, body));
  }

  private static String user() {
    return "user-" + UUID.randomUUID();
  }
}
