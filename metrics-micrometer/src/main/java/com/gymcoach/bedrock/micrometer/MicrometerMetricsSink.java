package com.gymcoach.bedrock.micrometer;

import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Reports the cache's metrics to a Micrometer registry, and so to Prometheus, Datadog and others.
 *
 * <pre>{@code
 * BedrockCache cache =
 *     BedrockCache.builder().metricsSink(MicrometerMetricsSink.create(registry)).build();
 * }</pre>
 *
 * <p>{@code docs/observability.md} lists the meters. The values of each tag are a closed set: no
 * user, key or prompt becomes one. At most 64 endpoints have a tag of their own, and 16 models at
 * each; all others share {@code _others}. Several caches may report to one sink: their memory is
 * added up. Thread-safe.
 */
public final class MicrometerMetricsSink implements MetricsSink {
  private static final Set<String> BYTES = Set.of(Names.MEMORY_USED, Names.MEMORY_MAX);

  private final MeterRegistry registry;
  private final ClosedNames<EndpointMeters> endpoints;
  private final EndpointMeters all;

  /** Held weakly, because a sink may outlive many caches. Each cache holds its own supplier. */
  private final List<WeakReference<Supplier<CacheStats>>> caches = new CopyOnWriteArrayList<>();

  private MicrometerMetricsSink(Builder from) {
    MeterRegistry reportsTo = from.registry;
    this.registry = reportsTo;
    boolean byModel = from.modelTag;
    boolean histogram = from.histograms;
    this.endpoints =
        ClosedNames.endpoints(
            name ->
                new EndpointMeters(reportsTo, Tags.of(Names.ENDPOINT, name), byModel, histogram));
    this.all =
        new EndpointMeters(reportsTo, Tags.of(Names.ENDPOINT, Names.ALL), byModel, histogram);
  }

  /** Returns a sink with default settings that reports to a registry. */
  public static MicrometerMetricsSink create(MeterRegistry registry) {
    return builder(registry).build();
  }

  /** Returns a builder of a sink that reports to a registry. */
  public static Builder builder(MeterRegistry registry) {
    return new Builder(Objects.requireNonNull(registry, "registry"));
  }

  @Override
  public void record(CacheEvent event) {
    endpoints.get(event.endpoint()).add(event);
  }

  @Override
  public void invalidated(String endpoint, long entries) {
    meters(endpoint).addInvalidation();
  }

  @Override
  public void fault(String endpoint, CacheFault fault) {
    meters(endpoint).addFault(fault);
  }

  /**
   * Registers gauges of the memory used and of open circuit breakers. They read the statistics of
   * every cache built with this sink, once per gauge and scrape. A cache that the service no longer
   * refers to is forgotten: the supplier is held weakly, so a sink that passes this call on must
   * pass on the same supplier.
   */
  @Override
  public void attached(Supplier<CacheStats> stats) {
    caches.removeIf(cache -> cache.get() == null);
    caches.add(new WeakReference<>(stats));
    gauge(Names.MEMORY_USED, "Memory that answers occupy, as estimated", CacheStats::hotBytes);
    gauge(Names.MEMORY_MAX, "Memory that answers may occupy", CacheStats::hotMaxBytes);
    gauge(Names.MEMORY_ENTRIES, "Answers in memory", CacheStats::hotEntries);
    gauge(
        Names.BREAKERS_OPEN,
        "Caches whose store's circuit breaker is open",
        now -> now.storeAvailable() ? 0 : 1);
  }

  private EndpointMeters meters(String endpoint) {
    return endpoint.equals("*") ? all : endpoints.get(endpoint);
  }

  private void gauge(String name, String description, ToLongFunction<CacheStats> value) {
    Supplier<Number> total = () -> total(value);
    Gauge.builder(name, total)
        .description(description)
        .baseUnit(BYTES.contains(name) ? Names.BYTES : null)
        .register(registry);
  }

  private long total(ToLongFunction<CacheStats> value) {
    long sum = 0;
    for (WeakReference<Supplier<CacheStats>> cache : caches) {
      Supplier<CacheStats> stats = cache.get();
      if (stats != null) {
        sum += value.applyAsLong(stats.get());
      }
    }
    return sum;
  }

  /** Builds a {@link MicrometerMetricsSink}. Every setting has a default. Not thread-safe. */
  public static final class Builder {
    private final MeterRegistry registry;
    private boolean modelTag;
    private boolean histograms;

    private Builder(MeterRegistry registry) {
      this.registry = registry;
    }

    /**
     * Sets whether requests, latency and money also have the tag {@code model}. Defaults to false.
     * Each model at each endpoint adds its own time series.
     */
    public Builder modelTag(boolean modelTag) {
      this.modelTag = modelTag;
      return this;
    }

    /**
     * Sets whether timers publish histograms, from which Prometheus computes percentiles over
     * several processes. Defaults to false: each histogram adds about 70 time series.
     */
    public Builder histograms(boolean histograms) {
      this.histograms = histograms;
      return this;
    }

    /** Builds the sink. */
    public MicrometerMetricsSink build() {
      return new MicrometerMetricsSink(this);
    }
  }
}
