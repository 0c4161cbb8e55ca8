package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Asks anew, behind the callers' backs, for what they were given although its life had ended: once
 * at a time for each address, unless it never seems to end. Thread-safe.
 */
final class Revalidation {
  private static final long LONGEST_NANOS = Duration.ofMinutes(5).toNanos();

  private final TimeSource time;
  private final Executor executor;
  private final Recorder recorder;

  /** Since when, in nanoseconds. */
  private final Map<EntryAddress, Long> underWay = new ConcurrentHashMap<>();

  Revalidation(TimeSource time, Executor executor, Recorder recorder) {
    this.time = time;
    this.executor = executor;
    this.recorder = recorder;
  }

  /** Begins, unless it has begun. What goes wrong concerns nobody who waits. */
  void begin(
      EntryAddress address,
      CallLog log,
      Supplier<? extends CompletionStage<? extends Answer<?>>> ask) {
    long now = time.nanoTime();
    Long since = underWay.putIfAbsent(address, now);
    boolean isOurs =
        since == null || (now - since >= LONGEST_NANOS && underWay.replace(address, since, now));
    if (!isOurs) {
      return;
    }
    try {
      executor.execute(() -> run(address, now, log, ask));
    } catch (RuntimeException | Error rejected) {
      end(address, now, log, false);
    }
  }

  private void run(
      EntryAddress address,
      long since,
      CallLog log,
      Supplier<? extends CompletionStage<? extends Answer<?>>> ask) {
    try {
      ask.get()
          .whenComplete(
              (answer, broken) -> end(address, since, log, broken == null && answer.result().ok()));
    } catch (RuntimeException | Error broken) {
      end(address, since, log, false);
    }
  }

  private void end(EntryAddress address, long since, CallLog log, boolean well) {
    underWay.remove(address, since);
    log.faults().forEach(recorder::fault);
    if (!well) {
      recorder.fault(CacheFault.REVALIDATION_FAILED);
    }
  }
}
