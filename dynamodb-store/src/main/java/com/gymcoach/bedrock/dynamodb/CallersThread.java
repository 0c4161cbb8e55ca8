package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.BeforeSend;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;

/**
 * Makes look-ups on their callers' threads: those of an async client, which does not block, and if
 * the service wishes so those of a sync client. A look-up whose credentials are not in hand is left
 * to the store's threads. Thread-safe.
 */
final class CallersThread {
  private final DynamoDbCalls calls;
  private final ReadyCredentials credentials;
  private final boolean isSync;
  private final Duration timeout;

  /** The time after which a call counts as not ended by its timeout. */
  private final long heldNanos;

  private final int mostPlaces;
  private final Semaphore places;
  private final TimeSource time;

  private CallersThread(
      DynamoDbCacheStore.Builder from,
      DynamoDbCalls calls,
      ReadyCredentials credentials,
      Duration timeout) {
    this.calls = calls;
    this.credentials = credentials;
    this.isSync = from.client != null;
    this.timeout = timeout;
    this.heldNanos = (isSync ? timeout.plus(TableRequests.MARGIN) : from.readBudget).toNanos();
    this.mostPlaces = isSync ? from.maxThreads : Integer.MAX_VALUE;
    this.places = new Semaphore(mostPlaces);
    this.time = from.timeSource;
  }

  /**
   * Returns null if all look-ups are to be made on the store's threads.
   *
   * @param onRead the configuration of a request of the async client
   */
  static @Nullable CallersThread of(
      DynamoDbCacheStore.Builder from,
      DynamoDbCalls calls,
      Executor threads,
      AwsRequestOverrideConfiguration onRead) {
    if (from.client != null && !from.lookUpsOnCallersThread) {
      return null;
    }
    SdkServiceClientConfiguration client = calls.configuration();
    Duration timeout = wholeMillis(from.readBudget);
    ReadyCredentials credentials =
        ReadyCredentials.of(
            client,
            from.client == null ? onRead : blocking(client, timeout),
            threads,
            from.timeSource);
    return credentials == null ? null : new CallersThread(from, calls, credentials, timeout);
  }

  /** Returns the duration, rounded up: the SDK's timers ignore a timeout of less than 1 ms. */
  private static Duration wholeMillis(Duration budget) {
    return Duration.ofMillis(budget.plusNanos(999_999).toMillis());
  }

  /**
   * Returns the configuration of a request that blocks its caller, for the budget and no longer. No
   * other timer of the SDK interrupts the caller sooner: {@link InterruptWatch} relies on that.
   */
  private static AwsRequestOverrideConfiguration blocking(
      @Nullable SdkServiceClientConfiguration client, Duration timeout) {
    AwsRequestOverrideConfiguration once = SingleAttempt.once(client, timeout);
    return client == null || client.overrideConfiguration().apiCallAttemptTimeout().isEmpty()
        ? once
        : once.toBuilder().apiCallAttemptTimeout(timeout).build();
  }

  /**
   * Returns the configuration of a request that may be made on this thread, or null if it is to be
   * handed over. That is so if a sync client would block a thread that its caller does not mean to
   * block. An interrupted caller does not wait for the store's threads, so it is handed over too.
   */
  @Nullable AwsRequestOverrideConfiguration request(boolean callerBlocks) {
    return isSync && (!callerBlocks || Thread.currentThread().isInterrupted())
        ? null
        : credentials.request();
  }

  /** Makes a look-up on this thread, unless it is a probe or too many are under way. */
  CompletableFuture<BatchGetItemResponse> batchGetItem(
      BatchGetItemRequest request, BeforeSend gate) {
    if (gate.isProbe() || !places.tryAcquire()) {
      return calls.batchGetItem(request, gate);
    }
    long began = time.nanoTime();
    try {
      return isSync ? blocking(request, gate) : calls.batchGetItemHere(request, gate);
    } finally {
      places.release();
      if (time.nanoTime() - began >= heldNanos) {
        credentials.callerWasHeld();
      }
    }
  }

  /**
   * Lets no further look-up be made on a caller's thread, and waits for those being made, up to the
   * limit or until this thread is interrupted.
   */
  void close(Duration limit) {
    try { // never given back
      boolean unused = places.tryAcquire(mostPlaces, limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<BatchGetItemResponse> blocking(
      BatchGetItemRequest request, BeforeSend gate) {
    InterruptWatch watch = InterruptWatch.begin(timeout);
    CompletableFuture<BatchGetItemResponse> reply = calls.batchGetItemHere(request, gate);
    return watch.end() ? reply.exceptionally(CallersThread::interrupted) : reply;
  }

  private static BatchGetItemResponse interrupted(Throwable failure) {
    throw new Failures.CallerInterruptedException(Failures.bare(failure));
  }

  /** Drops the credentials if the table has refused a request. */
  void forgetIfRefused(@Nullable Object reads, @Nullable Throwable failure) {
    if (failure != null && Failures.bare(failure) instanceof AwsServiceException) {
      credentials.refused();
    }
  }
}
