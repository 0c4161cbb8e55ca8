package com.gymcoach.bedrock.examples.load.day;

import com.gymcoach.bedrock.examples.cloudwatch.MetricData;
import com.gymcoach.bedrock.examples.cloudwatch.ServiceCounts;
import com.gymcoach.bedrock.examples.lambda.CacheKeys;
import com.gymcoach.bedrock.examples.local.ApiGateway;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The function as Lambda and CodeDeploy run it: an alias leads to a version, and during a
 * deployment a tenth of the calls go to the next one. Counts what Lambda counts. Thread-safe.
 */
final class Fleet implements ApiGateway.Function, AutoCloseable {
  /** Every tenth call goes to the version that is being deployed. */
  private static final int CANARY_SHARE = 10;

  /** A release. All have the same code and differ in their settings. */
  record Release(String name, String modelId, CacheKeys keys) {}

  private final Cloud cloud;
  private final MetricData metrics;
  private final ServiceCounts counts;
  private final IntSupplier minute;
  private final AtomicInteger calls = new AtomicInteger();
  private Version live;
  private @Nullable Version canary;

  /**
   * Starts the first release.
   *
   * @param minute the minute of the day, for the metrics
   */
  Fleet(Cloud cloud, Release first, MetricData metrics, IntSupplier minute) {
    this.cloud = cloud;
    this.metrics = metrics;
    this.counts = new ServiceCounts(metrics);
    this.minute = minute;
    this.live = start(first);
  }

  private Version start(Release release) {
    return Version.start(release, cloud, line -> metrics.addLine(line, minute.getAsInt()));
  }

  @Override
  public byte[] invoke(byte[] event) throws IOException {
    boolean failed = true;
    try {
      byte[] reply = next().invoke(event);
      failed = false;
      return reply;
    } finally {
      counts.invoked(minute.getAsInt(), failed);
    }
  }

  private synchronized Version next() {
    boolean isCanary = calls.incrementAndGet() % CANARY_SHARE == 0;
    return canary != null && isCanary ? canary : live;
  }

  /** Starts a release, which gets a tenth of the calls until it is promoted or rolled back. */
  void deploy(Release release) {
    Version next = start(release);
    synchronized (this) {
      if (canary != null) {
        throw new IllegalStateException("A deployment is under way");
      }
      canary = next;
    }
  }

  /** Returns the name of the release that is being deployed, or null if none is. */
  synchronized @Nullable String deploying() {
    return canary == null ? null : canary.release().name();
  }

  /** Gives all calls to the release that is being deployed. */
  synchronized void promote() {
    if (canary != null) {
      live.close(); // which still answers its calls in flight
      live = canary;
      canary = null;
    }
  }

  /** Takes the calls from the release that is being deployed. */
  synchronized void rollBack() {
    if (canary != null) {
      canary.close();
      canary = null;
    }
  }

  @Override
  public synchronized void close() {
    rollBack();
    live.close();
  }
}
