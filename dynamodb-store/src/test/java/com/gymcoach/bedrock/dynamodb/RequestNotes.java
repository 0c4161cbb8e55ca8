package com.gymcoach.bedrock.dynamodb;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.DoubleAdder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.RequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * Notes a client's requests and what they consume, and can do something between the two requests of
 * a look-up or a write.
 */
final class RequestNotes implements ExecutionInterceptor {
  /** The requests made, oldest first: {@code BatchGetItem} and so on. */
  final List<String> made = new CopyOnWriteArrayList<>();

  private final DoubleAdder consumed = new DoubleAdder();

  /** The time limit of each request. */
  final Queue<Duration> limits = new ConcurrentLinkedQueue<>();

  /** Done before entries and heads are read. */
  volatile Runnable beforeRead = () -> {};

  /** Done before the parts of an entry are written. */
  volatile Runnable beforePartsWrite = () -> {};

  /** Done before the parts of an entry are read. */
  volatile Runnable beforeParts = () -> {};

  /** Done before the head of an entry is written. */
  volatile Runnable beforeHead = () -> {};

  /** Returns a builder of a store whose client is noted, and closed with the process. */
  DynamoDbCacheStore.Builder store(Dynamo.Kind kind, String table) {
    DynamoDbCacheStore.Builder builder = Dynamo.store(table);
    return kind == Dynamo.Kind.SYNC
        ? builder.client(
            Dynamo.configured(DynamoDbClient.builder(), Dynamo.local().endpoint())
                .httpClient(Apache5HttpClient.create())
                .overrideConfiguration(
                    o ->
                        o.retryStrategy(AwsRetryStrategy.doNotRetry())
                            .addExecutionInterceptor(this))
                .build())
        : builder.client(
            Dynamo.configured(DynamoDbAsyncClient.builder(), Dynamo.local().endpoint())
                .overrideConfiguration(
                    o ->
                        o.retryStrategy(AwsRetryStrategy.doNotRetry())
                            .addExecutionInterceptor(this))
                .build());
  }

  /** Returns the units consumed since this was last called. */
  double consumed() {
    return consumed.sumThenReset();
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    SdkRequest request = context.request();
    made.add(request.getClass().getSimpleName().replace("Request", ""));
    request
        .overrideConfiguration()
        .flatMap(RequestOverrideConfiguration::apiCallTimeout)
        .ifPresent(limits::add);
    if (request instanceof BatchGetItemRequest read) {
      (readsParts(read) ? beforeParts : beforeRead).run();
      return read.copy(r -> r.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
    }
    if (request instanceof BatchWriteItemRequest write) {
      beforePartsWrite.run();
      return write.copy(r -> r.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
    }
    if (request instanceof PutItemRequest write) {
      beforeHead.run();
      return write.copy(r -> r.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL));
    }
    return request;
  }

  private static boolean readsParts(BatchGetItemRequest read) {
    return read.requestItems().values().stream()
        .flatMap(items -> items.keys().stream())
        .anyMatch(key -> Dynamo.text(key, "SK").split("#", -1).length > 3);
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    if (context.response() instanceof BatchGetItemResponse read) {
      read.consumedCapacity().forEach(each -> consumed.add(each.capacityUnits()));
    } else if (context.response() instanceof BatchWriteItemResponse written) {
      written.consumedCapacity().forEach(each -> consumed.add(each.capacityUnits()));
    } else if (context.response() instanceof PutItemResponse written) {
      consumed.add(written.consumedCapacity().capacityUnits());
    }
  }
}
