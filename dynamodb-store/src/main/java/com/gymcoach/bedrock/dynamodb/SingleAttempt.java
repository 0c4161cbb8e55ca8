package com.gymcoach.bedrock.dynamodb;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkPlugin;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;

/**
 * How often and how long the client may try. Once: a cache that retries makes the call that it
 * should have made faster wait. A client with the SDK's defaults was seen to spend 57 s in nine
 * attempts on a throttled table.
 */
final class SingleAttempt {
  /** Costs about 0.1 ms a request, which is why it is used only where the client retries. */
  private static final SdkPlugin ONE_ATTEMPT =
      config ->
          config.overrideConfiguration(
              config.overrideConfiguration().toBuilder()
                  .retryStrategy(AwsRetryStrategy.doNotRetry())
                  .build());

  private SingleAttempt() {}

  /**
   * Returns what a client says of its configuration, or null if it says nothing. DAX's client, a
   * wrapper and a mock are clients too: they inherit a method that throws, or return null.
   */
  static @Nullable SdkServiceClientConfiguration told(
      Supplier<? extends @Nullable SdkServiceClientConfiguration> client) {
    try {
      SdkServiceClientConfiguration told = client.get();
      return told == null || told.overrideConfiguration() == null ? null : told;
    } catch (RuntimeException unsupported) { // the result tells it
      return null;
    }
  }

  /** Returns how many times a client of this configuration tries; null is an unknown one. */
  static int of(@Nullable SdkServiceClientConfiguration client) {
    return client == null
        ? Integer.MAX_VALUE
        : client
            .overrideConfiguration()
            .retryStrategy()
            .map(strategy -> strategy.maxAttempts())
            .orElse(Integer.MAX_VALUE);
  }

  /** Returns what makes a request try once and end in time, its connection with it. */
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
