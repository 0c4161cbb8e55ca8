package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cloudwatch.CloudWatchMetricsSink;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;

/** What telling costs on a hot hit: a Converse of 0.5 KB with the sink and the log on and off. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Told {
  private static final String PRODUCTION = "a sink that adds up, log at INFO";
  private static final String CLOUDWATCH = "CloudWatchMetricsSink, CloudWatch refusing";
  private static final String EMF = "EmfMetricsSink, its lines going nowhere";
  private static final String QUIET = "no sink, log off";
  private static final String READY = "no sink, log off, the scope's view made once";

  /** The metrics sink; the first is the base. */
  @Param({PRODUCTION, CLOUDWATCH, EMF, QUIET, READY})
  public String way = PRODUCTION;

  private final Prompts prompts = new Prompts(512);
  private CachingBedrockClient client =
      CachingBedrockClient.create(new InstantBedrock(), BedrockCache.builder().build());

  private @Nullable CloudWatchMetricsSink publishing;

  /** Asks once, so that the answer is there. */
  @Setup
  public void prime() {
    client =
        CachingBedrockClient.create(
            new InstantBedrock(), BedrockCache.builder().metricsSink(sink()).build());
    if (way.equals(READY)) {
      client = inScope();
    }
    converse();
  }

  private MetricsSink sink() {
    return switch (way) {
      case PRODUCTION -> new Adding();
      case CLOUDWATCH -> {
        publishing =
            CloudWatchMetricsSink.builder()
                .client(new RefusingCloudWatch())
                .interval(Duration.ofSeconds(1))
                .build();
        yield publishing;
      }
      case EMF -> EmfMetricsSink.builder().output(line -> {}).build();
      default -> MetricsSink.none();
    };
  }

  /** Ends what sends. */
  @TearDown
  public void close() {
    if (publishing != null) {
      publishing.close();
    }
  }

  private CachingBedrockClient inScope() {
    return client.forScope(CacheScope.user("user-42").endpoint("chat"));
  }

  /** Converse. */
  @Benchmark
  public ConverseResponse converse() {
    return (way.equals(READY) ? client : inScope()).converse(prompts.converse());
  }

  /** CloudWatch down; every operation that it does not have throws. */
  private static final class RefusingCloudWatch implements CloudWatchClient {
    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  /** A cheap sink: it has no queue and no lock, and only adds up. */
  static final class Adding implements MetricsSink {
    private record Sums(LongAdder calls, LongAdder nanos) {}

    private final ConcurrentHashMap<String, Sums> byEndpoint = new ConcurrentHashMap<>();

    @Override
    public void record(CacheEvent event) {
      Sums sums =
          byEndpoint.computeIfAbsent(
              event.endpoint(), absent -> new Sums(new LongAdder(), new LongAdder()));
      sums.calls().increment();
      sums.nanos().add(event.latency().toNanos());
    }
  }
}
