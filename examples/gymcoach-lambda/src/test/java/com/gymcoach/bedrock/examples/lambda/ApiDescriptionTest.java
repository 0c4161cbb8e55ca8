package com.gymcoach.bedrock.examples.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.ApiDescription.Operation;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The function replies as docs/openapi.yaml says, and the other way round. */
class ApiDescriptionTest {
  private static final ApiDescription API = ApiDescription.read();
  private static final List<String> METHODS =
      List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final LocalAws AWS = LocalAws.shared();
  private static final Served SERVED = new Served(AWS);
  private static int users;

  @AfterAll
  static void stop() {
    SERVED.cache.close();
  }

  /** The description has the routes of the contract: twelve, two of them with HEAD. */
  @Test
  void description_hasEachRouteAndNoOther() throws IOException {
    Set<String> described = new TreeSet<>();
    API.operations().forEach(operation -> described.add(operation.toString()));
    described.removeIf(operation -> operation.startsWith("OPTIONS"));
    assertThat(described)
        .containsExactly(
            "GET /api/ai/cache/stats",
            "GET /api/ai/rate-limit",
            "HEAD /api/ai/cache/stats",
            "HEAD /api/ai/rate-limit",
            "POST /api/ai/cache/invalidate",
            "POST /api/ai/chat",
            "POST /api/ai/form-check",
            "POST /api/ai/meal-plan/generate",
            "POST /api/ai/motivation",
            "POST /api/ai/nutrition/analyze",
            "POST /api/ai/performance/analyze",
            "POST /api/ai/progress/analyze",
            "POST /api/ai/workout-plan/generate",
            "POST /api/ai/workout/substitute");
    described.removeIf(operation -> operation.startsWith("HEAD"));
    String page = Files.readString(Path.of("docs", "api.md"));
    assertThat(described).allMatch(route -> page.contains("`" + route + "`"));
    Reply reply = call("POST", "/api/ai/other", "api-alice", "{}");
    assertThat(reply.status()).isEqualTo(404);
    assertThat(API.problems("Error", reply.body())).isEmpty();
  }

  /** Each path, method and status of the description happens, and is as described. */
  @Test
  void eachReply_isAsDescribed() throws IOException {
    Set<String> exercised = new TreeSet<>();
    for (Operation operation : API.operations()) {
      for (String status : operation.statuses()) {
        List<Reply> replies = provoke(operation, status);
        assertThat(replies).as(operation + " " + status).isNotEmpty();
        for (Reply reply : replies) {
          assertThat(String.valueOf(reply.status())).as(operation + ": " + reply).isEqualTo(status);
          if (operation.method().equals("HEAD")) {
            assertThat(reply.body().isMissingNode()).isTrue();
          } else {
            assertThat(API.problemsOfReply(operation, status, reply.body()))
                .as(operation + " " + status + ": " + reply)
                .isEmpty();
          }
          assertThat(reply.headers().path("Content-Type").asText()).isEqualTo("application/json");
          assertThat(reply.headers().path("Access-Control-Allow-Origin").asText()).isEqualTo("*");
        }
        assertThat(API.problemsOfReplyExamples(operation, status))
            .as(operation.toString())
            .isEmpty();
        exercised.add(operation + " " + status);
      }
    }
    assertThat(exercised)
        .hasSize(12 + 9 * 5 + 2 * 2 * 3 + 5); // preflights, models', GETs and HEADs, invalidate
  }

  private static List<Reply> provoke(Operation operation, String status) throws IOException {
    String user = "api-" + users++;
    try {
      return switch (status) {
        case "200" -> answers(operation, user);
        case "400" -> List.of(call(operation, user, "[]"), call(operation, user, "{"));
        case "401" -> List.of(call(operation, " ", example(operation)));
        case "403" -> List.of(call(operation, user, "{\"invalidateAll\":true,\"userId\":\"bob\"}"));
        case "429" -> {
          AWS.standIn.answerWith(
              request -> BedrockStandIn.Reply.error(429, "ThrottlingException", "busy"));
          yield List.of(call(operation, user, example(operation)));
        }
        case "500" -> {
          AWS.standIn.answerWith(
              request -> BedrockStandIn.Reply.error(500, "InternalServerException", "broken"));
          AWS.local.stop();
          yield List.of(call(operation, user, example(operation)));
        }
        default -> throw new AssertionError("Nothing here makes a " + status);
      };
    } finally {
      AWS.standIn.answerAsUsual();
      AWS.local.resume();
    }
  }

  /** Sends what the description gives as examples, each twice: the second may be a hit. */
  private static List<Reply> answers(Operation operation, String user) throws IOException {
    List<Reply> replies = new ArrayList<>();
    if (operation.requests().isEmpty()) {
      return List.of(call(operation, user, ""));
    }
    for (Map.Entry<String, JsonNode> request : operation.requests()) {
      assertThat(API.problemsOfRequest(operation, request.getValue()))
          .as(request.getKey())
          .isEmpty();
      ObjectNode event = Events.post(operation.path(), user, request.getValue().toString());
      if (request.getKey().equals("admin")) {
        Events.claims(event).put("cognito:groups", "[coaches admin]");
      }
      replies.add(SERVED.call(event));
      replies.add(SERVED.call(event));
    }
    return replies;
  }

