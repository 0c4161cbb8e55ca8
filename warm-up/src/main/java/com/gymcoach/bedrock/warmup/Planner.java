package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.warmup.LineSource.Line;
import com.gymcoach.bedrock.warmup.LineSource.Outlook;
import com.gymcoach.bedrock.warmup.WarmUpPlan.ModelPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes a plan: looks every line up and adds up what the others may cost. Thread-safe. */
final class Planner {
  /** Many models in a file are a mistake; more of them are added up as one. */
  private static final int MAX_MODELS = 100;

  private static final ModelPlan NONE = new ModelPlan(0, 0, 0, 0, 0, 0, new TreeMap<>());

  private final Settings settings;
  private final LineCheck check;
  private final LineSource source;
  private final Checkpoint checkpoint;
  private final Tally tally = new Tally();
  private final SortedMap<String, ModelPlan> models = new TreeMap<>();
  private long toAsk;

  private Planner(Settings settings, LineSource source, Checkpoint checkpoint) {
    this.settings = settings;
    this.check = new LineCheck(settings, settings.pause == null ? Planner::sleep : settings.pause);
    this.source = source;
    this.checkpoint = checkpoint;
  }

  static WarmUpPlan plan(Settings settings, Outlook outlook)
      throws IOException, InterruptedException {
    ExecutorService workers =
        Executors.newFixedThreadPool(
            settings.concurrency,
            task -> {
              Thread thread = new Thread(task, "bedrock-warm-up-plan");
              thread.setDaemon(true);
              return thread;
            });
    Checkpoint checkpoint = new Checkpoint(outlook.state()); // not written
    try (LineSource source = new LineSource(settings.requests, outlook, checkpoint)) {
      Planner planner = new Planner(settings, source, checkpoint);
      List<Callable<@Nullable Void>> tasks =
          Collections.nCopies(settings.concurrency, planner::read);
      for (Future<@Nullable Void> each : workers.invokeAll(new ArrayList<>(tasks))) {
        each.get();
      }
      return planner.result(outlook);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException unreadable) {
        throw unreadable;
      }
      throw new IllegalStateException("The plan broke", failed.getCause());
    } finally {
      workers.shutdownNow();
    }
  }

  private static boolean sleep(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos);
    return true;
  }

  private @Nullable Void read() throws IOException, InterruptedException {
    for (Line line = source.next(); line != null; line = source.next()) {
      add(line, check.check(line));
      checkpoint.end(line.number(), false);
    }
    return null;
  }

  private void add(Line line, LineCheck.Checked checked) {
    if (checked instanceof LineCheck.Absent absent) {
      toAsk(Printable.of(absent.modelId()), absent.estimate());
    } else if (checked instanceof LineCheck.Refused refused) {
      tally.refused(refused.reason());
    } else if (checked instanceof LineCheck.There) {
      tally.hit();
    } else {
      tally.malformed(line.number());
    }
  }

  private synchronized void toAsk(String modelId, Estimate more) {
    toAsk++;
    String name =
        models.containsKey(modelId) || models.size() < MAX_MODELS ? modelId : "other models";
    ModelPlan so = models.getOrDefault(name, NONE);
    SortedMap<String, Long> withoutLimit = new TreeMap<>(so.withoutLimit());
    if (more.gap() != null) {
      withoutLimit.merge(more.gap().name(), 1L, Long::sum);
    }
    models.put(
        name,
        new ModelPlan(
            so.requests() + 1,
            so.inputLow() + more.inputLow(),
            so.inputHigh() + more.inputHigh(),
            so.outputHigh() + more.outputHigh(),
            so.usdLow() + more.usdLow(),
            so.usdHigh() + more.usdHigh(),
            Collections.unmodifiableSortedMap(withoutLimit)));
  }

  private synchronized WarmUpPlan result(Outlook outlook) {
    double seconds = Math.max(0, toAsk - settings.burst) / settings.requestsPerSecond;
    return new WarmUpPlan(
        outlook.lines(),
        outlook.done(),
        tally.hits(),
        toAsk,
        tally.refused(),
        tally.malformed(),
        tally.malformedLines(),
        Collections.unmodifiableSortedMap(new TreeMap<>(models)),
        settings.maxUsd,
        settings.maxCalls,
        Duration.ofSeconds((long) seconds));
  }
}
