package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.spi.CacheEvent;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.io.PrintStream;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Writes a line for each call, in CloudWatch's Embedded Metric Format, from which CloudWatch makes
 * the metrics that {@code docs/metrics.md} lists; the same line has the fields that Logs Insights
 * queries read. For AWS Lambda, where standard output goes to CloudWatch Logs.
 *
 * <p>The line is written on the caller's thread before the call returns: nothing is left to do
 * after the response, when the function is frozen. A call with several faults writes a line more
 * for each beyond the first. A line holds no prompt, no answer and no user.
 *
 * <p>The JSON must be all that its log line holds: don't write it through a logger that puts a time
 * in front, and leave a function's log format at text, or see to it that JSON is passed as it is.
 * Thread-safe, if the output is.
 */
public final class EmfMetricsSink implements MetricsSink {
  private final String namespace;
  private final boolean byModel;
  private final Consumer<String> output;
  private final TimeSource time;

  /** The names that may be dimensions. */
  private final ClosedNames<String> endpoints = ClosedNames.endpoints(name -> name);

  private final ClosedNames<String> models = ClosedNames.models(name -> name);

  private EmfMetricsSink(Builder from) {
    this.namespace = from.namespace;
    this.byModel = from.modelDimension;
    this.output = from.output;
    this.time = from.time;
  }

  /** Returns a builder, which needs nothing. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a sink that writes to {@link System#out}, with the defaults of the builder. */
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
   * Does nothing: each line was written before its call returned. It is here so that either sink
   * can be given to code that flushes at the end of an invocation.
   */
  public void flush() {}

  private String named(String endpoint) {
    return endpoint.equals("*") ? Metrics.ALL : endpoints.get(endpoint);
  }

  private EmfLine line(String endpoint) {
    return new EmfLine(namespace, time.epochMillis()).dimension(Metrics.ENDPOINT, endpoint);
  }

  /** Adds what {@link MetricsSink#logging()} tells, by the same names. */
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

  /** Builds an {@link EmfMetricsSink}. Not safe for use by several threads. */
  public static final class Builder {
    private String namespace = Metrics.NAMESPACE;
    private boolean modelDimension;
    private Consumer<String> output = to(System.out);
    private TimeSource time = TimeSource.system();

    private Builder() {}

    /** Sets the namespace. If this is not specified, {@code GymCoachAI/AI}. */
    public Builder namespace(String namespace) {
      this.namespace = Objects.requireNonNull(namespace, "namespace");
      return this;
    }

    /**
     * Sets whether the main metrics are told by model as well, with a dimension {@code Model}
     * beside {@code Endpoint}. If this is not specified, they are not: each endpoint's model is
     * some eight metrics more, which are paid for by the month. At most 16 models have a name; the
     * rest share {@code _others}.
     */
    public Builder modelDimension(boolean modelDimension) {
      this.modelDimension = modelDimension;
      return this;
    }

    /**
     * Sets what takes the lines, without a line break, on callers' threads. If neither this nor a
     * stream is specified, {@link System#out}.
     */
    public Builder output(Consumer<String> output) {
      this.output = Objects.requireNonNull(output, "output");
      return this;
    }

    /** Sets where the lines go, which is not closed by us. If not specified, System.out. */
    public Builder output(PrintStream output) {
      this.output = to(Objects.requireNonNull(output, "output"));
      return this;
    }

    /** Sets the clock. */
    Builder time(TimeSource time) {
      this.time = time;
      return this;
    }

    /** One write a line, so that lines of several threads do not mix; then out with it. */
    private static Consumer<String> to(PrintStream stream) {
      return line -> {
        stream.print(line + "\n");
        stream.flush();
      };
    }

    /**
     * Returns the sink.
     *
     * @throws IllegalArgumentException if the namespace cannot be used
     */
    public EmfMetricsSink build() {
      Namespaces.check(namespace);
      return new EmfMetricsSink(this);
    }
  }
}
