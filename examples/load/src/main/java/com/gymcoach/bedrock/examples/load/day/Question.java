package com.gymcoach.bedrock.examples.load.day;

import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.examples.load.Stamp;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A question of a user. All users ask the same ones, so that only the scope keeps their answers
 * apart. The number decides which route it is for.
 */
record Question(String user, int number) {
  private static final Pattern NUMBER = Pattern.compile("question number ([0-9]+) of many");

  /** A route of the API: its path, a body, and where its reply has the answer. */
  private record Route(String path, String body, String answer) {}

  private static final List<Route> ROUTES =
      List.of(
          new Route("chat", "{\"message\":\"%s\"}", "/data/response"),
          new Route("workout-plan/generate", "{\"goals\":[\"%s\"]}", "/plan"),
          new Route("meal-plan/generate", "{\"goals\":[\"%s\"]}", "/plan"),
          new Route("form-check", "{\"exerciseName\":\"%s\"}", "/formTips"),
          new Route("motivation", "{\"context\":\"%s\"}", "/motivation"),
          new Route("nutrition/analyze", "{\"food\":\"%s\"}", "/analysis"));

  String path() {
    return "/api/ai/" + route().path();
  }

  String body() {
    return route().body().formatted("question number " + number + " of many");
  }

  /** Returns the answer in a reply's body. */
  String answer(JsonNode reply) {
    return reply.at(route().answer()).asText();
  }

  /** Returns the digest that the answer must contain. */
  String digest() {
    return digest(number);
  }

  /** Returns the digest of the question that is in a prompt. */
  static String digestIn(String prompt) {
    Matcher number = NUMBER.matcher(prompt);
    return digest(number.find() ? Integer.parseInt(number.group(1)) : -1);
  }

  private static String digest(int number) {
    return Stamp.requestDigest("Converse", ModelStandIn.MODEL, String.valueOf(number));
  }

  private Route route() {
    return ROUTES.get(number % ROUTES.size());
  }
}
