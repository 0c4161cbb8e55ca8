package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.CacheEvent;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens and tells the sink, which can neither fail nor change a call. Thread-safe.
 */
public final class Recorder {
  /**
   * Endpoint names come from code; should one come from users, figures must not fill the memory.
   */
  private static final int MOST_ENDPOINTS = 256;

  private static final String OTHERS = "_others";

  private final MetricsSink sink;
  private final ConcurrentHashMap<String, Counters> byEndpoint = new ConcurrentHashMap<>();
  private final Map<CacheFault, LongAdder> faults = Counters.adders(CacheFault.values());
  private final LongAdder invalidations = new LongAdder();
  private final LongAdder sinkFailures = new LongAdder();

  /** Returns a recorder that has seen nothing. */
  public Recorder(MetricsSink sink) {
    this.sink = sink;
  }

  /** Returns whether anybody is told of calls. */
  boolean tells() {
    return sink != MetricsSink.none();
  }

  void call(CallContext context, CallLog log, CacheOutcome outcome, boolean failed) {
    counters(context.endpoint()).count(outcome, failed);
    if (log.anyFault()) {
      log.faults().forEach(this::fault);
    }
    if (!tells()) {
      return;
    }
    try {
      sink.record(
          new CacheEvent(
              context.operation(),
              context.endpoint(),
              context.modelId(),
              outcome,
              log.elapsed(),
              log.usage(),
              log.envelopeBytes(),
              log.faults(),
              failed));
    } catch (Throwable broken) {
      sinkFailures.increment();
    }
  }

  void invalidation(@Nullable String endpoint, long entries) {
    invalidations.increment();
    try {
      sink.invalidated(endpoint == null ? "*" : endpoint, entries);
    } catch (Throwable broken) {
      sinkFailures.increment();
    }
  }

  void fault(CacheFault fault) {
    adder(fault).increment();
  }

  /** Returns the counters so far, by endpoint. */
  public Map<String, Counters> byEndpoint() {
    return Map.copyOf(byEndpoint);
  }

  /** Returns how often a fault was seen. */
  public long faults(CacheFault fault) {
    return adder(fault).sum();
  }

  /** Returns how many invalidations were acknowledged. */
  public long invalidations() {
    return invalidations.sum();
  }

  /** Returns how often the sink threw. */
  public long sinkFailures() {
    return sinkFailures.sum();
  }

  private LongAdder adder(CacheFault fault) {
    return faults.computeIfAbsent(fault, absent -> new LongAdder());
  }

  private Counters counters(String endpoint) {
    Counters counters = byEndpoint.get(endpoint);
    if (counters != null) {
      return counters;
    }
    String name = byEndpoint.size() < MOST_ENDPOINTS ? endpoint : OTHERS;
    return byEndpoint.computeIfAbsent(name, absent -> new Counters());
  }
}
