package com.gymcoach.bedrock.spring;

import static com.gymcoach.bedrock.spring.LocalBedrock.question;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.tracing.CallTracer;
import com.gymcoach.bedrock.micrometer.MicrometerMetricsSink;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** Meters, traces and live settings, as properties and beans decide. */
class MetricsTest {
  private static final String REQUESTS = "bedrock.cache.requests";

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(BedrockCacheAutoConfiguration.class))
          .withUserConfiguration(LocalBedrock.class)
          .withBean(ScopeResolver.class, () -> request -> CacheScope.user("u-1").endpoint("chat"));

  private double requestsAfterOne(ApplicationContext context) {
    context.getBean(BedrockRuntimeClient.class).converse(question("Squats?"));
    return registry.find(REQUESTS).counters().stream().mapToDouble(c -> c.count()).sum();
  }

  @Test
  void metrics_whenThereIsARegistry_areReported() {
    runner
        .withBean(MeterRegistry.class, () -> registry)
        .run(context -> assertThat(requestsAfterOne(context)).isOne());
  }

  @Test
  void metrics_whenTheyAreDisabled_areNotReported() {
    runner
        .withBean(MeterRegistry.class, () -> registry)
        .withPropertyValues("bedrock.cache.metrics.enabled=false")
        .run(context -> assertThat(requestsAfterOne(context)).isZero());
  }

  @Test
  void metrics_whenThereIsNoRegistry_areNotReported() {
    runner.run(context -> assertThat(requestsAfterOne(context)).isZero());
  }

  @Test
  void metrics_whenTheModuleIsNotThere_areNotReported() {
    runner
        .withBean(MeterRegistry.class, () -> registry)
        .withClassLoader(new FilteredClassLoader(MicrometerMetricsSink.class))
        .run(context -> assertThat(requestsAfterOne(context)).isZero());
  }

  @Test
  void metrics_whenTheApplicationHasTheSink_areCountedOnce() {
    runner
        .withBean(MeterRegistry.class, () -> registry)
        .withBean(MicrometerMetricsSink.class, () -> MicrometerMetricsSink.create(registry))
        .run(context -> assertThat(requestsAfterOne(context)).isOne());
  }

  @Test
  void tracer_whenThereIsOne_seesEachCall() {
    AtomicInteger calls = new AtomicInteger();
    runner
        .withBean(
            CallTracer.class,
            () ->
                call -> {
                  calls.incrementAndGet();
                  return null;
                })
        .run(
            context -> {
              requestsAfterOne(context);
              assertThat(calls).hasValue(1);
            });
  }

  @Test
  void liveSettings_whenAskedForWithoutAStore_stopTheStart() {
    runner
        .withPropertyValues("bedrock.cache.live-settings=true")
        .run(
            context ->
                assertThat(context)
                    .hasFailed()
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("liveSettingsFromStore"));
  }
}
