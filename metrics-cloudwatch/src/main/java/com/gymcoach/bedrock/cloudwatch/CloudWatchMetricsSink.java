package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;

/**
 * Adds up calls per endpoint and sends the sums to CloudWatch at intervals, from a daemon thread
 * that the sink owns. {@code docs/metrics.md} lists the metrics.
 *
 * <pre>{@code
 * CloudWatchMetricsSink sink =
 *     CloudWatchMetricsSink.builder().client(cloudWatch).namespace("MyService/AI").build();
 * BedrockCache cache = BedrockCache.builder().metricsSink(sink).build();
 * // When the service stops:
 * cache.close();
 * sink.close(); // sends the rest
 * }</pre>
 *
 * <p>Recording a call costs a few additions and never waits, whatever the state of CloudWatch. If
 * CloudWatch does not accept the sums, they are held and sent with the next interval's. After 15
 * intervals without success they are dropped. {@link #delivery()} returns how many were held and
 * dropped.
 *
 * <p>Needs {@code cloudwatch:PutMetricData}. The caller owns the client: the sink never closes it.
 * A Lambda function is frozen between calls, so use {@link EmfMetricsSink} there, or call {@link
 * #flush()} before the response. Thread-safe.
 */
public final class CloudWatchMetricsSink implements MetricsSink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CloudWatchMetricsSink.class);

  private final ClosedNames<EndpointCells> endpoints;
  private final EndpointCells all;
  private final Sender sender;
  private final Duration maxWait;
  private final Runnable endTicks;
  private final LongAdder offered = new LongAdder();
  private final List<Supplier<CacheStats>> caches = new CopyOnWriteArrayList<>();

  /** Held while sending, never while recording. */
  private final ReentrantLock sending = new ReentrantLock();

  private CloudWatchMetricsSink(Builder from, MetricPublisher put) {
    this.endpoints =
        ClosedNames.endpoints(endpoint -> new EndpointCells(endpoint, from.modelDimension));
    this.all = new EndpointCells(Metrics.ALL, false);
    this.sender = new Sender(put, from.namespace, from.timeout);
    this.maxWait = from.timeout.plus(MetricPublisher.MARGIN);
    this.endTicks = from.ticks.every(from.interval, this::tick);
  }

  /** Returns a builder. A client is required. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void record(CacheEvent event) {
    offered.increment();
    endpoints.get(event.endpoint()).add(event);
  }

  @Override
  public void invalidated(String endpoint, long entries) {
    offered.increment();
    named(endpoint).addInvalidation();
  }

  @Override
  public void fault(String endpoint, CacheFault fault) {
    offered.increment();
    named(endpoint).addFault(fault);
  }

  private EndpointCells named(String endpoint) {
    return endpoint.equals("*") ? all : endpoints.get(endpoint);
  }

  /** Registers a cache, whose bytes in memory are sent with each interval. */
  @Override
  public void attached(Supplier<CacheStats> stats) {
    caches.add(stats);
  }

  /**
   * Sends what is held, on the caller's thread. Returns when CloudWatch has accepted it, or after
   * the {@link Builder#timeout}. Never throws: metrics that were not accepted stay held. An
   * interrupt ends the wait.
   */
  public void flush() {
    send(false);
  }

  /**
   * Returns how many of the recorded calls and invalidations were sent, dropped or held. Does not
   * block.
   */
  public DeliveryStats delivery() {
    long[] held = {all.held()};
    endpoints.forEach((name, cells) -> held[0] += cells.held());
    return new DeliveryStats(offered.sum(), sender.sent(), sender.dropped(), held[0]);
  }

  /**
   * Stops the intervals and sends what is held, as {@link #flush()} does. Later records are sent
   * only by a flush. Idempotent.
   */
  @Override
  public void close() {
    endTicks.run();
    flush();
  }

  private void tick() {
    send(true);
  }

  private void send(boolean interval) {
    try {
      if (!sending.tryLock(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
        return; // another send is overrunning its timeout: everything stays held
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      sender.send(batches(), interval);
    } catch (Throwable broken) { // such as out of memory: a task that throws would not run again
      LOG.warn("The metrics could not be collected: {}", broken.toString());
    } finally {
      sending.unlock();
    }
  }

  private List<Batch> batches() {
    List<EndpointCells.Row> rows = new ArrayList<>();
    endpoints.forEach((name, cells) -> addTo(rows, cells));
    addTo(rows, all);
    List<Batch> batches = Batch.pack(rows);
    Long hotBytes = hotBytes();
    if (hotBytes != null) {
      if (batches.isEmpty()) {
        batches.add(new Batch());
      }
      batches.get(0).addGauge(Datums.gauge(Metrics.HOT_BYTES, hotBytes));
    }
    return batches;
  }

  private static void addTo(List<EndpointCells.Row> rows, EndpointCells cells) {
    if (cells.held() > 0) {
      rows.add(cells.take());
    }
  }

  /** Returns the bytes held by all caches, or null if none reports them. */
  private @Nullable Long hotBytes() {
    Long sum = null;
    for (Supplier<CacheStats> cache : caches) {
      try {
        sum = (sum == null ? 0 : sum) + cache.get().hotBytes();
      } catch (Throwable broken) { // this runs the service's code: a failure must not stop the rest
        LOG.debug("A cache did not report its size: {}", broken.toString());
      }
    }
    return sum;
  }

  /** Builds a {@link CloudWatchMetricsSink}. Not thread-safe. */
  public static final class Builder {
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MAX_DURATION = Duration.ofDays(1);

    private @Nullable MetricPublisher put;
    private String namespace = Metrics.NAMESPACE;
    private Duration interval = Duration.ofSeconds(60);
    private Duration timeout = Duration.ofSeconds(10);
    private boolean modelDimension;
    private IntervalTimer ticks = IntervalTimer.thread();

    private Builder() {}

    /**
     * Sets a synchronous client. This or the async client is required. The sink does not close it.
     */
    public Builder client(CloudWatchClient client) {
      this.put = MetricPublisher.with(Objects.requireNonNull(client, "client"));
      return this;
    }

    /**
     * Sets an async client. This or the synchronous client is required. The sink does not close it.
     */
    public Builder client(CloudWatchAsyncClient client) {
      this.put = MetricPublisher.with(Objects.requireNonNull(client, "client"));
      return this;
    }

    /** Sets the namespace. Defaults to {@code BedrockCache}. */
    public Builder namespace(String namespace) {
      this.namespace = Objects.requireNonNull(namespace, "namespace");
      return this;
    }

    /**
     * Sets the interval at which sums are sent, from one second to one day. Defaults to one minute,
     * the finest resolution that CloudWatch keeps. A smaller value shows metrics sooner and sends
     * more requests, which cost money; a larger one loses more when the process is killed.
     */
    public Builder interval(Duration interval) {
      this.interval = Objects.requireNonNull(interval, "interval");
      return this;
    }

    /**
     * Sets the time limit for sending an interval's sums, including the SDK's retries. Defaults to
     * 10 s. Calls never wait for it; {@link #flush} and {@link #close} do.
     */
    public Builder timeout(Duration timeout) {
      this.timeout = Objects.requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Sets whether the main metrics are also broken down by model, with a dimension {@code Model}
     * beside {@code Endpoint}. Defaults to false: each model of an endpoint adds about eight
     * metrics, which are billed monthly. At most 16 models of an endpoint get their own name; the
     * rest share {@code _others}.
     */
    public Builder modelDimension(boolean modelDimension) {
      this.modelDimension = modelDimension;
      return this;
    }

    /** Sets the timer, for tests. */
    Builder ticks(IntervalTimer ticks) {
      this.ticks = ticks;
      return this;
    }

    /**
     * Returns the sink and starts its intervals.
     *
     * @throws IllegalArgumentException if the client is missing, or a setting is out of range
     */
    public CloudWatchMetricsSink build() {
      if (put == null) {
        throw new IllegalArgumentException("There is no client: call client(...)");
      }
      Namespaces.check(namespace);
      if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_DURATION) > 0) {
        throw new IllegalArgumentException("The interval must be from a second to a day");
      }
      if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(MAX_DURATION) > 0) {
        throw new IllegalArgumentException("The timeout must be from a millisecond to a day");
      }
      return new CloudWatchMetricsSink(this, put);
    }
  }
}
