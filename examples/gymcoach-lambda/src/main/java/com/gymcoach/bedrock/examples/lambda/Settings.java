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
 * @param keysSecret the secret of Secrets Manager with the cache's keys, {@code CACHE_KEYS_SECRET};
 *     {@code none} if there is none
 */
public record Settings(
    String tableName,
    String modelId,
    String allowedOrigin,
    String rolloutPercent,
    String keysSecret) {
  /** Returns the settings of an environment, with defaults for variables that are not set. */
  public static Settings from(Map<String, String> environment) {
    return new Settings(
        environment.getOrDefault("DYNAMODB_TABLE", "gymcoach-ai-main"),
        environment.getOrDefault("BEDROCK_MODEL_ID", "amazon.nova-micro-v1:0"),
        environment.getOrDefault("ALLOWED_ORIGIN", "*"),
        environment.getOrDefault("CACHE_ROLLOUT_PERCENT", "100"),
        environment.getOrDefault("CACHE_KEYS_SECRET", "none"));
  }

  /** Returns how many questions a user may ask in an hour; 0 for no limit. */
  static int questionsPerHour(Map<String, String> environment) {
    return Integer.parseInt(environment.getOrDefault("QUESTIONS_PER_HOUR", "0"));
  }

  boolean hasKeys() {
    return !keysSecret.equals("none");
  }
}
