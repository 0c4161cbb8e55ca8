package com.gymcoach.bedrock.opentelemetry;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.ReadWriteLogRecord;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps spans and log records in memory. */
final class RecordedSpans implements SpanProcessor, LogRecordProcessor {
  /** Spans that were started. A call's span is started before the call is sent. */
  final List<ReadableSpan> started = new CopyOnWriteArrayList<>();

  final List<LogRecordData> logged = new CopyOnWriteArrayList<>();
  private final BlockingQueue<SpanData> ended = new LinkedBlockingQueue<>();

  /** Waits for the next span that ends: a stream's may end after the caller's future. */
  SpanData next() throws InterruptedException {
    return Objects.requireNonNull(ended.poll(30, TimeUnit.SECONDS), "no span within 30 s");
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
    ended.add(span.toSpanData());
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public void onEmit(Context context, ReadWriteLogRecord record) {
    logged.add(record.toLogRecordData());
  }

  @Override
  public CompletableResultCode shutdown() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode forceFlush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public void close() {}
}
