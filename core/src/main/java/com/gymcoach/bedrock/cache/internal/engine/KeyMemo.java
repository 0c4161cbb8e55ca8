package com.gymcoach.bedrock.cache.internal.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.RequestCopy;
import com.gymcoach.bedrock.cache.internal.sdk.RequestSample;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Remembers the addresses of recent requests, so that a repeated one need not be digested again. A
 * cheap hash finds a candidate; equality of every field, scope, operation and client decides. Where
 * two requests have one hash the later takes the place of the earlier, which is then digested.
 *
 * <p>It holds requests, prompts included, in memory. Thread-safe.
 */
final class KeyMemo {
  /** What an entry weighs beyond the request: its own objects and the table's slot. */
  private static final int OVERHEAD = 512;

  /** A cheap hash of a request within a scope. */
  interface Hash {
    long of(CacheScope scope, AwsRequest request);
  }

  /** What is known of a request that went by. */
  record Known(Plan.Lookup plan, boolean volatileReference) {}

  private record Remembered(
      CacheableOperation<?, ?> operation,
      String client,
      CacheScope scope,
      AwsRequest request,
      Known known,
      int weight) {

    boolean is(Call<?, ?> call, CacheScope asked) {
      return operation == call.operation()
          && client.equals(call.client())
          && scope.equals(asked)
          && request.equalsBySdkFields(call.request());
    }
  }

  private final Hash hash;
  private final Cache<Long, Remembered> recent;

  /** Returns an empty memo that holds up to so many bytes, requests included. */
  static KeyMemo ofBytes(long maxBytes, long seed) {
    return new KeyMemo(maxBytes, (scope, request) -> RequestSample.of(scope, request, seed));
  }

  KeyMemo(long maxBytes, Hash hash) {
    this.hash = hash;
    this.recent =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<Long, Remembered>weigher((key, remembered) -> remembered.weight())
            .executor(Runnable::run)
            .build();
  }

  /** Returns what is known of the same call, or null. */
  @Nullable Known get(Call<?, ?> call, CacheScope scope) {
    Remembered candidate = recent.getIfPresent(hash.of(scope, call.request()));
    return candidate != null && candidate.is(call, scope) ? candidate.known() : null;
  }

  /** Remembers a call, by a copy of its request that nobody else can change. */
  void put(Call<?, ?> call, CacheScope scope, RequestCopy copy, Known known) {
    long weight = copy.bytes() + OVERHEAD;
    if (weight <= Integer.MAX_VALUE) {
      recent.put(
          hash.of(scope, copy.request()),
          new Remembered(
              call.operation(), call.client(), scope, copy.request(), known, (int) weight));
    }
  }

  /** Returns how many bytes are taken to be held. */
  long bytes() {
    recent.cleanUp();
    return recent.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }

  /** Forgets everything. */
  void clear() {
    recent.invalidateAll();
  }
}
