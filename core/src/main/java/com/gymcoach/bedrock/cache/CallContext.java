package com.gymcoach.bedrock.cache;

/**
 * The call that a policy or a key generator decides on. It names no user.
 *
 * @param operation {@code Converse}, {@code ConverseStream}, {@code InvokeModel} or {@code
 *     InvokeModelWithResponseStream}
 * @param modelId the model as the request named it
 * @param endpoint the service's own name for the use; {@code default} where the scope has none
 * @param shared whether all users share the answer ({@link CacheScope#shared()}), so that nothing
 *     that concerns one of them may be left out of its key
 */
public record CallContext(String operation, String modelId, String endpoint, boolean shared) {
  /** Returns the context of a call whose answer is one user's. */
  public CallContext(String operation, String modelId, String endpoint) {
    this(operation, modelId, endpoint, false);
  }
}
