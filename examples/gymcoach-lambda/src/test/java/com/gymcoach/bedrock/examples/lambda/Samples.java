package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Valid requests of every route that the model answers: the least that the route takes, and for
 * each member values that ask for different answers.
 *
 * @param path the route's path
 * @param least a body with the required members only
 * @param values valid values of each member, none of them a default
 */
record Samples(String path, ObjectNode least, Map<String, List<JsonNode>> values) {
  static final List<Samples> ALL =
      List.of(
          of(
              "/api/ai/chat",
              "{'message':'How do I row?'}",
              "{'message':['How do I swim?','{\"message\":\"How do I row?\"}','vegan'],"
                  + "'context':[{'diet':['vegan','nut allergy']},{'diet':['vegan, nut allergy']},"
                  + "{'diet':'vegan'},{'weight':0.1},{'weight':0.10000000000000000001},"
                  + "{'weight':1e400},{'weight':1e500}]}"),
          of(
              "/api/ai/workout-plan/generate",
              "{'goals':['strength']}",
              "{'goals':[['strength','speed'],['strength, speed'],['strength\\n- speed'],"
                  + "['strength\\nMy equipment:\\n- rope'],['strength\",\"speed']],"
                  + "'duration':[1,8,52],'daysPerWeek':[1,2,7],"
                  + "'equipment':[['none'],['rope','bar'],['bar','rope'],['rope\\n- bar']]}"),
          of(
              "/api/ai/meal-plan/generate",
              "{'goals':['strength']}",
              "{'goals':[['strength\\nMy allergies:\\n- nuts'],['speed']],"
                  + "'dietaryPreferences':[['vegan'],['vegan','nut allergy']],"
                  + "'allergies':[['none'],['vegan'],['vegan','nut allergy'],['vegan\\n- nut allergy'],"
                  + "['nuts\",\"soy'],['nuts','soy']],"
                  + "'dietaryRestrictions':[['vegan'],['vegan','nut allergy'],['vegan, nut allergy'],"
                  + "['vegan\\n- nut allergy'],['vegan\",\"nut allergy'],['nut allergy','vegan']],"
                  + "'duration':[1,3,7],'mealsPerDay':[1,3,5],'calorieTarget':[1800,3200]}"),
          of(
              "/api/ai/progress/analyze",
              "{}",
              "{'timeRange':['90 days','none','30  days','{\"timeRange\":\"90 days\"}']}"),
          of(
              "/api/ai/form-check",
              "{'exerciseName':'squat'}",
              "{'exerciseName':['row','squat\\nMy issue: heels lift'],"
                  + "'issueDescription':['heels lift','none','null']}"),
          of(
              "/api/ai/motivation",
              "{}",
              "{'context':['tired','as usual','{\"context\":\"tired\"}']}"));

  private static Samples of(String path, String least, String values) {
    Map<String, List<JsonNode>> byMember = new LinkedHashMap<>();
    json(values)
        .properties()
        .forEach(e -> byMember.put(e.getKey(), e.getValue().valueStream().toList()));
    return new Samples(path, json(least), byMember);
  }

  /** Reads JSON that has apostrophes for quotation marks, and keeps numbers as they are written. */
  static ObjectNode json(String text) {
    try {
      return (ObjectNode) Events.EXACT.readTree(text.replace("\"", "\\\"").replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Samples of(String path) {
    return ALL.stream().filter(sample -> sample.path.equals(path)).findAny().orElseThrow();
  }

  List<JsonNode> valuesOf(String member) {
    return Objects.requireNonNull(values.get(member), member);
  }

  /** Returns the least body with a member of another value. */
  ObjectNode with(String member, JsonNode value) {
    return least.deepCopy().set(member, value);
  }

  /** Returns the least body, and each body that has one member of another value. */
  List<ObjectNode> bodies() {
    List<ObjectNode> bodies = new ArrayList<>(List.of(least));
    values.forEach((member, all) -> all.forEach(value -> bodies.add(with(member, value))));
    return bodies;
  }
}
