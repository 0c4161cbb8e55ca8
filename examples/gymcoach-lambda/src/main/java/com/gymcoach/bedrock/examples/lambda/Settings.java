package com.gymcoach.bedrock.examples.lambda;

import java.util.Map;

/**
 * The function's settings, read from environment variables.
 *
 * @param tableName the DynamoDB table, {@code DYNAMODB_TABLE}
 * @param modelId the model, {@code BEDROCK_MODEL_ID}
 * @param allowedOrigin the origin that may call from a browser, {@code ALLOWED_ORIGIN}
 * @param rolloutPercent the share of users served by the cache, {@code CACHE_ROLLOUT_PERCENT}; 0 if
 *     it is not a number
 */
public record Settings(
    String tableName, String modelId, String allowedOrigin, String rolloutPercent) {
  /** Returns the settings of an environment, with defaults for variables that are not set. */
  public static Settings from(Map<String, String> environment) {
    return new Settings(
        environment.getOrDefault("DYNAMODB_TABLE", "gymcoach-ai-main"),
        environment.getOrDefault("BEDROCK_MODEL_ID", "amazon.nova-micro-v1:0"),
        environment.getOrDefault("ALLOWED_ORIGIN", "*"),
        environment.getOrDefault("CACHE_ROLLOUT_PERCENT", "100"));
  }
}
