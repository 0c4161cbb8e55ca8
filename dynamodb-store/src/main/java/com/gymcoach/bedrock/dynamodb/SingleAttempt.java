package com.gymcoach.bedrock.dynamodb;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkPlugin;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;

/**
 * Limits each request to one attempt. A cache that retries delays the very call it should speed up:
 * a client with the SDK's defaults was measured to spend 57 s in nine attempts on a throttled
 * table.
 */
final class SingleAttempt {
  /** Costs about 0.1 ms per request, so it is only used if the client retries. */
  private static final SdkPlugin ONE_ATTEMPT =
      config ->
          config.overrideConfiguration(
              config.overrideConfiguration().toBuilder()
                  .retryStrategy(AwsRetryStrategy.doNotRetry())
                  .build());

  private SingleAttempt() {}

  /**
   * Returns the client's configuration, or null if the client does not provide it. DAX's client,
   * wrappers and mocks inherit a method that throws, or return null.
   */
  static @Nullable SdkServiceClientConfiguration configuration(
      Supplier<? extends @Nullable SdkServiceClientConfiguration> client) {
    try {
      SdkServiceClientConfiguration found = client.get();
      return found == null || found.overrideConfiguration() == null ? null : found;
    } catch (RuntimeException unsupported) { // reported as null
      return null;
    }
  }

  /** Returns the maximum number of attempts; {@link Integer#MAX_VALUE} if it is not known. */
  static int of(@Nullable SdkServiceClientConfiguration client) {
    return client == null
        ? Integer.MAX_VALUE
        : client
            .overrideConfiguration()
            .retryStrategy()
            .map(strategy -> strategy.maxAttempts())
            .orElse(Integer.MAX_VALUE);
  }

  /**
   * Returns a request configuration with one attempt and a time limit, after which the connection
   * is closed too.
   */
  static AwsRequestOverrideConfiguration once(
      @Nullable SdkServiceClientConfiguration client, Duration limit) {
    AwsRequestOverrideConfiguration.Builder once =
        AwsRequestOverrideConfiguration.builder().apiCallTimeout(limit);
    if (of(client) > 1) {
      once.addPlugin(ONE_ATTEMPT);
    }
    return once.build();
  }
}
