package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.fuzz.Checks.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Checks;
import com.gymcoach.bedrock.fuzz.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Events of API Gateway with the claims of a token. The user and the admin are those of the
 * verified claims, by the judgement of a plain parser, or the request is refused as documented.
 */
public final class ApiRequestFuzz implements Target {
  private static final int PER_BYTE = 1_024;
  private static final int BASE = 256 * 1_024;
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<Question> QUESTIONS =
      List.of(Question.CHAT, Question.WORKOUT_PLAN, Question.MEAL_PLAN, Question.NUTRITION);

  @Override
  public List<byte[]> seeds() {
    return Checks.texts(
        "{\"version\":\"2.0\",\"rawPath\":\"/ai/chat\",\"headers\":{\"authorization\":\"Bearer x\"},"
            + "\"requestContext\":{\"http\":{\"method\":\"POST\"},\"authorizer\":{\"jwt\":{\"claims\":"
            + "{\"sub\":\"alice\",\"cognito:groups\":\"[admin coaches]\"}}}},"
            + "\"body\":\"{\\\"message\\\":\\\"Hi\\\"}\",\"isBase64Encoded\":false}",
        "{\"rawPath\":\"/x\",\"requestContext\":{\"http\":{\"method\":\"POST\"},\"authorizer\":{\"jwt\":"
            + "{\"claims\":{\"sub\":\"bob\",\"cognito:groups\":[\"admin\"]}}}},"
            + "\"body\":\"eyJnb2FscyI6WyJhIl0sImR1cmF0aW9uIjo0LjB9\",\"isBase64Encoded\":true}",
        "{\"requestContext\":{\"http\":{\"method\":\"POST\"},\"authorizer\":{\"jwt\":{\"claims\":"
            + "{\"sub\":\"c\"}}}},\"body\":\"{\\\"goals\\\":[\\\"a\\\"],\\\"duration\\\":7,"
            + "\\\"calorieTarget\\\":2e3}\"}");
  }

  @Override
  public boolean accepts(byte[] input) throws IOException {
    ApiRequest request;
    String user;
    try {
      request =
          Bounds.within(input, PER_BYTE, BASE, () -> ApiRequest.of(input, Duration.ofSeconds(1)));
      user = request.user();
    } catch (ApiException refused) { // as documented
      require(refused.status == 400 || refused.status == 401, "Refused as " + refused.status);
      return false;
    }
    JsonNode context = JSON.readTree(input).path("requestContext");
    JsonNode claims = context.path("authorizer").path("jwt").path("claims");
    require(claims.path("sub").isTextual(), "A user without a token");
    require(user.equals(claims.path("sub").textValue()) && !user.isBlank(), "Another user");
    require(
        request.isAdmin() == isInGroup(claims.path("cognito:groups"), "admin"),
        "An admin without the group, or the other way round");
    for (Question question : QUESTIONS) {
      read(request, question, input);
    }
    return true;
  }

  private static boolean isInGroup(JsonNode groups, String name) {
    if (groups.isArray()) {
      return groups.valueStream().anyMatch(group -> group.asText().equals(name));
    }
    String text = groups.asText();
    String from = text.startsWith("[") ? text.substring(1) : text;
    String names = from.endsWith("]") ? from.substring(0, from.length() - 1) : from;
    return (" " + names + " ").contains(" " + name + " ");
  }

  private static void read(ApiRequest request, Question question, byte[] input) {
    try {
      JsonNode members =
          Bounds.within(input, PER_BYTE, BASE, () -> request.read("POST", question.members()));
      require(members.toString().length() <= 64 * 1_024, "A body is too long");
    } catch (ApiException refused) { // as documented
      require(refused.status == 400 || refused.status == 405, "Refused as " + refused.status);
    }
  }
}