  @Test
  void otherMethods_areRefused() throws IOException {
    Map<String, List<String>> described =
        API.operations().stream()
            .collect(
                Collectors.groupingBy(
                    Operation::path, Collectors.mapping(Operation::method, Collectors.toList())));
    for (Map.Entry<String, List<String>> path : described.entrySet()) {
      for (String method : METHODS) {
        if (!path.getValue().contains(method)) {
          Reply reply = call(method, path.getKey(), "api-alice", "{}");
          assertThat(reply.status()).as(method + path.getKey()).isEqualTo(405);
          assertThat(API.problems("Error", reply.body())).isEmpty();
          assertThat(path.getValue())
              .containsAll(List.of(reply.headers().path("Allow").asText().split(", ", -1)));
        }
      }
    }
  }

  /** The function refuses exactly the requests that the schema refuses. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/api/ai/chat; {}; 400",
        "/api/ai/chat; {'message':''}; 400",
        "/api/ai/chat; {'message':7}; 400",
        "/api/ai/chat; {'message':'2001'}; 400",
        "/api/ai/chat; {'message':'2000'}; 200",
        "/api/ai/chat; {'message':'hi','context':[]}; 400",
        "/api/ai/chat; {'message':'hi','conversationId':'a b'}; 400",
        "/api/ai/chat; {'message':' '}; 400",
        "/api/ai/chat; {'message':null}; 400",
        "/api/ai/chat; {'message':'hi','unknown':true}; 400",
        "/api/ai/chat; {'message':'hi','conversationId':null,'context':null}; 200",
        "/api/ai/chat; {'message':'hi','conversationId':''}; 200",
        "/api/ai/workout-plan/generate; {}; 400",
        "/api/ai/workout-plan/generate; {'goals':[]}; 400",
        "/api/ai/workout-plan/generate; {'goals':'strength'}; 400",
        "/api/ai/workout-plan/generate; {'goals':[1]}; 400",
        "/api/ai/workout-plan/generate; {'goals':['201']}; 400",
        "/api/ai/workout-plan/generate; {'goals':['a'],'duration':0}; 400",
        "/api/ai/workout-plan/generate; {'goals':['a'],'duration':53}; 400",
        "/api/ai/workout-plan/generate; {'goals':['a'],'duration':52}; 200",
        "/api/ai/workout-plan/generate; {'goals':['a'],'duration':1.5}; 400",
        "/api/ai/workout-plan/generate; {'goals':['a'],'duration':4.0}; 200",
        "/api/ai/workout-plan/generate; {'goals':['\u00a0']}; 400",
        "/api/ai/nutrition/analyze; {}; 200",
        "/api/ai/nutrition/analyze; []; 400",
        "/api/ai/workout-plan/generate; {'goals':['a'],'daysPerWeek':8}; 400",
        "/api/ai/workout-plan/generate; {'goals':['a'],'equipment':{}}; 400",
        "/api/ai/meal-plan/generate; {'goals':[]}; 400",
        "/api/ai/meal-plan/generate; {'goals':['a'],'allergies':'nuts'}; 400",
        "/api/ai/meal-plan/generate; {'goals':['a'],'allergies':null,'duration':null}; 200",
        "/api/ai/meal-plan/generate; {'goals':['a'],'dietaryRestrictions':'vegan'}; 400",
        "/api/ai/meal-plan/generate; {'goals':['a'],'dietaryRestrictions':[' ']}; 400",
        "/api/ai/meal-plan/generate; {'goals':['a'],'dietaryRestrictions':['vegan']}; 200",
        "/api/ai/meal-plan/generate; {'goals':['a'],'dietaryRestriction':['vegan']}; 400",
        "/api/ai/meal-plan/generate; {'goals':['a'],'duration':32}; 400",
        "/api/ai/meal-plan/generate; {'goals':['a'],'duration':31}; 200",
        "/api/ai/meal-plan/generate; {'goals':['a'],'mealsPerDay':11}; 400",
        "/api/ai/meal-plan/generate; {'goals':['a'],'mealsPerDay':10}; 200",
        "/api/ai/meal-plan/generate; {'goals':['a'],'calorieTarget':499}; 400",
        "/api/ai/meal-plan/generate; {'goals':['a'],'calorieTarget':500}; 200",
        "/api/ai/meal-plan/generate; {'goals':['a'],'calorieTarget':10000}; 200",
        "/api/ai/meal-plan/generate; {'goals':['a'],'calorieTarget':10001}; 400",
        "/api/ai/progress/analyze; {'timeRange':30}; 400",
        "/api/ai/progress/analyze; {'timeRange':'1001'}; 400",
        "/api/ai/progress/analyze; {'timeRange':' '}; 200",
        "/api/ai/progress/analyze; {'timeRange':null}; 200",
        "/api/ai/progress/analyze; {'range':'a week'}; 400",
        "/api/ai/form-check; {}; 400",
        "/api/ai/form-check; {'exerciseName':null}; 400",
        "/api/ai/form-check; {'exerciseName':' '}; 400",
        "/api/ai/form-check; {'exerciseName':'squat','issueDescription':[]}; 400",
        "/api/ai/motivation; {'context':{}}; 400",
        "/api/ai/cache/invalidate; {}; 400",
        "/api/ai/cache/invalidate; {'invalidateAll':false}; 400",
        "/api/ai/cache/invalidate; {'invalidateAll':'true'}; 400",
        "/api/ai/cache/invalidate; {'endpointType':'chats'}; 400",
        "/api/ai/cache/invalidate; {'endpointType':''}; 400",
        "/api/ai/cache/invalidate; {'endpointType':null}; 400",
        "/api/ai/cache/invalidate; {'endpointType':'chat','invalidateAll':true}; 400",
        "/api/ai/cache/invalidate; {'endpointType':'chat','invalidateAll':false}; 200",
        "/api/ai/cache/invalidate; {'endpointType':null,'invalidateAll':true}; 200",
        "/api/ai/cache/invalidate; {'invalidateAll':true,'userId':null}; 200",
        "/api/ai/cache/invalidate; {'invalidateAll':true,'userId':' '}; 400"
      })
  void request_isTakenWhereItsSchemaTakesIt(String path, String text, String status)
      throws IOException {
    Operation operation = API.operation(path);
    String json = text.replace('\'', '"');
    for (int length : List.of(201, 1_001, 2_000, 2_001)) {
      json = json.replace("\"" + length + "\"", "\"" + "x".repeat(length) + "\"");
    }
    JsonNode body = Events.JSON.readTree(json);
    assertThat(API.problemsOfRequest(operation, body).isEmpty()).isEqualTo(status.equals("200"));
    assertThat(String.valueOf(call(operation, "api-bad", json).status())).isEqualTo(status);
  }

  /** The control: a reply with a member too many or too few, or of another type, is noticed. */
  @Test
  void reply_withAnotherMember_isNoticed() throws IOException {
    for (Operation operation : API.operations()) {
      if (List.of("GET", "POST").contains(operation.method())) {
        ObjectNode body = (ObjectNode) answers(operation, "api-control").get(0).body();
        assertThat(API.problemsOfReply(operation, "200", body)).isEmpty();
        body.put("debug", true);
        assertThat(API.problemsOfReply(operation, "200", body))
            .as(operation.toString())
            .isNotEmpty();
        body.remove("debug");
        body.remove(body.fieldNames().next());
        assertThat(API.problemsOfReply(operation, "200", body))
            .as(operation.toString())
            .isNotEmpty();
      }
    }
    ObjectNode error = Events.json().put("error", "Bad Request").put("message", "no");
    assertThat(API.problems("Error", error)).isEmpty();
    assertThat(API.problems("Error", error.put("stack", "at"))).isNotEmpty();
  }

