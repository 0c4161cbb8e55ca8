package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Reads the store for all parts of a batch that memory cannot serve, at once. {@link Loader} then
 * finds each part's result. Thread-safe.
 */
final class ReadAhead {
  private final TimeSource time;
  private final @Nullable WarmTier warm;
  private final Fences fences;
  private final HotAnswers hot;
  private final Loader loader;

  ReadAhead(Parts parts, Loader loader) {
    this.time = parts.environment().time();
    this.warm = parts.tiers().warm();
    this.fences = parts.fences();
    this.hot = new HotAnswers(parts);
    this.loader = loader;
  }

  /** The reads of a batch, and which of them each part uses. */
  private static final class Reads<Q extends AwsRequest, R> {
    private final List<StoreQuery> queries = new ArrayList<>();
    private final Map<Partition, Integer> markers = new HashMap<>();
    private final Map<BatchPart<Q, R>, Integer> places = new HashMap<>();

    /** Adds a part's read. Parts that need no entry share a read of their partition's markers. */
    void add(BatchPart<Q, R> part, StoreQuery query) {
      Partition partition = query.address().partition();
      Integer place = query.withEntry() ? null : markers.get(partition);
      if (place == null) {
        place = queries.size();
        markers.putIfAbsent(partition, place);
        boolean withNamespace = queries.isEmpty() && query.withNamespaceMarker();
        queries.add(new StoreQuery(query.address(), query.withEntry(), withNamespace));
      }
      places.put(part, place);
    }

    /**
     * Gives each part its result. If the namespace's marker was to be read and was not, no part may
     * be served: the old one could be outdated.
     */
    void handOut(List<StoreRead> reads, Fences.Read reading) {
      boolean namespaceUnread =
          queries.get(0).withNamespaceMarker() && reads.get(0).markers() == null;
      places.forEach(
          (part, place) -> {
            StoreRead read = namespaceUnread ? new StoreRead(null, null) : reads.get(place);
            boolean isOwn = queries.get(place).address().equals(part.plan().address());
            StoreRead seen =
                isOwn ? read : new StoreRead(null, read.markers(), false, read.settings());
            part.exchange().lookahead(new Lookahead(seen, reading));
          });
    }
  }

  /** Reads for the parts of a batch. */
  <Q extends AwsRequest, R> CompletionStage<?> read(
      Exchange<Q, R> exchange, BatchCall<Q, R> batch) {
    WarmTier tier = warm;
    Reads<Q, R> reads = new Reads<>();
    if (tier != null) {
      long nanos = time.nanoTime();
      long millis = time.epochMillis();
      for (BatchPart<Q, R> part : batch.parts()) {
        if (hot.servable(part.plan(), nanos, millis) == null) {
          boolean isFresh = hot.fresh(part.plan(), nanos, millis) != null;
          reads.add(part, loader.query(part.exchange(), isFresh));
        }
      }
    }
    if (tier == null || reads.queries.isEmpty()) {
      return CompletableFuture.completedFuture(true);
    }
    Fences.Read reading = fences.beginRead();
    return tier.readAll(reads.queries, exchange.storeWait())
        .thenAccept(seen -> reads.handOut(seen, reading));
  }
}
