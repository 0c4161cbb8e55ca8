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
import java.util.Objects;
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
   * <p>The entry is copied when the call is made, and not if the guard refuses it. The rest is done
   * on the thread that sends the parts.
   *
   * <p>The call completes with null, or with the refusal of the second request by the store's
   * threads.
   */
  Function<BeforeSend, CompletableFuture<@Nullable StoreBusyException>> write(
      EntryAddress address, byte[] envelope, Instant retainUntil, @Nullable Executor context) {
    return gate -> {
      Write write = new Write(address, layout.parts().split(envelope), retainUntil);
      return calls
          .batchWriteItem(write::parts, gate.in(context))
          .thenCompose(
              response ->
                  Deletion.unprocessed(response).isEmpty()
                      ? put(write.last(), context)
                      : CompletableFuture.failedFuture(
                          new IllegalStateException("DynamoDB left parts unprocessed")));
    };
  }

  /** The two requests of a write. They are made one after the other. */
  private final class Write {
    private final EntryAddress address;
    private final List<byte[]> bodies;
    private final Instant retainUntil;

    /** Known once the parts are requested. */
    private @Nullable EntryHead head;

    Write(EntryAddress address, List<byte[]> bodies, Instant retainUntil) {
      this.address = address;
      this.bodies = bodies;
      this.retainUntil = retainUntil;
    }

    BatchWriteItemRequest parts() {
      EntryHead made = EntryParts.head(bodies, retainUntil);
      head = made;
      return BatchWriteItemRequest.builder()
          .requestItems(Map.of(layout.table(), layout.parts(address, made, bodies)))
          .overrideConfiguration(onWrite)
          .build();
    }

    PutItemRequest last() {
      return layout
          .head(address, Objects.requireNonNull(head))
          .overrideConfiguration(onWrite)
          .build();
    }
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