  /** What alarms and dashboard watch is told by this function, by the same names. */
  @Test
  void alarmsAndDashboard_watchWhatTheFunctionTells() throws IOException {
    String chat = "{\"message\":\"How do I warm up?\"}";
    call("POST", "/api/ai/chat", "api-watched", chat);
    call("POST", "/api/ai/chat", "api-watched", chat);
    AWS.standIn.answerWith(
        request -> BedrockStandIn.Reply.error(500, "InternalServerException", "broken"));
    call("POST", "/api/ai/chat", "api-watched", "{\"message\":\"How do I cool down?\"}");
    AWS.standIn.answerAsUsual();
    AWS.local.answerWith(request -> new Refusal(500, "InternalServerError", "not in this test"));
    call("POST", "/api/ai/chat", "api-watched", "{\"message\":\"How do I stretch?\"}");
    AWS.local.answerAsUsual();

    Set<String> told = new TreeSet<>();
    for (String line : SERVED.metrics) {
      for (JsonNode directive : Events.JSON.readTree(line).at("/_aws/CloudWatchMetrics")) {
        for (JsonNode metric : directive.path("Metrics")) {
          for (JsonNode dimensions : directive.path("Dimensions")) {
            List<String> names = new ArrayList<>(List.of(directive.path("Namespace").asText()));
            dimensions.forEach(name -> names.add(name.asText()));
            told.add(names + " " + metric.path("Name").asText());
          }
        }
      }
    }
    assertThat(told).containsAll(Watched.metrics(TemplateTest.read(Map.of())));
  }

  private static String example(Operation operation) {
    return operation.requests().isEmpty() ? "" : operation.requests().get(0).getValue().toString();
  }

  private static Reply call(Operation operation, String user, String body) throws IOException {
    return call(operation.method(), operation.path(), user, body);
  }

  private static Reply call(String method, String path, String user, String body)
      throws IOException {
    return SERVED.call(Events.event(method, path, user).put("body", body));
  }
}
