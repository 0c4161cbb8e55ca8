package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.io.PrintStream;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Writes one line per call in CloudWatch's Embedded Metric Format. CloudWatch extracts the metrics
 * of {@code docs/metrics.md} from it, and Logs Insights queries read its fields. For AWS Lambda,
 * where standard output goes to CloudWatch Logs.
 *
 * <pre>{@code
 * MetricsSink sink = EmfMetricsSink.builder().namespace("MyService/AI").build();
 * BedrockCache cache = BedrockCache.builder().metricsSink(sink).build();
 * }</pre>
 *
 * <p>The line is written on the caller's thread before the call returns, so nothing is left to do
 * once the function is frozen after its response. A call with several faults writes an extra line
 * for each fault beyond the first. A line contains no prompt, no answer and no user.
 *
 * <p>A log line must contain the JSON and nothing else. Don't write it through a logger that
 * prepends a time. Leave the function's log format at text, or make sure that JSON is passed
 * through unchanged. Thread-safe if the output is.
 */
public final class EmfMetricsSink implements MetricsSink {
  private final String namespace;
  private final boolean byModel;
  private final Consumer<String> output;
  private final TimeSource time;

  /** The names that may become dimension values. */
  private final ClosedNames<String> endpoints = ClosedNames.endpoints(name -> name);

  private final ClosedNames<String> models = ClosedNames.models(name -> name);

  private EmfMetricsSink(Builder from) {
    this.namespace = from.namespace;
    this.byModel = from.modelDimension;
    this.output = from.output;
    this.time = from.time;
  }

  /** Returns a builder. No setting is required. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a sink with default settings, which writes to {@link System#out}. */
  public static EmfMetricsSink create() {
    return builder().build();
  }

  @Override
  public void record(CacheEvent event) {
    EmfLine line = line(endpoints.get(event.endpoint()));
    if (byModel) {
      line.dimension(Metrics.MODEL, models.get(event.modelId()));
    }
    EmfTally tally = new EmfTally(line, byModel);
    Tally.add(event, tally);
    addFields(event, line);
    output.accept(line.json());
    tally.moreFaults().forEach(fault -> fault(event.endpoint(), fault));
  }

  @Override
  public void fault(String endpoint, CacheFault fault) {
    EmfLine line = line(named(endpoint));
    EmfTally.add(fault, line);
    output.accept(line.field(Metrics.LOG_ENDPOINT, endpoint).json());
  }

  @Override
  public void invalidated(String endpoint, long entries) {
    EmfLine line = line(named(endpoint));
    line.metric(Metrics.CACHE_INVALIDATIONS, 1, EmfTally.DETAIL)
        .field(Metrics.LOG_ENDPOINT, endpoint)
        .field(Metrics.LOG_ENTRIES, entries);
    output.accept(line.json());
  }

  /**
   * Does nothing: each line was written before its call returned. It exists so that code that
   * flushes at the end of an invocation works with either sink.
   */
  public void flush() {}

  private String named(String endpoint) {
    return endpoint.equals("*") ? Metrics.ALL : endpoints.get(endpoint);
  }

  private EmfLine line(String endpoint) {
    return new EmfLine(namespace, time.epochMillis()).dimension(Metrics.ENDPOINT, endpoint);
  }

  /** Adds the fields of {@link MetricsSink#logging()}, with the same names. */
  private static void addFields(CacheEvent event, EmfLine line) {
    CacheOutcome outcome = event.outcome();
    line.field(Metrics.LOG_CACHED, outcome.cached())
        .field(Metrics.LOG_SOURCE, outcome.source().wireName())
        .field(Metrics.LOG_AGE, outcome.age().toSeconds())
        .field(Metrics.LOG_ENDPOINT, event.endpoint())
        .field(Metrics.LOG_MODEL, event.modelId())
        .field(Metrics.LOG_OPERATION, event.operation())
        .field(Metrics.LOG_STATUS, event.inError() ? "error" : outcome.status().name())
        .field(Metrics.LOG_LATENCY, EmfTally.millis(event.latency()));
    outcome.reason().ifPresent(reason -> line.field(Metrics.LOG_REASON, reason.name()));
    if (outcome.status() == CacheOutcome.Status.MISS) {
      line.field(Metrics.LOG_KEPT, outcome.kept()).field(Metrics.LOG_STORED, outcome.stored());
    }
    TokenUsage usage = event.usage();
    if (usage != null) {
      line.field(Metrics.LOG_INPUT_TOKENS, usage.input())
          .field(Metrics.LOG_OUTPUT_TOKENS, usage.output());
    }
    line.field(Metrics.LOG_COST_SAVED, event.cost().savedUsd());
    if (event.background()) {
      line.field(Metrics.LOG_BACKGROUND, true);
    }
  }

  /** Builds an {@link EmfMetricsSink}. Not thread-safe. */
  public static final class Builder {
    private String namespace = Metrics.NAMESPACE;
    private boolean modelDimension;
    private Consumer<String> output = to(System.out);
    private TimeSource time = TimeSource.system();

    private Builder() {}

    /** Sets the namespace. Defaults to {@code BedrockCache}. */
    public Builder namespace(String namespace) {
      this.namespace = Objects.requireNonNull(namespace, "namespace");
      return this;
    }

    /**
     * Sets whether the main metrics are also broken down by model, with a dimension {@code Model}
     * beside {@code Endpoint}. Defaults to false: each model of an endpoint adds about eight
     * metrics, which are billed monthly. At most 16 models get their own name; the rest share
     * {@code _others}.
     */
    public Builder modelDimension(boolean modelDimension) {
      this.modelDimension = modelDimension;
      return this;
    }

    /**
     * Sets the consumer of the lines. It gets them without a line break, on the callers' threads.
     * Defaults to {@link System#out}.
     */
    public Builder output(Consumer<String> output) {
      this.output = Objects.requireNonNull(output, "output");
      return this;
    }

    /**
     * Sets the stream for the lines. The sink does not close it. Defaults to {@link System#out}.
     */
    public Builder output(PrintStream output) {
      this.output = to(Objects.requireNonNull(output, "output"));
      return this;
    }

    /** Sets the clock, for tests. */
    Builder time(TimeSource time) {
      this.time = time;
      return this;
    }

    /** Writes each line at once, so that the lines of several threads do not mix, then flushes. */
    private static Consumer<String> to(PrintStream stream) {
      return line -> {
        stream.print(line + "\n");
        stream.flush();
      };
    }

    /**
     * Returns the sink.
     *
     * @throws IllegalArgumentException if the namespace is unusable
     */
    public EmfMetricsSink build() {
      Namespaces.check(namespace);
      return new EmfMetricsSink(this);
    }
  }
}
