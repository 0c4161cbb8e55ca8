package com.gymcoach.bedrock.dynamodb;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/** Checks the table and the client. Reports each problem in a sentence that says what to do. */
final class TableCheck {
  private static final String SLOW_CLIENT = "http#UrlConnection";

  private final DynamoDbCalls calls;
  private final TableLayout layout;
  private final AwsRequestOverrideConfiguration once;
  private final Duration limit;
  private final List<String> problems = new ArrayList<>();
  private volatile String userAgent = "";

  /**
   * Returns a check.
   *
   * @param limit the longest a request may take, by a timer that is not the SDK's: start-up must
   *     not wait for a future that never completes, nor for credentials
   */
  TableCheck(
      DynamoDbCalls calls,
      TableLayout layout,
      AwsRequestOverrideConfiguration once,
      Duration limit) {
    this.calls = calls;
    this.layout = layout;
    this.once = once;
    this.limit = limit;
  }

  List<String> problems() {
    TableDescription table = describe();
    if (table != null) {
      checkTable(table);
      checkTimeToLive();
    }
    checkClient();
    return List.copyOf(problems);
  }

  private @Nullable TableDescription describe() {
    DescribeTableRequest request =
        DescribeTableRequest.builder()
            .tableName(layout.table())
            .overrideConfiguration(once.toBuilder().addPlugin(this::noteHttpClient).build())
            .build();
    try {
      return inTime(calls.describeTable(request)).table();
    } catch (CompletionException e) {
      problems.add(
          e.getCause() instanceof ResourceNotFoundException
              ? "The table "
                  + layout.table()
                  + " does not exist in this region and account: create it (for development,"
                  + " CacheTable.create), or correct tableName."
              : "The table "
                  + layout.table()
                  + " could not be looked at ("
                  + Failures.name(e)
                  + "): check region, endpoint, network and the permission"
                  + " dynamodb:DescribeTable.");
      return null;
    }
  }

  private <T> T inTime(CompletableFuture<T> call) {
    return call.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS).join();
  }

  private void checkTable(TableDescription table) {
    if (table.tableStatus() != TableStatus.ACTIVE && table.tableStatus() != TableStatus.UPDATING) {
      problems.add(
          "The table " + layout.table() + " is " + table.tableStatusAsString() + ": wait for it.");
    }
    boolean right =
        table.keySchema().size() == 2
            && hasKey(table, layout.names().pk(), KeyType.HASH)
            && hasKey(table, layout.names().sk(), KeyType.RANGE);
    if (!right) {
      problems.add(
          "The table "
              + layout.table()
              + " does not have the partition key "
              + layout.names().pk()
              + " and the sort key "
              + layout.names().sk()
              + ", both strings: use another table, or set partitionKeyName and sortKeyName.");
    }
  }

  private static boolean hasKey(TableDescription table, String name, KeyType type) {
    return table.keySchema().stream()
            .anyMatch(key -> key.attributeName().equals(name) && key.keyType() == type)
        && table.attributeDefinitions().stream()
            .anyMatch(
                attribute ->
                    attribute.attributeName().equals(name)
                        && attribute.attributeType() == ScalarAttributeType.S);
  }

  private void checkTimeToLive() {
    DescribeTimeToLiveRequest request =
        DescribeTimeToLiveRequest.builder()
            .tableName(layout.table())
            .overrideConfiguration(once)
            .build();
    try {
      TimeToLiveDescription ttl = inTime(calls.describeTimeToLive(request)).timeToLiveDescription();
      boolean on =
          ttl != null
              && (ttl.timeToLiveStatus() == TimeToLiveStatus.ENABLED
                  || ttl.timeToLiveStatus() == TimeToLiveStatus.ENABLING);
      if (!on) {
        problems.add(
            "TTL of the table "
                + layout.table()
                + " is off, so you pay for expired entries that are never served: switch it on"
                + " for the attribute "
                + layout.names().ttl()
                + ".");
      } else if (!layout.names().ttl().equals(Objects.requireNonNull(ttl).attributeName())) {
        problems.add(
            "TTL of the table "
                + layout.table()
                + " is on for the attribute "
                + ttl.attributeName()
                + ", not "
                + layout.names().ttl()
                + ": set ttlAttribute to it.");
      }
    } catch (CompletionException e) {
      problems.add(
          "TTL of the table "
              + layout.table()
              + " could not be looked at ("
              + Failures.name(e)
              + "): allow dynamodb:DescribeTimeToLive.");
    }
  }

  private void checkClient() {
    SdkServiceClientConfiguration configuration = calls.configuration();
    if (configuration == null) {
      problems.add(
          "The DynamoDB client does not say how it is configured, so the store cannot tell"
              + " whether it retries: if it is a wrapper, let it implement"
              + " serviceClientConfiguration(); otherwise switch its retries off.");
    } else if (SingleAttempt.of(configuration) > 1) {
      problems.add(
          "The DynamoDB client retries. The store switches that off for each of its requests, at"
              + " about 0.1 ms each: give the store its own client, built with"
              + " overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry())).");
    }
    if (userAgent.contains(SLOW_CLIENT)) {
      problems.add(
          "The DynamoDB client uses UrlConnectionHttpClient, which adds over 1 ms to each look-up:"
              + " use Apache5HttpClient or AwsCrtHttpClient.");
    }
  }

  /** Reads the HTTP client's name from the user agent, the only place that shows it. */
  private void noteHttpClient(SdkServiceClientConfiguration.Builder client) {
    ExecutionInterceptor interceptor =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            userAgent = context.httpRequest().firstMatchingHeader("User-Agent").orElse("");
          }
        };
    client.overrideConfiguration(
        client.overrideConfiguration().toBuilder().addExecutionInterceptor(interceptor).build());
  }
}
