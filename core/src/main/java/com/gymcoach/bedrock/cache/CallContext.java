package com.gymcoach.bedrock.cache;

/**
 * Describes a call to a policy or a key generator. It does not contain the user.
 *
 * @param operation the operation's name, such as {@code Converse} or {@code
 *     InvokeModelWithResponseStream}; also that of an {@link OptionalOperation} that the cache was
 *     asked to cache
 * @param modelId the model as the request named it
 * @param endpoint the scope's endpoint, or {@code default} if the scope has none
 * @param shared whether all users share the answer ({@link CacheScope#shared()}); its key must then
 *     include everything in the request that is specific to one user
 */
public record CallContext(String operation, String modelId, String endpoint, boolean shared) {
  /** Creates the context of a call whose answer belongs to one user. */
  public CallContext(String operation, String modelId, String endpoint) {
    this(operation, modelId, endpoint, false);
  }
}
