package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.WireRequest;
import java.io.IOException;
import java.util.Objects;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;

/**
 * One line of a file of requests: a request and the scope under which its answer is kept.
 *
 * <p>For example: {@code
 * {"operation":"Converse","modelId":"amazon.nova-lite-v1:0","scope":"shared",
 * "endpoint":"chat","vary":{"locale":"de"},"body":{"messages":[{"role":"user","content":
 * [{"text":"How deep should I squat?"}]}],"inferenceConfig":{"maxTokens":500}}}}. The members:
 *
 * <ul>
 *   <li>{@code operation}: Converse, ConverseStream, InvokeModel or InvokeModelWithResponseStream;
 *   <li>{@code modelId};
 *   <li>{@code "scope":"shared"}, or {@code user} with a user's id: exactly one of them. A user
 *       whose id is {@code shared} is never mistaken for the shared scope;
 *   <li>{@code endpoint}, optional;
 *   <li>{@code vary}, optional: names and values, of which null is one;
 *   <li>{@code headers}, optional: the members of InvokeModel that travel as headers, such as
 *       {@code Content-Type} and {@code Accept};
 *   <li>{@code body}: the HTTP body, in Bedrock's own names.
 * </ul>
 *
 * <p>Any other member is an error, because a misspelt name would warm up another key.
 *
 * <p>Immutable. Its text shows nothing of the request.
 *
 * @param scope the users who may share the answer
 * @param request the request
 */
public record RequestLine(CacheScope scope, BedrockRuntimeRequest request) {

  /** Checks that both are given. */
  public RequestLine {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(request, "request");
  }

  /**
   * Reads a line.
   *
   * @param json the line in UTF-8, without its end
   * @throws IOException if it is not one; the message says what is wrong and quotes nothing of it
   */
  public static RequestLine read(byte[] json) throws IOException {
    return LineFormat.read(json, json.length);
  }

  /**
   * Returns the line for a file, without its end: one line, whatever the request's body looks like.
   *
   * @throws IllegalArgumentException if the operation is not one of the four, or the body is not
   *     JSON
   */
  public String write() {
    return LineFormat.write(scope, WireRequest.of(request));
  }

  /** Returns nothing of the request but its type. */
  @Override
  public String toString() {
    return "RequestLine[" + scope + ", " + request.getClass().getSimpleName() + "]";
  }
}
