package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.warmup.LineSource.Line;
import com.gymcoach.bedrock.warmup.LineSource.Outlook;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A warm-up under way. It ends by itself when every line has been dealt with, the budget is spent
 * or too much fails. Thread-safe.
 */
public final class WarmUpRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);
  private static final long WAIT_FOR_ROOM = Duration.ofMillis(10).toNanos();
  private static final long SAVE_EVERY = Duration.ofSeconds(1).toNanos();

  private final Settings settings;
  private final Outlook outlook;
  private final Checkpoint checkpoint;
  private final LineSource source;
  private final Tally tally = new Tally();
  private final Ending ending;
  private final Asking asking;
  private final long began;
  private final AtomicInteger working;
  private final List<Thread> threads = new ArrayList<>();
  private final CompletableFuture<WarmUpReport> report = new CompletableFuture<>();
  private final @Nullable StateFile state;
  private final AtomicBoolean finishing = new AtomicBoolean();

  /** Held while the listener is told. A listener that hangs must not make {@link #close} hang. */
  private final ReentrantLock telling = new ReentrantLock();

  private long saved;
  private boolean listenerFailed;

  private WarmUpRun(Settings settings, Outlook outlook, @Nullable StateFile state)
      throws IOException {
    this.settings = settings;
    this.outlook = outlook;
    this.checkpoint = new Checkpoint(outlook.state());
    this.ending = new Ending();
    this.asking = new Asking(settings, tally, ending);
    this.began = settings.time.nanoTime();
    this.saved = began;
    this.working = new AtomicInteger(settings.concurrency);
    this.state = state;
    if (state != null) {
      state.write(checkpoint); // fails before any money is spent
    }
    this.source = new LineSource(settings.requests, outlook, checkpoint);
  }

  static WarmUpRun start(Settings settings, Outlook outlook, @Nullable StateFile state)
      throws IOException {
    WarmUpRun run = new WarmUpRun(settings, outlook, state);
    for (int i = 0; i < settings.concurrency; i++) {
      Thread thread = new Thread(run::work, "bedrock-warm-up-" + i);
      thread.setDaemon(true);
      run.threads.add(thread);
    }
    try {
      run.threads.forEach(Thread::start);
    } catch (Error noMoreThreads) { // those that run must not go on without an owner
      run.cancel();
      throw noMoreThreads;
    }
    return run;
  }

  /** Returns the counts now. */
  public WarmUpProgress progress() {
    return progress(false);
  }

  /**
   * Begins no further call, and returns at once. Calls under way finish. The report follows when
   * they have.
   */
  public void cancel() {
    ending.end(End.CANCELLED);
    asking.stop();
  }

  /**
   * Returns the report, when there is one. Cancelling this future, or completing it, has no effect
   * on the run.
   */
  public CompletableFuture<WarmUpReport> report() {
    return report.copy();
  }

  /**
   * Cancels the run if it has not ended, and waits: first as long as {@link
   * WarmUpBuilder#finishWithin} says for calls under way, then, having interrupted them, at most 5
   * s. If calls are under way even then, the report counts the most that they can cost. May be
   * called twice. An interrupt ends the first wait and stays set.
   */
  @Override
  public void close() {
    cancel();
    boolean interrupted = Thread.interrupted();
    if (interrupted || !ended(settings.finishWithin)) {
      interrupted |= Thread.interrupted();
      threads.forEach(Thread::interrupt);
      ended(LAST_WAIT);
      finish();
      report.complete(tally.report(ending.end(), progress(true))); // if the listener hangs
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the end and returns the report. An interrupt cancels the run and stays set. */
  WarmUpReport await() {
    try {
      return report.get();
    } catch (InterruptedException interrupted) { // set again below
      cancel();
      if (!ended(settings.finishWithin)) {
        close();
      }
      Thread.currentThread().interrupt();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
    return report.join();
  }

  /** Returns whether the report came within a time. An interrupt ends the wait and stays set. */
  private boolean ended(Duration limit) {
    try {
      report.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException late) { // told by the result
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return report.isDone();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void work() {
    try {
      Line line = next();
      while (line != null) {
        Asking.Fate fate = asking.deal(line);
        if (fate != Asking.Fate.NOT_REACHED) {
          ended(line, fate);
        }
        line = next();
      }
    } catch (IOException unreadable) {
      if (!ending.hasEnded()) { // otherwise close has interrupted the reading
        LOG.warn("The file of requests could not be read on ({})", unreadable.getClass().getName());
        ending.end(End.FILE_UNREADABLE);
      }
    } catch (InterruptedException closed) { // only close interrupts
      ending.end(End.CANCELLED);
    } catch (RuntimeException | Error broken) { // its message may quote a request
      LOG.error("A warm-up broke ({})", broken.getClass().getName());
      ending.end(End.BROKEN);
    } finally {
      if (working.decrementAndGet() == 0) {
        finish();
      } else if (ending.hasEnded()) {
        asking.stop();
      }
    }
  }

  private @Nullable Line next() throws IOException, InterruptedException {
    while (!checkpoint.hasRoom()) {
      if (!ending.pause(WAIT_FOR_ROOM)) {
        return null;
      }
    }
    return ending.hasEnded() ? null : source.next();
  }

  private void ended(Line line, Asking.Fate fate) {
    tally.ended();
    checkpoint.end(line.number(), fate == Asking.Fate.AGAIN);
    if (checkpoint.isFull()) {
      ending.end(End.FAILURES);
    }
    telling.lock();
    try {
      if (finishing.get()) {
        return; // close did not wait for this line
      }
      long now = settings.time.nanoTime();
      if (now - saved >= SAVE_EVERY) {
        saved = now;
        save();
      }
      tell(progress(false));
    } finally {
      telling.unlock();
    }
  }

  private void save() {
    if (state == null) {
      return;
    }
    try {
      state.write(checkpoint);
    } catch (IOException unwritable) {
      LOG.warn("The state file could not be written ({})", unwritable.getClass().getName());
      ending.end(End.STATE_UNWRITABLE);
    }
  }

  private void tell(WarmUpProgress progress) {
    try {
      settings.listener.progressed(progress);
    } catch (Throwable failed) { // whatever it is, the run's report must come
      if (!listenerFailed) {
        listenerFailed = true;
        LOG.warn("The listener of a warm-up failed; this is logged once", failed);
      }
    }
  }

  /** Ends the run once. Called by the last worker, or by {@link #close} if workers do not end. */
  private void finish() {
    if (!finishing.compareAndSet(false, true)) {
      return;
    }
    ending.end(End.FINISHED);
    End end = closeFiles(ending.end());
    WarmUpProgress last = progress(true);
    boolean interrupted = Thread.interrupted(); // it would end the wait for the listener
    boolean free = false;
    try {
      free = telling.tryLock(LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      if (free) {
        tell(last);
      }
    } catch (InterruptedException again) { // then the listener is not told
      interrupted = true;
    } finally {
      report.complete(tally.report(end, last));
      if (free) {
        telling.unlock();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Saves how far the run has come, and returns why it has ended: the state file may be why. */
  private End closeFiles(End end) {
    try {
      source.close();
    } catch (IOException unclosed) {
      LOG.warn("The file of requests could not be closed ({})", unclosed.getClass().getName());
    }
    if (state == null) {
      return end;
    }
    try (StateFile file = state) {
      if (end == End.FINISHED && checkpoint.nothingAgain()) {
        file.delete();
      } else {
        file.write(checkpoint);
      }
      return end;
    } catch (IOException unwritable) {
      LOG.warn("The state file could not be written ({})", unwritable.getClass().getName());
      return end == End.FINISHED ? End.STATE_UNWRITABLE : end;
    }
  }

  private WarmUpProgress progress(boolean finished) {
    Budget budget = asking.budget();
    return tally.progress(
        new WarmUpProgress(
            outlook.lines(),
            outlook.done(),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            budget.knownUsd(),
            budget.assumedUsd(),
            asking.ratePerSecond(),
            Duration.ofNanos(settings.time.nanoTime() - began),
            finished));
  }
}
