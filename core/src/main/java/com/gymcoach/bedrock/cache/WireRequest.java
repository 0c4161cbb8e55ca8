package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.RequestForm;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;

/**
 * A request as Bedrock's REST API has it, for files and queues that hold requests: {@link #of}
 * writes it, {@link #toRequest} reads it. The request that comes back has the same key as the one
 * that was written. Its override configuration, such as a scope, headers or a time limit, is not
 * part of it.
 *
 * <p>Supports Converse, ConverseStream, InvokeModel and InvokeModelWithResponseStream.
 *
 * <pre>{@code
 * WireRequest wire = WireRequest.of(request); // body() is JSON in Bedrock's own names
 * BedrockRuntimeRequest same = wire.toRequest();
 * }</pre>
 *
 * <p>Immutable, unless the caller changes the body's array.
 *
 * @param operation the operation's name, such as {@code Converse}
 * @param modelId the model's id, an inference profile's id or an ARN
 * @param headers the members that travel as headers, by header name, such as {@code
 *     X-Amzn-Bedrock-GuardrailIdentifier}. Unmodifiable
 * @param body the HTTP body, normally JSON; not copied
 */
public record WireRequest(
    String operation, String modelId, Map<String, String> headers, byte[] body) {

  /** Copies the headers. */
  public WireRequest {
    Objects.requireNonNull(operation, "operation");
    Objects.requireNonNull(modelId, "modelId");
    Objects.requireNonNull(body, "body");
    headers = Map.copyOf(headers);
  }

  /**
   * Returns a request's form on the wire.
   *
   * @throws IllegalArgumentException if the operation is not supported, or the request has no model
   *     or a member that has no form on the wire
   */
  public static WireRequest of(BedrockRuntimeRequest request) {
    return RequestForm.write(request);
  }

  /**
   * Returns the SDK's request.
   *
   * @throws IOException if the operation is not supported, or a header or a member of the body is
   *     not one of this SDK's request, occurs twice or has the wrong type. An unknown member is not
   *     ignored, because without it the request would be another one. The message and its cause
   *     quote nothing of the request
   */
  public BedrockRuntimeRequest toRequest() throws IOException {
    return RequestForm.read(this);
  }

  /** Returns a text without header values and body. */
  @Override
  public String toString() {
    return "WireRequest[" + operation + ", " + headers.keySet() + ", " + body.length + " bytes]";
  }
}
