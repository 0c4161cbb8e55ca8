package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.env.Timers;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.Tiers;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Invalidates a scope's answers. They are gone from this process when a method returns, and from
 * other processes within the invalidation delay. Thread-safe.
 */
public final class Invalidation {
  /** The longest a caller waits for markers and deletions together. */
  private static final Duration BUDGET = Duration.ofSeconds(5);

  private static final int ATTEMPTS = 3;

  private final TimeSource time;
  private final Timers timers;
  private final RequestPlanner planner;
  private final Fences fences;
  private final Tiers tiers;
  private final StatsRecorder recorder;
  private final @Nullable Explainer explainer;
  private final @Nullable HitVerifier verifier;

  Invalidation(
      Parts parts,
      RequestPlanner planner,
      @Nullable Explainer explainer,
      @Nullable HitVerifier verifier) {
    this.time = parts.environment().time();
    this.timers = parts.environment().timers();
    this.planner = planner;
    this.fences = parts.fences();
    this.tiers = parts.tiers();
    this.recorder = parts.recorder();
    this.explainer = explainer;
    this.verifier = verifier;
  }

  /**
   * Invalidates a scope and waits until it is done.
   *
   * @return the number of distinct entries removed from memory and the warm tier together
   * @throws SdkClientException if the warm tier did not acknowledge the invalidation: this process
   *     then serves no more of the scope's entries from there, but other processes may
   */
  public long invalidate(CacheScope scope, WaitStrategy waiting) {
    return invalidate(scope, planner.partitions(scope), scope.endpoint().orElse(null), waiting);
  }

  /**
   * Invalidates the answer to a call. Also invalidates the partition's other answers at the same
   * endpoint, because markers are kept per partition and endpoint. Policies are not asked, because
   * earlier policies may have kept the answer.
   *
   * @throws IllegalArgumentException if the call has no scope or no key
   * @throws SdkClientException under the conditions of {@link #invalidate(CacheScope,
   *     WaitStrategy)}
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
    long failuresBefore = fences.unacknowledged().begin();
    Set<Partition> unmarked = mark(partitions, endpoint, began, waiting);
    // After the markers: a call that took its fence before this may have read the old ones.
    for (Partition partition : partitions) {
      if (unmarked.contains(partition)) {
        fences.unacknowledged().raise(partition, endpoint, time.now());
      } else {
        fences.unacknowledged().remove(partition, endpoint, failuresBefore);
      }
      fences.takeDown(partition, endpoint);
    }
    if (explainer != null) {
      explainer.invalidated(partitions, endpoint);
    }
    Set<EntryAddress> gone;
    try {
      gone = tiers.hot().removeAll(Set.copyOf(partitions), endpoint);
    } finally {
      planner.forget(scope); // whatever happens: it holds the user's prompts
      if (verifier != null) {
        verifier.forgetInvalidated(); // for the same reason
      }
    }
    if (!unmarked.isEmpty()) {
      recorder.faultOfNoCall(endpoint, CacheFault.INVALIDATION_FAILED, null);
      throw SdkClientException.create(
          "The cache's warm tier did not acknowledge the invalidation. This process no longer takes"
              + " the scope's entries from there; other processes may, until they expire. Call"
              + " invalidate again.");
    }
    gone.addAll(delete(partitions, endpoint, began, waiting));
    recorder.invalidation(endpoint, gone.size());
    return gone.size();
  }

  /** Writes new markers. Returns the partitions whose marker was not acknowledged. */
  private Set<Partition> mark(
      List<Partition> partitions, @Nullable String endpoint, long began, WaitStrategy waiting) {
    WarmTier tier = tiers.warm();
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

  /**
   * Deletes entries from the store. Returns those deleted within the caller's budget; the store
   * continues with the rest.
   */
  private Set<EntryAddress> delete(
      List<Partition> partitions, @Nullable String endpoint, long began, WaitStrategy waiting) {
    WarmTier tier = tiers.warm();
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
        recorder.faultOfNoCall(endpoint, CacheFault.DELETE_UNFINISHED, null);
      } else if (failure != null) { // the entries left are fenced; the store's TTL removes them
        recorder.faultOfNoCall(endpoint, CacheFault.DELETE_FAILED, failure);
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

  /** Waits before a second attempt (100 ms) and a third one (400 ms). */
  private void pause(int attempt, WaitStrategy waiting) {
    if (attempt > 0) {
      Duration delay = Duration.ofMillis(25L << (2 * attempt));
      await(delay.multipliedBy(2), timers.after(delay), waiting);
    }
  }
}
