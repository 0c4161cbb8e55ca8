package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.BeforeSend;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * The DynamoDB operations the store uses, for a sync or an async client. They report failures
 * through the future and never throw. All run on the executor, because even the async client can
 * block its caller, for credentials ({@code docs/decisions/005}); only {@link #batchGetItemHere}
 * runs on the calling thread.
 */
final class DynamoDbCalls {
  private final @Nullable DynamoDbClient sync;
  private final @Nullable DynamoDbAsyncClient async;
  private final Executor executor;

  private DynamoDbCalls(
      @Nullable DynamoDbClient sync, @Nullable DynamoDbAsyncClient async, Executor executor) {
    this.sync = sync;
    this.async = async;
    this.executor = executor;
  }

  static DynamoDbCalls of(DynamoDbClient client, Executor executor) {
    return new DynamoDbCalls(client, null, executor);
  }

  static DynamoDbCalls of(DynamoDbAsyncClient client, Executor executor) {
    return new DynamoDbCalls(null, client, executor);
  }

  /**
   * Returns the client's configuration, or null if the client does not provide it: clients outside
   * the SDK inherit a method that throws.
   */
  @Nullable SdkServiceClientConfiguration configuration() {
    return SingleAttempt.configuration(
        () ->
            sync != null
                ? sync.serviceClientConfiguration()
                : Objects.requireNonNull(async).serviceClientConfiguration());
  }

  CompletableFuture<BatchGetItemResponse> batchGetItem(
      BatchGetItemRequest request, BeforeSend gate) {
    return call(gate, c -> c.batchGetItem(request), c -> c.batchGetItem(request));
  }

  /**
   * Sends from this thread. An async client does not block it if it has credentials; a sync client
   * blocks it until the answer is there.
   */
  CompletableFuture<BatchGetItemResponse> batchGetItemHere(
      BatchGetItemRequest request, BeforeSend gate) {
    try {
      return Objects.requireNonNull(
          gate.pass(() -> make(c -> c.batchGetItem(request), c -> c.batchGetItem(request))));
    } catch (Throwable thrown) {
      return CompletableFuture.failedFuture(thrown);
    }
  }

  CompletableFuture<PutItemResponse> putItem(PutItemRequest request, BeforeSend gate) {
    return call(gate, c -> c.putItem(request), c -> c.putItem(request));
  }

  CompletableFuture<UpdateItemResponse> updateItem(UpdateItemRequest request) {
    return call(BeforeSend.OPEN, c -> c.updateItem(request), c -> c.updateItem(request));
  }

  CompletableFuture<QueryResponse> query(QueryRequest request) {
    return call(BeforeSend.OPEN, c -> c.query(request), c -> c.query(request));
  }

  CompletableFuture<BatchWriteItemResponse> batchWriteItem(
      BatchWriteItemRequest request, BeforeSend gate) {
    return batchWriteItem(() -> request, gate);
  }

  /**
   * Sends a request that is large, or takes long to make.
   *
   * @param request makes it, on the thread that sends it
   */
  CompletableFuture<BatchWriteItemResponse> batchWriteItem(
      Supplier<BatchWriteItemRequest> request, BeforeSend gate) {
    return call(gate, c -> c.batchWriteItem(request.get()), c -> c.batchWriteItem(request.get()));
  }

  CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request) {
    return call(BeforeSend.OPEN, c -> c.describeTable(request), c -> c.describeTable(request));
  }

  CompletableFuture<DescribeTimeToLiveResponse> describeTimeToLive(
      DescribeTimeToLiveRequest request) {
    return call(
        BeforeSend.OPEN, c -> c.describeTimeToLive(request), c -> c.describeTimeToLive(request));
  }

  private <T> CompletableFuture<T> call(
      BeforeSend gate,
      Function<DynamoDbClient, T> withSync,
      Function<DynamoDbAsyncClient, CompletableFuture<T>> withAsync) {
    return CompletableFuture.completedFuture(gate)
        .thenComposeAsync(passed -> passed.pass(() -> make(withSync, withAsync)), executor);
  }

  private <T> CompletableFuture<T> make(
      Function<DynamoDbClient, T> withSync,
      Function<DynamoDbAsyncClient, CompletableFuture<T>> withAsync) {
    return sync != null
        ? CompletableFuture.completedFuture(withSync.apply(sync))
        : withAsync.apply(Objects.requireNonNull(async));
  }
}
