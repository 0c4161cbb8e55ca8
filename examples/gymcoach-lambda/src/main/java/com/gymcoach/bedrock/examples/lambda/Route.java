package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * A route of the API: a row of the table in {@link GymCoachFunction}.
 *
 * @param method the method; a route of GET also takes HEAD
 * @param members the members that a request's body may have
 * @param asksModel whether the request counts towards the user's quota
 */
record Route(String method, Members members, boolean asksModel, Handler handler) {
  /** Answers a request of a signed-in user. */
  @FunctionalInterface
  interface Handler {
    /** Returns the body of the reply. The members have been read and found valid. */
    ObjectNode answer(ApiRequest in, ObjectNode members) throws IOException;
  }

  /** Returns a route that has no body. */
  static Route get(Handler handler) {
    return new Route("GET", Members.of(), false, handler);
  }

  static Route post(Members members, Handler handler) {
    return new Route("POST", members, false, handler);
  }

  /** Returns a route that asks the model. */
  static Route question(Question question, Handler handler) {
    return new Route("POST", question.members(), true, handler);
  }
}
