package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.GymCoachFunctionSetUp.assertError;
import static com.gymcoach.bedrock.examples.lambda.Samples.json;
import static com.gymcoach.bedrock.examples.lambda.UnknownMembersTest.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.ApiDescription.Operation;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each member of each route in each wrong form: a 400 that says what to change. */
class WrongMembersTest {
  private static final LocalAws AWS = LocalAws.shared();
  private static final ApiDescription API = ApiDescription.read();

  private static final String LONG = "z".repeat(16_000);

  private final Served served = new Served(AWS.bedrock);

  @AfterEach
  void close() {
    served.cache.close();
  }

  /** Returns values that a member of the same type as {@code right} must refuse. */
  private static List<JsonNode> wrong(JsonNode right) {
    List<JsonNode> wrong = new ArrayList<>();
    String other =
        switch (right.getNodeType()) {
          case STRING -> "{'a':4711,'b':['zebra'],'c':{'zebra':1},'d':true,'e':'" + LONG + "'}";
          case ARRAY ->
              "{'a':4711,'b':'zebra','c':{'zebra':1},'d':true,'e':'','f':[''],'g':[' '],'h':[null],"
                  + "'i':[4711],'j':[['zebra']],'k':[{}],'l':['zebra',true],"
                  + "'m':['"
                  + "z".repeat(201)
                  + "'],'n':["
                  + "'a',".repeat(20)
                  + "'a']}";
          case NUMBER ->
              "{'a':'4','b':['zebra'],'c':{},'d':true,'e':'','f':0,'g':-1,'h':4.5,'i':4.01,"
                  + "'j':1e5,'k':20000,'l':99999999999,'m':99999999999999999999,'n':1e999999999,"
                  + "'o':-0.0,'p':'zebra','q':[]}";
          default ->
              "{'a':4711,'b':['zebra'],'c':'zebra','d':true,'e':'','f':[],'g':{'long':'"
                  + LONG
                  + "'}}";
        };
    json(other).forEach(wrong::add);
    return wrong;
  }

  static Stream<Arguments> members() {
    return Samples.ALL.stream()
        .flatMap(route -> route.values().keySet().stream().map(name -> Arguments.of(route, name)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("members")
  void member_whenWrong_isToldWhatToChange(Samples route, String name) {
    Operation operation = API.operation(route.path());
    for (JsonNode value : wrong(route.valuesOf(name).get(0))) {
      Reply reply =
          served.call(Events.post(route.path(), "alice", route.with(name, value).toString()));

      assertError(reply, 400);
      assertThat(API.problemsOfRequest(operation, route.with(name, value)).isEmpty())
          .as("the schema takes " + value)
          .isEqualTo(value.has("long")); // JSON Schema knows no length of an object
      assertThat(message(reply))
          .as(value.toString())
          .startsWith(name + " must be ")
          .doesNotContain("4711", "zz")
          .hasSizeLessThan(200);
    }
  }

  /** JSON Schema takes 4.0 for the integer 4: it is the same question. */
  @ParameterizedTest
  @ValueSource(strings = {"4.0", "4e0", "40e-1", "0.4e1", "4.000"})
  void number_whenWholeInAnotherForm_isTheSame(String number) {
    String path = "/api/ai/workout-plan/generate";
    String body = "{\"goals\":[\"a\"],\"daysPerWeek\":%s}";
    served.call(Events.post(path, "alice", body.formatted("4")));

    assertThat(served.call(Events.post(path, "alice", body.formatted(number))).source())
        .isEqualTo("hot");
  }

  /** A number may be written with an exponent that no type of Java's can hold. */
  @ParameterizedTest
  @CsvSource({"1e99999999999", "1e-99999999999", "-1e2147483648", "1e2147483647", "10e2147483647"})
  void number_whenItsExponentIsHuge_isNoFailure(String number) {
    String plan = "{\"goals\":[\"a\"],\"calorieTarget\":" + number + "}";

    assertError(served.call(Events.post("/api/ai/meal-plan/generate", "alice", plan)), 400);
    assertThat(status("{\"message\":\"hi\",\"context\":{\"a\":" + number + "}}")).isIn(200, 400);
  }

  /** The samples, the code and the description have the same members, for each route. */
  @Test
  void samples_haveEachMemberOfEachRoute() {
    for (Operation operation : API.operations()) {
      if (operation.method().equals("POST")
          && !operation.path().endsWith("/invalidate")
          && !API.takesAny(operation)) {
        Samples route = Samples.of(operation.path());
        Set<String> tried = new TreeSet<>(route.values().keySet());
        route.least().fieldNames().forEachRemaining(tried::add);
        Set<String> described = new TreeSet<>(API.members(operation));
        described.remove("conversationId"); // comes back as it is, and is no part of the question
        assertThat(tried).as(operation.path()).isEqualTo(described);
        for (ObjectNode body : route.bodies()) {
          assertThat(API.problemsOfRequest(operation, body)).as(body.toString()).isEmpty();
        }
      }
    }
  }

  /** 16,000 characters as JavaScript counts them in JSON.stringify(context). */
  @ParameterizedTest
  @CsvSource({
    "a, 15992, 200",
    "a, 15993, 400",
    "é, 15992, 200",
    "\u4e2d, 15992, 200",
    "\ud83d\ude00, 7996, 200",
    "\ud83d\ude00, 7997, 400",
    "\\n, 7996, 200",
    "\\n, 7997, 400",
    "\\u0001, 2665, 200",
    "\\u0001, 2666, 400",
    "\\\", 7996, 200",
    "/, 15992, 200",
    "\u2028, 15992, 200",
    "\u007f, 15992, 200"
  })
  void context_isCountedAsThePageCounts(String character, int times, int status) {
    String written = "{\"a\":\"" + character.repeat(times) + "\"}"; // 8 characters more
    String spaced = "{\"message\":\"hi\", \"context\" : " + written.replace(":", " :\n") + " }";

    assertThat(status(spaced)).isEqualTo(status);
  }

  /** JavaScript writes large and small numbers with an exponent; they are counted as written. */
  @ParameterizedTest
  @CsvSource({"1e+21", "1.5e-7", "1e-7", "0.000001", "123456789012345680000", "-0.1"})
  void context_withNumbers_isCountedAsThePageCounts(String number) {
    String context = "{\"a\":[" + (number + ",").repeat(100) + "\"%s\"]}";
    int left = 16_000 - context.length() + "%s".length();
    String body = "{\"message\":\"hi\",\"context\":" + context + "}";

    assertThat(status(body.formatted("x".repeat(left)))).isEqualTo(200);
    assertThat(status(body.formatted("x".repeat(left + 1)))).isEqualTo(400);
  }

  /** As deep as the reader allows, which is 1,000 with the body and the context. */
  @ParameterizedTest
  @CsvSource({"997, 200", "998, 200", "999, 400", "20000, 400"})
  void context_whenNestedDeeply_isUsedOrRefused(int depth, int status) {
    String lists = "[".repeat(depth) + "]".repeat(depth);

    assertThat(status("{\"message\":\"hi\",\"context\":{\"a\":" + lists + "}}")).isEqualTo(status);
  }

  private int status(String body) {
    return served.call(Events.post("/api/ai/chat", "alice", body)).status();
  }
}
