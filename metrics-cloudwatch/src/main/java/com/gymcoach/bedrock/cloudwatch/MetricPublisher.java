package com.gymcoach.bedrock.cloudwatch;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataResponse;

/** Sends metrics to CloudWatch. */
@FunctionalInterface
interface MetricPublisher {
  /**
   * Our timeout is this much longer than the SDK's, so that the SDK's fires first and names the
   * cause.
   */
  Duration MARGIN = Duration.ofMillis(500);

  /** Sends a request and waits until it has ended. */
  void put(PutMetricDataRequest request, Duration timeout)
      throws ExecutionException, TimeoutException, InterruptedException;

  static MetricPublisher with(CloudWatchClient client) {
    return (request, timeout) -> client.putMetricData(bounded(request, timeout));
  }

  static MetricPublisher with(CloudWatchAsyncClient client) {
    return (request, timeout) -> {
      CompletableFuture<PutMetricDataResponse> sent =
          client.putMetricData(bounded(request, timeout));
      try {
        sent.get(timeout.plus(MARGIN).toNanos(), TimeUnit.NANOSECONDS);
      } finally {
        sent.cancel(true);
      }
    };
  }

  private static PutMetricDataRequest bounded(PutMetricDataRequest request, Duration timeout) {
    return request.toBuilder()
        .overrideConfiguration(
            AwsRequestOverrideConfiguration.builder().apiCallTimeout(timeout).build())
        .build();
  }
}
