package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.micrometer.MicrometerMetricsSink;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;

/** Builds the sink for Micrometer. Loaded only where its module is on the class path. */
final class MeterSinkFactory {
  private MeterSinkFactory() {}

  /**
   * Returns a sink that reports to the application's registry, or null if there is no registry or
   * the application defines such a sink itself.
   */
  static @Nullable MetricsSink create(ApplicationContext context) {
    if (context.getBeanProvider(MicrometerMetricsSink.class).stream().findAny().isPresent()) {
      return null;
    }
    MeterRegistry registry = CacheFactory.only(context, MeterRegistry.class);
    return registry == null ? null : MicrometerMetricsSink.create(registry);
  }
}
