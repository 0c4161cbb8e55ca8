package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.sdk.TextBatch;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.time.Moment;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Loads a batch of texts text by text. Each distinct text is loaded by {@link Loader} as a request
 * for it alone would be, except that the store is read once for all, and that one call asks Bedrock
 * for those that are not cached. Thread-safe.
 */
final class BatchLoader {
  /** How long batches are sent whole after an answer could not be joined with cached parts. */
  private static final long WHOLE_NANOS = Duration.ofMinutes(5).toNanos();

  private final TimeSource time;
  private final PriceList prices;
  private final @Nullable WarmTier warm;
  private final Fences fences;
  private final ReadAhead readAhead;
  private final Loader loader;
  private final RequestPlanner planner;
  private final Admission admission;

  /** When an answer last could not be joined, or null if that never happened. */
  private volatile @Nullable Moment unjoinable;

  BatchLoader(Parts parts, Loader loader, RequestPlanner planner, Admission admission) {
    this.time = parts.environment().time();
    this.prices = parts.settings().policies().prices();
    this.warm = parts.tiers().warm();
    this.fences = parts.fences();
    this.readAhead = new ReadAhead(parts, loader);
    this.loader = loader;
    this.planner = planner;
    this.admission = admission;
  }

  /** Returns a call as a batch, or null if it is none, or is to be cached as a whole. */
  <Q extends AwsRequest, R> @Nullable BatchCall<Q, R> of(
      CallerRequest<Q, R> request, RolloutState rollout, Plan plan, CallRecord log) {
    if (!(plan instanceof Plan.Lookup whole) || !whole.optIns().embeddingsByText()) {
      return null;
    }
    if (rollout.observes() || !mayJoin()) {
      return null;
    }
    try {
      TextBatch<Q, R> texts = request.operation().batch(request.request(), whole.optIns());
      return texts == null ? null : of(texts, request, whole, log);
    } catch (RuntimeException broken) { // then it is cached as a whole
      log.fault(CacheFault.ENGINE_FAILED, broken);
      return null;
    }
  }

  private boolean mayJoin() {
    Moment since = unjoinable;
    return since == null || since.nanosUntil(time.nanoTime(), time.epochMillis()) >= WHOLE_NANOS;
  }

  private <Q extends AwsRequest, R> @Nullable BatchCall<Q, R> of(
      TextBatch<Q, R> texts, CallerRequest<Q, R> request, Plan.Lookup whole, CallRecord log) {
    List<BatchPart<Q, R>> parts = new ArrayList<>();
    Map<EntryAddress, Integer> seen = new HashMap<>();
    int[] partOfText = new int[texts.size()];
    for (int text = 0; text < partOfText.length; text++) {
      CallerRequest<Q, R> part = request.with(texts.only(text));
      Plan.Lookup plan = planner.part(part, whole, log);
      if (plan == null) {
        return null;
      }
      Integer before = seen.putIfAbsent(plan.address(), parts.size());
      partOfText[text] = before == null ? parts.size() : before;
      if (before == null) {
        parts.add(new BatchPart<>(text, part, plan));
      }
    }
    return new BatchCall<>(texts, parts, partOfText);
  }

  /** Loads the answer from memory, the store and Bedrock. */
  <Q extends AwsRequest, R> CompletionStage<Loaded<R>> load(
      Exchange<Q, R> exchange, BatchCall<Q, R> batch) {
    batch.parts().forEach(part -> part.enter(exchange));
    return readAhead
        .read(exchange, batch)
        .thenCompose(read -> each(readFirst(batch), part -> part.load(loader, fences)))
        .thenCompose(
            settled -> {
              List<BatchPart<Q, R>> missing =
                  batch.parts().stream().filter(part -> part.asked() != null).toList();
              Loaded<R> served = missing.isEmpty() ? served(exchange, batch) : null;
              return served == null ? call(exchange, batch, missing) : completed(served);
            });
  }

  /**
   * Returns the parts, beginning with those that the store was read for: the markers that were read
   * with them hold for the parts in memory, too.
   */
  private static <Q extends AwsRequest, R> List<BatchPart<Q, R>> readFirst(BatchCall<Q, R> batch) {
    List<BatchPart<Q, R>> ordered = new ArrayList<>(batch.parts());
    ordered.sort(Comparator.comparing(part -> part.exchange().lookahead() == null));
    return ordered;
  }

  /**
   * Returns the answer to a batch of which nothing has to be asked, or null if the cached parts are
   * of different forms.
   */
  private static <Q extends AwsRequest, R> @Nullable Loaded<R> served(
      Exchange<Q, R> exchange, BatchCall<Q, R> batch) {
    List<Loaded<R>> parts = new ArrayList<>();
    for (BatchPart<Q, R> part : batch.parts()) {
      Answer<R> answer = part.loaded().answer();
      if (!answer.result().ok()) { // it is not cached, and Bedrock must not be asked
        return Loaded.of(Answer.notKept(exchange.explain(answer.outcome(), part.exchange())), null);
      }
      parts.add(part.loaded());
    }
    R whole = batch.served();
    if (whole == null) {
      return null;
    }
    TokenUsage usage = BatchSums.usage(parts);
    exchange.log().usage(usage);
    Kept<R> kept = exchange.operation().keep(whole);
    return new Loaded<>(Answer.of(whole, BatchSums.hit(parts)), kept, usage, null);
  }

