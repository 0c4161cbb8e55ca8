package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

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
  <Q extends AwsRequest, R> void begin(
      Plan.Lookup plan, Step<Q, R> step, Supplier<CompletionStage<Answer<R>>> ask) {
    if (!underWay.add(plan.address())) {
      return;
    }
    try {
      executor.execute(() -> run(plan, step, ask));
    } catch (RuntimeException | Error rejected) {
      end(plan, step, null);
    }
  }

  private <Q extends AwsRequest, R> void run(
      Plan.Lookup plan, Step<Q, R> step, Supplier<CompletionStage<Answer<R>>> ask) {
    try {
      ask.get().whenComplete((answer, broken) -> end(plan, step, answer));
    } catch (RuntimeException | Error broken) {
      end(plan, step, null);
    }
  }

  private <Q extends AwsRequest, R> void end(
      Plan.Lookup plan, Step<Q, R> step, @Nullable Answer<R> answer) {
    underWay.remove(plan.address());
    R response = answer == null ? null : answer.result().valueOrNull();
    if (response == null) {
      step.log().fault(CacheFault.REVALIDATION_FAILED);
    }
    PriceTier tier = response == null ? null : step.call().operation().tier(response);
    recorder.background(
        plan.context(), tier, step.log(), answer == null ? Answer.NOT_ANSWERED : answer.outcome());
  }
}
