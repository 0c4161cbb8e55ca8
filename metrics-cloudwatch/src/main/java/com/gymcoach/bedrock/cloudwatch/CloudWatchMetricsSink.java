package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.spi.CacheEvent;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
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
 * Adds calls up by endpoint and sends the sums to CloudWatch at intervals, from one daemon thread
 * of its own. {@code docs/metrics.md} lists the metrics.
 *
 * <p>A call costs some additions; it waits for nothing, whatever CloudWatch does. What CloudWatch
 * does not take is held and goes with the next interval's; after 15 intervals without success it is
 * given up. {@link #delivery()} says how much that was.
 *
 * <p>Needs {@code cloudwatch:PutMetricData}. The client stays the caller's: it is never closed
 * here. In a Lambda function, which is frozen between calls, {@link EmfMetricsSink} is the better
 * choice; else call {@link #flush()} before the response. Thread-safe.
 */
public final class CloudWatchMetricsSink implements MetricsSink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CloudWatchMetricsSink.class);

  private final ClosedNames<EndpointCells> endpoints;
  private final EndpointCells all;
  private final Sender sender;
  private final Duration patience;
  private final Runnable endTicks;
  private final LongAdder offered = new LongAdder();
  private final List<Supplier<CacheStats>> caches = new CopyOnWriteArrayList<>();

  /** Held while sending, never while adding. */
  private final ReentrantLock sending = new ReentrantLock();

  private CloudWatchMetricsSink(Builder from, MetricPublisher put) {
    this.endpoints =
        ClosedNames.endpoints(endpoint -> new EndpointCells(endpoint, from.modelDimension));
    this.all = new EndpointCells(Metrics.ALL, false);
    this.sender = new Sender(put, from.namespace, from.timeout);
    this.patience = from.timeout.plus(MetricPublisher.MARGIN);
    this.endTicks = from.ticks.every(from.interval, this::tick);
  }

  /** Returns a builder, which needs a client. */
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

  /** Sends the bytes that the cache holds in memory along with each interval. */
  @Override
  public void attached(Supplier<CacheStats> stats) {
    caches.add(stats);
  }

  /**
   * Sends what there is, on the caller's thread, and returns when CloudWatch has taken it or after
   * the {@link Builder#timeout}. Never throws: what was not taken is held. An interrupt ends it.
   */
  public void flush() {
    send(false);
  }

  /** Returns what became of what this sink was told of. Waits for nothing. */
  public DeliveryStats delivery() {
    long[] held = {all.held()};
    endpoints.forEach((name, cells) -> held[0] += cells.held());
    return new DeliveryStats(offered.sum(), sender.sent(), sender.dropped(), held[0]);
  }

  /**
   * Ends the intervals and sends what there is, as {@link #flush()} does. What is recorded later
   * waits for a flush. Safe to call twice.
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
      if (!sending.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return; // the one that is sending takes longer than it may: all is held
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      sender.send(batches(), interval);
    } catch (Throwable broken) { // out of memory, say: else this was the last of the ticks
      LOG.warn("The metrics could not be put together: {}", broken.toString());
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

  /** Returns what all caches hold, or null where there is none that says. */
  private @Nullable Long hotBytes() {
    Long sum = null;
    for (Supplier<CacheStats> cache : caches) {
      try {
        sum = (sum == null ? 0 : sum) + cache.get().hotBytes();
      } catch (Throwable broken) { // it asks the service's own code: the rest is sent all the same
        LOG.debug("A cache did not say how much it holds: {}", broken.toString());
      }
    }
    return sum;
  }

  /** Builds a {@link CloudWatchMetricsSink}. Not safe for use by several threads. */
  public static final class Builder {
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
    private static final Duration MAX_DURATION = Duration.ofDays(1);

    private @Nullable MetricPublisher put;
    private String namespace = Metrics.NAMESPACE;
    private Duration interval = Duration.ofSeconds(60);
    private Duration timeout = Duration.ofSeconds(10);
    private boolean modelDimension;
    private IntervalTimer ticks = IntervalTimer.thread();

    private Builder() {}

    /** Sets the client to send with. This or the async one is needed. It is not closed by us. */
    public Builder client(CloudWatchClient client) {
      this.put = MetricPublisher.with(Objects.requireNonNull(client, "client"));
      return this;
    }

    /** Sets the client to send with. This or the sync one is needed. It is not closed by us. */
    public Builder client(CloudWatchAsyncClient client) {
      this.put = MetricPublisher.with(Objects.requireNonNull(client, "client"));
      return this;
    }

    /** Sets the namespace. If this is not specified, {@code GymCoachAI/AI}. */
    public Builder namespace(String namespace) {
      this.namespace = Objects.requireNonNull(namespace, "namespace");
      return this;
    }

    /**
     * Sets how often sums are sent, a second to a day. If this is not specified, once a minute,
     * which is as fine as CloudWatch keeps them. Smaller values show sooner and send more requests,
     * which are paid for; larger values lose more when the process is killed.
     */
    public Builder interval(Duration interval) {
      this.interval = Objects.requireNonNull(interval, "interval");
      return this;
    }

    /**
     * Sets how long sending an interval's sums may take, the SDK's retries included. If this is not
     * specified, 10 s. No call waits for it, whatever its value; {@link #flush} and {@link #close}
     * do.
     */
    public Builder timeout(Duration timeout) {
      this.timeout = Objects.requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Sets whether the main metrics are told by model as well, with a dimension {@code Model}
     * beside {@code Endpoint}. If this is not specified, they are not: each endpoint's model is
     * some eight metrics more, which are paid for by the month. At most 16 models of an endpoint
     * have a name; the rest share {@code _others}.
     */
    public Builder modelDimension(boolean modelDimension) {
      this.modelDimension = modelDimension;
      return this;
    }

    /** Sets what calls at each interval. */
    Builder ticks(IntervalTimer ticks) {
      this.ticks = ticks;
      return this;
    }

    /**
     * Returns the sink, whose intervals begin.
     *
     * @throws IllegalArgumentException if a setting cannot be used
     */
    public CloudWatchMetricsSink build() {
      if (put == null) {
        throw new IllegalArgumentException("A client is needed");
      }
      Namespaces.check(namespace);
      if (interval.compareTo(SHORTEST_INTERVAL) < 0 || interval.compareTo(MAX_DURATION) > 0) {
        throw new IllegalArgumentException("The interval must be from a second to a day");
      }
      if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(MAX_DURATION) > 0) {
        throw new IllegalArgumentException("The timeout must be from a millisecond to a day");
      }
      return new CloudWatchMetricsSink(this, put);
    }
  }
}
