package com.gymcoach.bedrock.examples.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.ApiDescription.Operation;
import com.gymcoach.bedrock.examples.lambda.DescribedRequests.Broken;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The function takes what docs/openapi.yaml takes, and refuses the rest by name. */
class DescribedRequestsTest {
  private static final ApiDescription API = ApiDescription.read();
  private static final DescribedRequests REQUESTS = new DescribedRequests(API);
  private static final Served SERVED = new Served(LocalAws.shared().bedrock);
  private static final List<Operation> POSTS =
      API.operations().stream().filter(each -> each.method().equals("POST")).toList();

  @Property(tries = 300)
  void request_whenDescribed_isAnsweredAsDescribed(
      @ForAll("described") Map.Entry<Operation, ObjectNode> request) {
    Reply reply = call(request.getKey(), request.getValue());

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(API.problemsOfReply(request.getKey(), "200", reply.body())).isEmpty();
  }

  @Property(tries = 600)
  void request_whenBroken_isRefusedByName(@ForAll("broken") Broken request) {
    Reply reply = call(request.operation(), request.body());

    assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
    assertThat(reply.body().path("message").asText()).contains(request.member());
    assertThat(API.problemsOfReply(request.operation(), "400", reply.body())).isEmpty();
  }

  @Provide
  Arbitrary<Map.Entry<Operation, ObjectNode>> described() {
    return Arbitraries.of(POSTS)
        .flatMap(post -> REQUESTS.valid(post).map(body -> Map.entry(post, body)));
  }

  /** Of those that take any members, none is broken. */
  @Provide
  Arbitrary<Broken> broken() {
    return Arbitraries.of(POSTS.stream().filter(post -> !API.takesAny(post)).toList())
        .flatMap(REQUESTS::broken);
  }

  /** As an admin, who may name any user. */
  private static Reply call(Operation operation, ObjectNode body) {
    ObjectNode event = Events.post(operation.path(), "described", body.toString());
    Events.claims(event).put("cognito:groups", "[admin]");
    return SERVED.call(event);
  }
}
