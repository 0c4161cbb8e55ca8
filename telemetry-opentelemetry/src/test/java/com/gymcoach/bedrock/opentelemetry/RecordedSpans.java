package com.gymcoach.bedrock.opentelemetry;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Exports spans to memory. A test can wait for a span, because some end after the caller's call.
 */
final class RecordedSpans implements SpanProcessor {
  /** Spans that were started. A call's span is started before the call is sent. */
  final List<ReadableSpan> started = new CopyOnWriteArrayList<>();

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final SpanProcessor exporting = SimpleSpanProcessor.create(exporter);
  private final Semaphore exported = new Semaphore(0);
  private int taken;

  /** Waits for the next span that ends: a stream's may end after the caller's future. */
  SpanData next() throws InterruptedException {
    if (!exported.tryAcquire(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no span within 30 s, started: " + started);
    }
    return exporter.getFinishedSpanItems().get(taken++);
  }

  /** Waits until each span that was started has ended, and returns those not taken yet. */
  List<SpanData> rest() throws InterruptedException {
    int from = taken;
    while (taken < started.size()) {
      next();
    }
    return exporter.getFinishedSpanItems().subList(from, taken);
  }

  /**
   * Waits until each span with a name like this has ended, and returns them. OpenTelemetry's
   * instrumentation does not end its own span of a request that is cancelled.
   */
  List<SpanData> rest(String prefix) throws InterruptedException {
    List<SpanData> found = new ArrayList<>();
    while (found.size() < started.stream().filter(s -> s.getName().startsWith(prefix)).count()) {
      SpanData span = next();
      if (span.getName().startsWith(prefix)) {
        found.add(span);
      }
    }
    return found;
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {
    started.add(span);
  }

  @Override
  public boolean isStartRequired() {
    return true;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    exporting.onEnd(span);
    exported.release();
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporting.shutdown();
  }

  @Override
  public CompletableResultCode forceFlush() {
    return exporting.forceFlush();
  }

  @Override
  public void close() {
    exporting.close();
  }
}