  /** Asks Bedrock for the missing parts, in one call. */
  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> call(
      Exchange<Q, R> exchange, BatchCall<Q, R> batch, List<BatchPart<Q, R>> missing) {
    List<R> cached = new ArrayList<>();
    for (BatchPart<Q, R> part : batch.parts()) {
      if (part.asked() == null) {
        cached.add(BatchSums.response(part));
        part.loaded().answer().outcome().ttl().ifPresent(exchange.origin()::joinableFor);
      }
    }
    if (!batch.isWhole(missing) && (cached.isEmpty() || batch.texts().areAlike(cached))) {
      batch.narrow(missing);
    }
    CacheOutcome why = missing.isEmpty() ? Answer.NOT_ANSWERED : missing.get(0).asked();
    if (why == null || exchange.control().directive() == Directive.ONLY_IF_CACHED) {
      return completed(Loaded.of(Answer.notKept(Outcome.miss(CacheReason.ONLY_IF_CACHED)), null));
    }
    return exchange
        .origin()
        .call(missing.isEmpty() ? why : exchange.explain(why, missing.get(0).exchange()))
        .thenCompose(
            result -> {
              if (batch.isUnjoinable()) {
                unjoinable = Moment.now(time);
                exchange.log().fault(CacheFault.ENGINE_FAILED);
              }
              R whole = result.valueOrNull();
              return whole == null
                  ? failed(exchange, batch, missing, result)
                  : answered(exchange, batch, missing, whole);
            });
  }

  /** Hands each missing part its failure: it may have a stale answer. */
  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> failed(
      Exchange<Q, R> exchange,
      BatchCall<Q, R> batch,
      List<BatchPart<Q, R>> missing,
      Result<R> result) {
    Throwable failure = result.failure();
    Loaded<R> asItIs = Loaded.of(new Answer<>(result, Answer.NOT_ANSWERED), null);
    if (failure == null) { // a client that returns null
      return completed(asItIs);
    }
    return each(missing, part -> part.end(null, failure))
        .thenApply(ended -> staleOr(asItIs, exchange, batch));
  }

  private static <Q extends AwsRequest, R> Loaded<R> staleOr(
      Loaded<R> failure, Exchange<Q, R> exchange, BatchCall<Q, R> batch) {
    boolean all = batch.parts().stream().allMatch(part -> part.loaded().answer().result().ok());
    Loaded<R> served = all ? served(exchange, batch) : null;
    return served == null ? failure : served;
  }

  /** Keeps each part of Bedrock's answer. The caller gets the whole, whatever becomes of them. */
  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> answered(
      Exchange<Q, R> exchange, BatchCall<Q, R> batch, List<BatchPart<Q, R>> missing, R whole) {
    List<R> answers = batch.apart(whole, missing);
    if (answers == null) {
      return completed(admission.keepNothing(exchange, whole));
    }
    Map<BatchPart<Q, R>, R> byPart = new HashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      byPart.put(missing.get(i), answers.get(i));
    }
    return each(missing, part -> part.end(byPart.get(part), null))
        .thenApply(ended -> kept(exchange, batch, missing, whole));
  }

  private <Q extends AwsRequest, R> Loaded<R> kept(
      Exchange<Q, R> exchange, BatchCall<Q, R> batch, List<BatchPart<Q, R>> missing, R whole) {
    List<Loaded<R>> asked = missing.stream().map(BatchPart::loaded).toList();
    TokenUsage all = BatchSums.usage(batch.parts().stream().map(BatchPart::loaded).toList());
    double saved = 0;
    for (BatchPart<Q, R> part : batch.parts()) {
      if (part.asked() == null) {
        double usd =
            StatsRecorder.usd(
                prices,
                exchange.context(),
                exchange.operation(),
                BatchSums.response(part),
                part.loaded().usage());
        saved += Double.isNaN(usd) ? 0 : usd;
      }
    }
    exchange.log().savedUsd(batch.isUnjoinable() ? 0 : saved);
    exchange.log().usage(BatchSums.usage(asked));
    Kept<R> forFollowers = exchange.operation().keep(batch.texts().unpaid(whole));
    return new Loaded<>(Answer.of(whole, BatchSums.miss(asked, false)), forFollowers, all, null);
  }

  /** Takes a step for parts one after another: they share the record of the call. */
  private static <Q extends AwsRequest, R> CompletionStage<Boolean> each(
      List<BatchPart<Q, R>> parts, Function<BatchPart<Q, R>, CompletionStage<?>> step) {
    CompletionStage<Boolean> ended = completed(true);
    for (BatchPart<Q, R> part : parts) {
      ended = ended.thenCompose(before -> step.apply(part)).thenApply(loaded -> true);
    }
    return ended;
  }

  /**
   * Writes the new parts to the store, all within one write budget. The stage completes with the
   * answer as it is then.
   */
  <Q extends AwsRequest, R> CompletionStage<Answer<R>> store(
      Exchange<Q, R> exchange, BatchCall<Q, R> batch, Loaded<R> loaded) {
    Answer<R> answer = loaded.answer();
    WarmTier tier = warm;
    if (tier == null || answer.outcome().status() != CacheOutcome.Status.MISS) {
      return completed(answer);
    }
    List<Loaded<R>> asked = new ArrayList<>();
    List<WarmTier.Write> writes = new ArrayList<>();
    for (BatchPart<Q, R> part : batch.parts()) {
      if (part.asked() != null && part.loading().toCompletableFuture().isDone()) {
        asked.add(part.loaded());
        WarmTier.Write write = admission.sealed(tier, part.exchange(), part.loaded());
        if (write != null) {
          writes.add(write);
        }
      }
    }
    if (writes.isEmpty()) {
      return completed(answer);
    }
    boolean sendsAll = writes.size() == asked.size();
    return tier.writeAll(writes, exchange.storeWait())
        .thenApply(
            written ->
                sendsAll && !written.contains(false)
                    ? new Answer<>(answer.result(), BatchSums.miss(asked, true))
                    : answer);
  }

  private static <T> CompletionStage<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
