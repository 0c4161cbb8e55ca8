package com.gymcoach.bedrock.examples.lambda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** A table in memory that answers at once, and that a test can break. It keeps no markers. */
final class FakeTable implements DynamoDbClient {
  private final Map<String, Map<String, AttributeValue>> items = new ConcurrentHashMap<>();
  private volatile @Nullable RuntimeException failure;
  private volatile boolean altered;

  /** Fails every later request, or none if null. */
  void fail(@Nullable RuntimeException with) {
    failure = with;
  }

  /** Serves items of which a byte is not as it was written. */
  void alter() {
    altered = true;
  }

  private void check() {
    RuntimeException broken = failure;
    if (broken != null) {
      throw broken;
    }
  }

  private static String key(Map<String, AttributeValue> item) {
    return item.get("PK") + "|" + item.get("SK");
  }

  @Override
  public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
    check();
    Map<String, List<Map<String, AttributeValue>>> found = new HashMap<>();
    request
        .requestItems()
        .forEach(
            (table, wanted) -> {
              List<Map<String, AttributeValue>> here = new ArrayList<>();
              for (Map<String, AttributeValue> key : wanted.keys()) {
                Map<String, AttributeValue> item = items.get(key(key));
                if (item != null) {
                  here.add(altered ? altered(item) : item);
                }
              }
              found.put(table, here);
            });
    return BatchGetItemResponse.builder().responses(found).build();
  }

  private static Map<String, AttributeValue> altered(Map<String, AttributeValue> item) {
    Map<String, AttributeValue> other = new HashMap<>(item);
    other.replaceAll(
        (name, value) -> {
          if (value.b() == null) {
            return value;
          }
          byte[] bytes = value.b().asByteArray();
          bytes[bytes.length - 1] ^= 1;
          return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
        });
    return other;
  }

  @Override
  public PutItemResponse putItem(PutItemRequest request) {
    check();
    items.put(key(request.item()), request.item());
    return PutItemResponse.builder().build();
  }

  /** Sets the live settings, or removes them. Markers are acknowledged and not kept. */
  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    check();
    if (request.updateExpression().equals("SET #c = :c REMOVE #t")) {
      Map<String, AttributeValue> item = new HashMap<>(request.key());
      item.put(
          Objects.requireNonNull(request.expressionAttributeNames().get("#c")),
          Objects.requireNonNull(request.expressionAttributeValues().get(":c")));
      items.put(key(item), item);
    } else if (request.updateExpression().equals("REMOVE #c, #t")) {
      items.remove(key(request.key()));
    }
    return UpdateItemResponse.builder().build();
  }

  @Override
  public QueryResponse query(QueryRequest request) {
    check();
    return QueryResponse.builder().items(List.of()).build();
  }

  @Override
  public BatchWriteItemResponse batchWriteItem(BatchWriteItemRequest request) {
    check();
    return BatchWriteItemResponse.builder().build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
