package com.gymcoach.bedrock.examples.lambda;

import java.util.Map;

/**
 * What the function reads from its environment.
 *
 * @param tableName the DynamoDB table, {@code DYNAMODB_TABLE}
 * @param modelId the model that answers, {@code BEDROCK_MODEL_ID}
 * @param allowedOrigin who may call from a browser, {@code ALLOWED_ORIGIN}
 * @param rolloutPercent {@code CACHE_ROLLOUT_PERCENT}, of users; none where it is not a number
 */
public record Settings(
    String tableName, String modelId, String allowedOrigin, String rolloutPercent) {
  /** Returns the settings that an environment holds, and the defaults where it holds none. */
  public static Settings from(Map<String, String> environment) {
    return new Settings(
        environment.getOrDefault("DYNAMODB_TABLE", "gymcoach-ai-main"),
        environment.getOrDefault("BEDROCK_MODEL_ID", "amazon.nova-micro-v1:0"),
        environment.getOrDefault("ALLOWED_ORIGIN", "*"),
        environment.getOrDefault("CACHE_ROLLOUT_PERCENT", "100"));
  }
}
