package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.BeforeSend;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Deletes a partition's entries and their parts page by page, in batches of 25, each sent six times
 * at most.
 */
final class Deletion {
  /** The limit of {@code BatchWriteItem}. */
  static final int BATCH = 25;

  /** How often a batch is sent while DynamoDB leaves part of it unprocessed. */
  private static final int ATTEMPTS = 6;

  private static final int FIRST_PAUSE_MILLIS = 20;

  private final DynamoDbCalls calls;
  private final TableLayout layout;
  private final AwsRequestOverrideConfiguration once;

  Deletion(DynamoDbCalls calls, TableLayout layout, AwsRequestOverrideConfiguration once) {
    this.calls = calls;
    this.layout = layout;
    this.once = once;
  }

  /**
   * Returns the addresses of the deleted entries. Passes each address to {@code onDeleted} once its
   * batch is deleted.
   */
  CompletionStage<Set<EntryAddress>> of(
      Partition partition, @Nullable String endpoint, Consumer<EntryAddress> onDeleted) {
    Set<EntryAddress> gone = new HashSet<>();
    Consumer<EntryAddress> noted =
        address -> {
          gone.add(address);
          onDeleted.accept(address);
        };
    return from(partition, endpoint, Map.of(), noted).thenApply(done -> gone);
  }

  private CompletionStage<@Nullable Void> from(
      Partition partition,
      @Nullable String endpoint,
      Map<String, AttributeValue> start,
      Consumer<EntryAddress> gone) {
    return calls
        .query(layout.entries(partition, endpoint, start).overrideConfiguration(once).build())
        .thenCompose(
            page ->
                delete(partition, page, 0, gone)
                    .thenCompose(
                        done ->
                            page.lastEvaluatedKey().isEmpty()
                                ? CompletableFuture.<@Nullable Void>completedFuture(null)
                                : from(partition, endpoint, page.lastEvaluatedKey(), gone)));
  }

  /**
   * Deletes the entries and parts of a page from an index on, and passes the entries' addresses to
   * {@code gone}.
   */
  private CompletionStage<@Nullable Void> delete(
      Partition partition, QueryResponse page, int from, Consumer<EntryAddress> gone) {
    if (from >= page.items().size()) {
      return CompletableFuture.completedFuture(null);
    }
    int to = Math.min(from + BATCH, page.items().size());
    List<StoredItem> items = layout.stored(partition, page.items().subList(from, to));
    List<WriteRequest> batch = items.stream().map(layout::deletion).toList();
    return send(batch, 1)
        .thenCompose(
            sent -> {
              items.stream()
                  .filter(item -> !item.isPart())
                  .forEach(item -> gone.accept(item.address()));
              return delete(partition, page, to, gone);
            });
  }

  private CompletionStage<@Nullable Void> send(List<WriteRequest> batch, int attempt) {
    if (batch.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    BatchWriteItemRequest request =
        BatchWriteItemRequest.builder()
            .requestItems(Map.of(layout.table(), batch))
            .overrideConfiguration(once)
            .build();
    return calls
        .batchWriteItem(request, BeforeSend.OPEN)
        .thenCompose(
            response -> {
              List<WriteRequest> left = unprocessed(response);
              if (left.isEmpty()) {
                return CompletableFuture.completedFuture(null);
              }
              if (attempt == ATTEMPTS) {
                return CompletableFuture.failedFuture(
                    new IllegalStateException(
                        "DynamoDB left deletions unprocessed " + ATTEMPTS + " times"));
              }
              // Runs on the JVM's single timer thread, which is safe: it only hands over the next
              // call.
              return new CompletableFuture<@Nullable Void>()
                  .completeOnTimeout(null, pauseMillis(attempt), TimeUnit.MILLISECONDS)
                  .thenCompose(paused -> send(left, attempt + 1));
            });
  }

  static List<WriteRequest> unprocessed(BatchWriteItemResponse response) {
    List<WriteRequest> left = new ArrayList<>();
    response.unprocessedItems().values().forEach(left::addAll);
    return left;
  }

  /**
   * Returns a pause that doubles with each attempt, drawn from its upper half so that processes do
   * not retry in step.
   */
  static long pauseMillis(int attempt) {
    long max = (long) FIRST_PAUSE_MILLIS << attempt;
    return ThreadLocalRandom.current().nextLong(max / 2, max + 1);
  }
}
