package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cloudwatch.EmfMetricsSink;
import com.gymcoach.bedrock.examples.cloudwatch.MetricData;
import com.gymcoach.bedrock.examples.cloudwatch.ServiceCounts;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * The real function and the metrics that come of its calls: those in its lines, and those that
 * Lambda and API Gateway would count of its replies. A test says in which minute a call is made.
 */
final class PlayedService implements AutoCloseable {
  final MetricData data;
  private final ServiceCounts counts;
  private final BedrockCache cache;
  private final GymCoachFunction function;
  private volatile int minute;

  PlayedService(FakeTable table, BedrockRuntimeClient bedrock, MetricData data) {
    this.data = data;
    this.counts = new ServiceCounts(data);
    Settings settings = Settings.from(Map.of());
    EmfMetricsSink sink =
        EmfMetricsSink.builder()
            .namespace(GymCoachCache.METRICS_NAMESPACE)
            .output(this::line)
            .build();
    cache = GymCoachCache.create(table, settings, sink);
    function = new GymCoachFunction(bedrock, cache, settings);
  }

  /** Runs on any thread, also while the function waits for it: it must not wait for a call. */
  private void line(String line) {
    data.addLine(line, minute);
  }

  /** Makes a call in a minute, and returns the status that a client gets. */
  int call(int inMinute, JsonNode event) {
    minute = inMinute;
    int status;
    boolean ended = false;
    try {
      status = Reply.of(invoke(event)).status();
    } catch (RuntimeException | Error thrown) { // API Gateway answers in its place
      status = 500;
      ended = true;
    }
    counts.invoked(inMinute, ended);
    counts.replied(inMinute, status);
    return status;
  }

  private byte[] invoke(JsonNode event) {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    try {
      function.handleRequest(
          new ByteArrayInputStream(event.toString().getBytes(StandardCharsets.UTF_8)),
          reply,
          new LocalContext("request-1", 30_000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return reply.toByteArray();
  }

  @Override
  public void close() {
    cache.close();
  }
}
