package com.gymcoach.bedrock.dynamodb;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * A blocking client for operator tasks: retries transient failures up to eight attempts, with
 * growing pauses.
 */
final class RetryingClient {
  private static final int ATTEMPTS = 8;

  /** Pauses stop growing at this attempt, at 0.6 s. */
  private static final int MAX_PAUSE = 5;

  private static final int FIRST_SERVER_ERROR = 500;

  private final DynamoDbClient client;
  private final AwsRequestOverrideConfiguration once;

  RetryingClient(DynamoDbClient client) {
    this.client = client;
    this.once =
        SingleAttempt.once(
            SingleAttempt.configuration(client::serviceClientConfiguration),
            Duration.ofSeconds(10));
  }

  /**
   * Updates an item.
   *
   * @param request returns a new request for each attempt. An attempt that seemed to fail may have
   *     been made, so a marker that is sent again could undo the invalidation after it
   */
  UpdateItemResponse updateItem(Supplier<UpdateItemRequest.Builder> request) {
    return persistently(() -> client.updateItem(request.get().overrideConfiguration(once).build()));
  }

  QueryResponse query(QueryRequest.Builder request) {
    QueryRequest made = request.overrideConfiguration(once).build();
    return persistently(() -> client.query(made));
  }

  /** Returns the deletions that are still unprocessed after the last attempt. */
  List<WriteRequest> deleteAll(String table, List<WriteRequest> batch) {
    List<WriteRequest> left = batch;
    for (int attempt = 0; attempt < ATTEMPTS && !left.isEmpty(); attempt++) {
      pause(attempt);
      BatchWriteItemRequest request =
          BatchWriteItemRequest.builder()
              .requestItems(Map.of(table, left))
              .overrideConfiguration(once)
              .build();
      left = Deletion.unprocessed(persistently(() -> client.batchWriteItem(request)));
    }
    return left;
  }

  private static <T> T persistently(Supplier<T> call) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (SdkException failure) {
        if (attempt == ATTEMPTS || !mayPass(failure)) {
          throw failure;
        }
        pause(attempt);
      }
    }
  }

  private static boolean mayPass(SdkException failure) {
    return failure instanceof SdkServiceException service
        ? service.isThrottlingException() || service.statusCode() >= FIRST_SERVER_ERROR
        : !(failure instanceof AbortedException);
  }

  private static void pause(int attempt) {
    if (attempt == 0) {
      return;
    }
    try {
      Thread.sleep(Deletion.pauseMillis(Math.min(attempt, MAX_PAUSE)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AbortedException.create("Interrupted while waiting for DynamoDB", e);
    }
  }
}
