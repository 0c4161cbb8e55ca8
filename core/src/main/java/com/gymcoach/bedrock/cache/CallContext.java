package com.gymcoach.bedrock.cache;

/**
 * What a policy may go by.
 *
 * @param operation {@code Converse} or {@code InvokeModel}
 * @param modelId the model as the request named it
 * @param endpoint the service's own name for the use; {@code default} where the scope has none
 */
public record CallContext(String operation, String modelId, String endpoint) {}
