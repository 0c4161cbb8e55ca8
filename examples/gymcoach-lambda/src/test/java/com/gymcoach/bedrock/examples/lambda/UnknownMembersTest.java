package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.event;
import static com.gymcoach.bedrock.examples.lambda.GymCoachFunctionSetUp.assertError;
import static com.gymcoach.bedrock.examples.lambda.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.ApiDescription.Operation;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A member is used or refused by its name: nothing that a client sends is dropped in silence. */
class UnknownMembersTest {
  private static final LocalAws AWS = LocalAws.shared();

  private static final ApiDescription API = ApiDescription.read();

  private final Served served = new Served(AWS.bedrock);
  private final int asked = AWS.standIn.requests();

  @AfterEach
  void theModelWasNotAsked() {
    served.cache.close();
    assertThat(AWS.standIn.requests()).isEqualTo(asked);
  }

  static Stream<Operation> operations() {
    return API.operations().stream()
        .filter(o -> o.method().equals("GET") || (o.method().equals("POST") && !API.takesAny(o)));
  }

  /** Each route, those that the description has and the model does not answer, too. */
  @ParameterizedTest
  @MethodSource("operations")
  void member_whenUnknown_isRefusedByName(Operation operation) {
    for (JsonNode value : values()) {
      ObjectNode body = valid(operation);
      body.set("dietaryRestriction", value);
      Reply reply = call(operation, body);

      assertError(reply, 400);
      assertThat(message(reply)).contains("\"dietaryRestriction\"").doesNotContain("4711");
      if (operation.method().equals("POST")) {
        assertThat(API.problemsOfRequest(operation, body)).isNotEmpty();
      }
    }
  }

  /** Null says nothing, but a misspelt name is a mistake all the same. */
  private static List<JsonNode> values() {
    List<JsonNode> values = new ArrayList<>();
    json("{'a':['zebra'],'b':'zebra','c':{'zebra':'zebra'},'d':4711,'e':null,'f':true,'g':[]}")
        .forEach(values::add);
    return values;
  }

  @ParameterizedTest
  @MethodSource("operations")
  void members_whenSeveralAreUnknown_areAllNamed(Operation operation) {
    ObjectNode body = valid(operation).put("Goals", "zebra").put("", 4_711).put("éa\n\"b", "zebra");
    Reply reply = call(operation, body);

    assertError(reply, 400);
    assertThat(message(reply))
        .contains("\"Goals\"", "\"\"", "\"éa\\n\\\"b\"")
        .doesNotContain("4711");
  }

  /** A misspelt name comes first: with it the member is missing, too. */
  @Test
  void member_whenUnknownAndAnotherIsMissing_isRefusedByName() {
    for (Samples route : Samples.ALL) {
      Reply reply = post(route.path(), "{\"goal\":[\"zebra\"]}");

      assertError(reply, 400);
      assertThat(message(reply)).contains("\"goal\"");
    }
  }

  /** A long name may be a user's text, and a reply cannot hold half of a character. */
  @Test
  void member_whenUnknownWithALongName_isRefusedWithoutIt() {
    for (String name : List.of("x".repeat(65), "x" + "\ud83d\ude00".repeat(10_000))) {
      Reply reply = post("/api/ai/motivation", Events.json().put(name, 1).toString());

      assertError(reply, 400);
      assertThat(message(reply)).hasSizeLessThan(200);
    }
  }

  static Stream<Arguments> membersOfRoutes() {
    return Samples.ALL.stream()
        .flatMap(route -> route.values().keySet().stream().map(name -> Arguments.of(route, name)));
  }

  /** Of two restrictions under one name a parser keeps one. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("membersOfRoutes")
  void member_whenTwice_isRefusedByName(Samples route, String name) {
    for (JsonNode first : route.valuesOf(name)) {
      String full = route.with(name, route.valuesOf(name).get(0)).toString();
      String twice = "{\"" + name + "\":" + first + "," + full.substring(1);
      Reply reply = post(route.path(), twice);

      assertError(reply, 400);
      assertThat(message(reply)).contains("\"" + name + "\" twice");
    }
  }

  @Test
  void member_whenTwiceInTheContext_isRefusedByName() {
    for (String context : List.of("{'a':1,'diet':2,'diet':3}", "{'b':[{'diet':[1],'diet':{}}]}")) {
      String body = ("{'message':'hi','context':" + context + "}").replace('\'', '"');
      Reply reply = post("/api/ai/chat", body);

      assertError(reply, 400);
      assertThat(message(reply)).contains("\"diet\" twice");
    }
  }

  @Test
  void invalidate_whenAllAndOneEndpoint_isRefused() {
    Reply reply =
        post("/api/ai/cache/invalidate", "{\"invalidateAll\":true,\"endpointType\":\"chat\"}");

    assertError(reply, 400);
    assertThat(message(reply)).contains("invalidateAll or endpointType");
  }

  @Test
  void invalidate_whenTheUserIsBlank_isRefused() {
    Reply reply = post("/api/ai/cache/invalidate", "{\"invalidateAll\":true,\"userId\":\" \"}");

    assertError(reply, 400);
    assertThat(message(reply)).startsWith("userId must be ");
  }

  /** A test event by hand may have the body as an object: it is not to be taken for no body. */
  @Test
  void body_whenNotAText_isRefused() {
    ObjectNode event = event("POST", "/api/ai/motivation", "alice");
    event.withObject("/body").put("context", "zebra");

    assertError(served.call(event), 400);
  }

  private static ObjectNode valid(Operation operation) {
    return operation.requests().isEmpty()
        ? Events.json()
        : operation.requests().get(0).getValue().deepCopy();
  }

  private Reply call(Operation operation, ObjectNode body) {
    return served.call(
        event(operation.method(), operation.path(), "alice").put("body", body.toString()));
  }

  private Reply post(String path, String body) {
    return served.call(Events.post(path, "alice", body));
  }

  static String message(Reply reply) {
    return reply.body().path("message").asText();
  }
}
