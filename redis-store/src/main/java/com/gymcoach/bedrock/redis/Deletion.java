package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ScoredValueScanCursor;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a partition's entries in batches of 100: those in its index, and if the index was lost
 * those whose keys are the partition's, among all keys of its node.
 */
final class Deletion {
  private static final int BATCH = 100;

  /** The keys that one step of a search looks at. */
  private static final int SCANNED = 1_000;

  private final RedisLayout layout;
  private final Scripts scripts;
  private final long limitMillis;

  /**
   * Returns a deletion.
   *
   * @param limitMillis the longest that each request may take
   */
  Deletion(RedisLayout layout, Scripts scripts, long limitMillis) {
    this.layout = layout;
    this.scripts = scripts;
    this.limitMillis = limitMillis;
  }

  /**
   * Returns the addresses of the deleted entries. Passes each address to {@code onDeleted} once its
   * batch is deleted.
   */
  CompletionStage<Set<EntryAddress>> of(
      Partition partition, @Nullable String endpoint, Consumer<EntryAddress> onDeleted) {
    Run run = new Run(partition, endpoint, onDeleted);
    return run.all().thenApply(done -> run.gone);
  }

  private <T> CompletableFuture<T> inTime(CompletionStage<T> request) {
    return request.toCompletableFuture().copy().orTimeout(limitMillis, TimeUnit.MILLISECONDS);
  }

  /** One deletion. Its steps follow each other, so nothing here is used by two threads at once. */
  private final class Run {
    private final Partition partition;
    private final @Nullable String endpoint;
    private final Consumer<EntryAddress> onDeleted;
    private final Set<EntryAddress> gone = new HashSet<>();
    private final byte[] index;
    private final byte[] markers;

    Run(Partition partition, @Nullable String endpoint, Consumer<EntryAddress> onDeleted) {
      this.partition = partition;
      this.endpoint = endpoint;
      this.onDeleted = onDeleted;
      this.index = layout.indexKey(partition);
      this.markers = layout.markersKey(partition);
    }

    CompletionStage<@Nullable Void> all() {
      return inTime(scripts.run(Script.INDEXED, new byte[][] {markers, index}))
          .thenCompose(
              reply ->
                  Objects.equals(reply.get(1), 1L)
                      ? scripts
                          .links()
                          .get()
                          .thenCompose(link -> link.atNodeOf().apply(index))
                          .thenCompose(node -> search(node, ScanCursor.INITIAL))
                      : CompletableFuture.<@Nullable Void>completedFuture(null))
          .thenCompose(searched -> indexed(ScanCursor.INITIAL));
    }

    /** Deletes the entries in the index, page by page. */
    private CompletionStage<@Nullable Void> indexed(ScanCursor from) {
      ScanArgs args = ScanArgs.Builder.matches(RedisLayout.membersOf(endpoint)).limit(BATCH);
      return scripts
          .links()
          .get()
          .thenCompose(link -> inTime(link.commands().zscan(index, from, args)))
          .thenCompose(
              page -> delete(members(page), 0).thenCompose(done -> next(page, this::indexed)));
    }

    private static List<String> members(ScoredValueScanCursor<byte[]> page) {
      List<String> members = new ArrayList<>();
      for (ScoredValue<byte[]> each : page.getValues()) {
        members.add(RedisLayout.text(each.getValue()));
      }
      return members;
    }

    /** Deletes the partition's entries among all keys of its node. */
    private CompletionStage<@Nullable Void> search(
        RedisClusterAsyncCommands<byte[], byte[]> node, ScanCursor from) {
      ScanArgs args =
          ScanArgs.Builder.matches(layout.entriesOf(partition, endpoint)).limit(SCANNED);
      return inTime(node.scan(from, args))
          .thenCompose(
              page ->
                  delete(members(page), 0)
                      .thenCompose(done -> next(page, cursor -> search(node, cursor))));
    }

    private List<String> members(KeyScanCursor<byte[]> page) {
      List<String> members = new ArrayList<>();
      for (byte[] key : page.getKeys()) {
        String member = layout.member(partition, key);
        if (member != null) {
          members.add(member);
        }
      }
      return members;
    }

    private CompletionStage<@Nullable Void> next(
        ScanCursor page, Function<ScanCursor, CompletionStage<@Nullable Void>> go) {
      return page.isFinished() ? CompletableFuture.completedFuture(null) : go.apply(page);
    }

    /** Deletes from an index on. A member that is no entry's, such as the first, stays. */
    private CompletionStage<@Nullable Void> delete(List<String> members, int from) {
      List<EntryAddress> batch = new ArrayList<>();
      List<byte[]> keys = new ArrayList<>();
      keys.add(index);
      int to = from;
      for (; to < members.size() && batch.size() < BATCH; to++) {
        EntryAddress address = RedisLayout.address(partition, members.get(to));
        if (address != null) {
          batch.add(address);
          keys.add(layout.entryKey(address));
        }
      }
      if (batch.isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
      int next = to;
      byte[][] args =
          batch.stream()
              .map(address -> RedisLayout.bytes(RedisLayout.member(address)))
              .toArray(byte[][]::new);
      return inTime(scripts.run(Script.DELETE, keys.toArray(new byte[0][]), args))
          .thenCompose(
              reply -> {
                report(batch, reply);
                return delete(members, next);
              });
    }

    private void report(List<EntryAddress> batch, List<Object> reply) {
      for (int i = 0; i < batch.size(); i++) {
        if (Objects.equals(reply.get(i + 1), 1L) && gone.add(batch.get(i))) {
          onDeleted.accept(batch.get(i));
        }
      }
    }
  }
}
