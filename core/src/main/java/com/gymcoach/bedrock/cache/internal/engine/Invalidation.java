package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.CacheStore;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Marker;
import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Makes a scope's answers disappear: from this process when it returns, from others within the
 * invalidation delay. Thread-safe.
 */
public final class Invalidation {
  /** The longest that a caller waits: for the markers, and then for deletions. */
  private static final Duration BUDGET = Duration.ofSeconds(5);

  private static final int ATTEMPTS = 3;

  private final TimeSource time;
  private final RequestPlanner planner;
  private final Fences fences;
  private final HotTier hot;
  private final @Nullable WarmTier warm;
  private final UnacknowledgedInvalidations unacknowledged;
  private final StatsRecorder recorder;

  Invalidation(
      TimeSource time,
      RequestPlanner planner,
      Fences fences,
      HotTier hot,
      @Nullable WarmTier warm,
      UnacknowledgedInvalidations unacknowledged,
      StatsRecorder recorder) {
    this.time = time;
    this.planner = planner;
    this.fences = fences;
    this.hot = hot;
    this.warm = warm;
    this.unacknowledged = unacknowledged;
    this.recorder = recorder;
  }

  /**
   * Invalidates a scope and waits until it is done.
   *
   * @return how many distinct entries went, from memory and from the warm tier together
   * @throws SdkClientException if the warm tier did not acknowledge it: this process then takes
   *     nothing of the scope from there any more, but others may
   */
  public long invalidate(CacheScope scope, WaitStrategy waiting) {
    return invalidate(scope, planner.partitions(scope), scope.endpoint().orElse(null), waiting);
  }

  /**
   * Invalidates the answer to a call, and with it what the same partition holds at the same
   * endpoint: markers are no finer. Policies are not asked: what they say now says nothing of what
   * was kept before.
   *
   * @throws IllegalArgumentException if nobody says whose the call is, or it has no key
   * @throws SdkClientException as {@link #invalidate(CacheScope, WaitStrategy)}
   */
  public <Q extends AwsRequest> long invalidate(CallerRequest<Q, ?> call, WaitStrategy waiting) {
    CacheScope scope = call.scope();
    if (scope == null) {
      throw new IllegalArgumentException(
          "Nobody says whose answer it is: call invalidate on client.forScope(...)");
    }
    List<Partition> partitions = planner.partitions(call, scope, new CallRecord(time));
    if (partitions.isEmpty()) {
      throw new IllegalArgumentException(
          "The key generator failed for this request, so its answer cannot be found: call"
              + " BedrockCache.invalidate with the scope");
    }
    String endpoint = scope.endpoint().orElse(RequestPlanner.DEFAULT_ENDPOINT);
    return invalidate(scope, partitions, endpoint, waiting);
  }

  private long invalidate(
      CacheScope scope,
      List<Partition> partitions,
      @Nullable String endpoint,
      WaitStrategy waiting) {
    long began = time.nanoTime();
    Set<Partition> unmarked = mark(partitions, endpoint, began, waiting);
    // After the markers: whoever took a fence before this may have read the old ones.
    for (Partition partition : partitions) {
      if (unmarked.contains(partition)) {
        unacknowledged.raise(partition, endpoint, time.now());
      } else {
        unacknowledged.remove(partition, endpoint);
      }
      fences.takeDown(partition, endpoint);
    }
    Set<EntryAddress> gone = hot.removeAll(Set.copyOf(partitions), endpoint);
    planner.forget(scope);
    if (!unmarked.isEmpty()) {
      recorder.invalidationFault(endpoint, CacheFault.INVALIDATION_FAILED, null);
      throw SdkClientException.create(
          "The cache's warm tier did not acknowledge the invalidation. This process no longer takes"
              + " the scope's entries from there; other processes may, until they expire. Call"
              + " invalidate again.");
    }
    gone.addAll(delete(partitions, endpoint, began, waiting));
    recorder.invalidation(endpoint, gone.size());
    return gone.size();
  }

  /** Returns the partitions whose new marker was not acknowledged. */
  private Set<Partition> mark(
      List<Partition> partitions, @Nullable String endpoint, long began, WaitStrategy waiting) {
    WarmTier tier = warm;
    if (tier == null) {
      return Set.of();
    }
    Instant retainUntil = time.now().plus(Marker.RETENTION);
    Set<Partition> unmarked = new HashSet<>(partitions);
    for (int attempt = 0; attempt < ATTEMPTS && !unmarked.isEmpty(); attempt++) {
      pause(attempt, waiting);
      List<Partition> order = List.copyOf(unmarked);
      List<CompletionStage<Void>> marks = new ArrayList<>();
      for (Partition partition : order) {
        Marker marker = Marker.random();
        marks.add(
            WarmTier.guarded(() -> tier.store().mark(partition, endpoint, marker, retainUntil)));
      }
      for (int i = 0; i < order.size(); i++) {
        Throwable failure = await(left(began), marks.get(i), waiting).failure();
        if (failure == null) {
          unmarked.remove(order.get(i));
        } else {
          recorder.noted("writing an invalidation's marker", failure);
        }
      }
    }
    return unmarked;
  }

  /** Returns what has been deleted within the caller's time; the store goes on with the rest. */
  private Set<EntryAddress> delete(
      List<Partition> partitions, @Nullable String endpoint, long began, WaitStrategy waiting) {
    WarmTier tier = warm;
    if (tier == null) {
      return Set.of();
    }
    Set<EntryAddress> deleted = ConcurrentHashMap.newKeySet();
    CacheStore store = tier.store();
    List<CompletionStage<Set<EntryAddress>>> deletions = new ArrayList<>();
    for (Partition partition : partitions) {
      deletions.add(WarmTier.guarded(() -> store.deleteAll(partition, endpoint, deleted::add)));
    }
    for (CompletionStage<Set<EntryAddress>> deletion : deletions) {
      Result<Set<EntryAddress>> result = await(left(began), deletion, waiting);
      Throwable failure = result.failure();
      if (failure instanceof TimeoutException) {
        recorder.invalidationFault(endpoint, CacheFault.DELETE_UNFINISHED, null);
      } else if (failure != null) { // they are fenced; the store's ttl takes them
        recorder.invalidationFault(endpoint, CacheFault.DELETE_FAILED, failure);
      }
    }
    return Set.copyOf(deleted);
  }

  private Duration left(long began) {
    return BUDGET.minusNanos(time.nanoTime() - began);
  }

  private static <T extends @Nullable Object> Result<T> await(
      Duration budget, CompletionStage<T> stage, WaitStrategy waiting) {
    return waiting.within(budget, stage).toCompletableFuture().join();
  }

  /** Waits a little before a second attempt, and a little more before a third. */
  private static void pause(int attempt, WaitStrategy waiting) {
    if (attempt > 0) {
      long millis = 25L << (2 * attempt);
      CompletableFuture<Void> later =
          new CompletableFuture<Void>().completeOnTimeout(null, millis, TimeUnit.MILLISECONDS);
      await(Duration.ofMillis(2 * millis), later, waiting);
    }
  }
}
