package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.BeforeSend;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;

/**
 * Reads and writes entries that are stored in parts, each with two requests in a row. The caller's
 * guard sees both as one call. The second request is handed over to the store's threads; if they
 * are all busy, that is no failure of the table. Thread-safe.
 */
final class LargeEntries {
  private final DynamoDbCalls calls;
  private final TableLayout layout;
  private final Function<Duration, AwsRequestOverrideConfiguration> once;
  private final AwsRequestOverrideConfiguration onWrite;
  private final TimeSource time;

  /**
   * Creates the large entries of a table.
   *
   * @param once returns the configuration of a request that is attempted once within a time
   * @param onWrite the configuration of a write
   */
  LargeEntries(
      DynamoDbCalls calls,
      TableLayout layout,
      Function<Duration, AwsRequestOverrideConfiguration> once,
      AwsRequestOverrideConfiguration onWrite,
      TimeSource time) {
    this.calls = calls;
    this.layout = layout;
    this.once = once;
    this.onWrite = onWrite;
    this.time = time;
  }

  /**
   * Completes a look-up: reads the parts of the large entries that it has found, if any.
   *
   * @param left the rest of the look-up's budget
   */
  CompletableFuture<LookUp.Found> completed(
      List<StoreQuery> queries, LookUp.Found found, Duration left, @Nullable Executor context) {
    if (found.heads().isEmpty()) {
      return CompletableFuture.completedFuture(found);
    }
    PartsLookUp second = new PartsLookUp(layout, queries, found, time.now());
    if (!second.isNeeded()
        || left.isNegative()
        || left.isZero()) { // its caller has stopped waiting
      return CompletableFuture.completedFuture(second.notRead(null));
    }
    return calls
        .batchGetItem(
            second.request(once.apply(left.plus(TableRequests.MARGIN))),
            BeforeSend.OPEN.in(context))
        .thenApply(second::found)
        .exceptionally(failure -> second.notRead(isBusy(failure) ? null : failure));
  }

  /**
   * Returns a call that writes the parts of an entry, and then the head if all parts were
   * acknowledged. If it stops in between, no look-up finds the parts, and they expire.
   *
   * <p>The call completes with null, or with the refusal of the second request by the store's
   * threads.
   */
  Function<BeforeSend, CompletableFuture<@Nullable StoreBusyException>> write(
      EntryAddress address, byte[] envelope, Instant retainUntil, @Nullable Executor context) {
    EntryHead head = layout.parts().head(envelope, retainUntil);
    BatchWriteItemRequest parts =
        BatchWriteItemRequest.builder()
            .requestItems(Map.of(layout.table(), layout.parts(address, head, envelope)))
            .overrideConfiguration(onWrite)
            .build();
    PutItemRequest last = layout.head(address, head).overrideConfiguration(onWrite).build();
    return gate ->
        calls
            .batchWriteItem(parts, gate.in(context))
            .thenCompose(
                response ->
                    Deletion.unprocessed(response).isEmpty()
                        ? put(last, context)
                        : CompletableFuture.failedFuture(
                            new IllegalStateException("DynamoDB left parts unprocessed")));
  }

  private CompletableFuture<@Nullable StoreBusyException> put(
      PutItemRequest head, @Nullable Executor context) {
    return calls
        .putItem(head, BeforeSend.OPEN.in(context))
        .<@Nullable StoreBusyException>thenApply(written -> null)
        .exceptionallyCompose(
            failure ->
                Failures.bare(failure) instanceof StoreBusyException busy
                    ? CompletableFuture.completedFuture(busy)
                    : CompletableFuture.failedFuture(failure));
  }

  private static boolean isBusy(Throwable failure) {
    return Failures.bare(failure) instanceof StoreBusyException;
  }
}
