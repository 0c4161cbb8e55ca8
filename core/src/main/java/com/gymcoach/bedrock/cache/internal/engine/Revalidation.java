package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Asks anew, behind the callers' backs, for what they were given although its life had ended: once
 * at a time for each address. Thread-safe.
 */
final class Revalidation {
  private final Executor executor;
  private final Recorder recorder;
  private final Set<EntryAddress> underWay = ConcurrentHashMap.newKeySet();

  Revalidation(Executor executor, Recorder recorder) {
    this.executor = executor;
    this.recorder = recorder;
  }

  /** Begins, unless it has begun. What goes wrong concerns nobody who waits. */
  void begin(
      EntryAddress address,
      CallLog log,
      Supplier<? extends CompletionStage<? extends Answer<?>>> ask) {
    if (!underWay.add(address)) {
      return;
    }
    try {
      executor.execute(() -> run(address, log, ask));
    } catch (RuntimeException | Error rejected) {
      end(address, log, false);
    }
  }

  private void run(
      EntryAddress address,
      CallLog log,
      Supplier<? extends CompletionStage<? extends Answer<?>>> ask) {
    try {
      ask.get()
          .whenComplete(
              (answer, broken) -> end(address, log, broken == null && answer.result().ok()));
    } catch (RuntimeException | Error broken) {
      end(address, log, false);
    }
  }

  private void end(EntryAddress address, CallLog log, boolean well) {
    underWay.remove(address);
    log.faults().forEach(recorder::fault);
    if (!well) {
      recorder.fault(CacheFault.REVALIDATION_FAILED);
    }
  }
}
