package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.RequestCopy;
import com.gymcoach.bedrock.cache.internal.sdk.SampledHash;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Remembers the addresses of recent requests, so that a repeated request need not be digested
 * again. A cheap hash finds a candidate. It matches only if every field of the request, the scope,
 * the operation and the client are equal.
 *
 * <p>This is a plain table rather than a caching library, because each hit does a look-up and
 * reading a slot is the cheapest one. Each request has two possible slots, where newer requests
 * replace older ones. The memo holds requests, including prompts, in memory. Thread-safe.
 */
final class KeyMemo {
  /**
   * One slot per KB, about the weight of a short request. The number of slots is a power of two
   * between the limits below.
   */
  private static final int BYTES_A_SLOT = 1024;

  private static final int MIN_SLOTS = 1 << 6;
  private static final int MAX_SLOTS = 1 << 18;

  /** The weight of an entry's objects besides the request. */
  private static final int OVERHEAD = 512;

  /** A cheap hash of a request within a scope. */
  interface Hash {
    long of(CacheScope scope, AwsRequest request);
  }

  /** The plan remembered for a request. */
  record Known(Plan.Lookup plan, boolean volatileReference) {}

  /** The parts of a call that are not in its request. */
  private record Caller(
      CacheableOperation<?, ?> operation, ClientIdentity client, CacheScope scope) {}

  private record Remembered(
      long hash, Caller caller, AwsRequest request, Known known, long weight) {

    boolean is(long itsHash, CallerRequest<?, ?> call, CacheScope scope) {
      return hash == itsHash
          && caller.operation() == call.operation()
          && caller.client().equals(call.client())
          && caller.scope().equals(scope)
          && request.equalsBySdkFields(call.request());
    }
  }

  private final Hash hash;
  private final long maxBytes;
  private final AtomicReferenceArray<@Nullable Remembered> slots;
  private final int lastSlot;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger nextToGo = new AtomicInteger();

  /** Returns an empty memo that holds at most {@code maxBytes}, including requests. */
  static KeyMemo ofBytes(long maxBytes, long seed) {
    return new KeyMemo(maxBytes, new SampledHash(seed)::of);
  }

  KeyMemo(long maxBytes, Hash hash) {
    this.hash = hash;
    this.maxBytes = maxBytes;
    long wanted = Long.highestOneBit(maxBytes / BYTES_A_SLOT);
    this.slots = new AtomicReferenceArray<>((int) Math.min(MAX_SLOTS, Math.max(MIN_SLOTS, wanted)));
    this.lastSlot = slots.length() - 1;
  }

  /** Returns the plan remembered for the same call, or null. */
  @Nullable Known get(CallerRequest<?, ?> call, CacheScope scope) {
    long hashed = hash.of(scope, call.request());
    int slot = slot(hashed);
    Remembered candidate = slots.get(slot);
    if (candidate != null && candidate.is(hashed, call, scope)) {
      return candidate.known();
    }
    candidate = slots.get(second(slot));
    return candidate != null && candidate.is(hashed, call, scope) ? candidate.known() : null;
  }

  /** Remembers a call by a private copy of its request, which cannot change. */
  void put(CallerRequest<?, ?> call, CacheScope scope, RequestCopy copy, Known known) {
    long weight = copy.bytes() + OVERHEAD;
    if (weight > maxBytes) {
      return;
    }
    long hashed = hash.of(scope, copy.request());
    int slot = slot(hashed);
    Caller caller = new Caller(call.operation(), call.client(), scope);
    Remembered newest = new Remembered(hashed, caller, copy.request(), known, weight);
    Remembered before = replace(slot, newest);
    if (before != null) {
      replace(second(slot), before);
    }
    for (int gone = 0; bytes.get() > maxBytes && gone <= lastSlot; gone++) {
      replace(nextToGo.getAndIncrement() & lastSlot, null);
    }
  }

  /** Returns the estimated size in bytes. */
  long bytes() {
    return bytes.get();
  }

  /**
   * Forgets the requests of the scope's user, or all shared ones if it has none. Covers all
   * endpoints and all vary values.
   */
  void forget(CacheScope scope) {
    for (int slot = 0; slot <= lastSlot; slot++) {
      Remembered held = slots.get(slot);
      if (held != null && held.caller().scope().user().equals(scope.user())) {
        replace(slot, null);
      }
    }
  }

  /** Forgets everything. */
  void clear() {
    for (int slot = 0; slot <= lastSlot; slot++) {
      replace(slot, null);
    }
  }

  private @Nullable Remembered replace(int slot, @Nullable Remembered newer) {
    Remembered before = slots.getAndSet(slot, newer);
    bytes.addAndGet((newer == null ? 0 : newer.weight()) - (before == null ? 0 : before.weight()));
    return before;
  }

  private int slot(long hash) {
    return (int) hash & lastSlot;
  }

  private static int second(int slot) {
    return slot ^ 1;
  }
}
