package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.stats.ShadowStats;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Sends each call to Bedrock and records what the cache would have done. Uses the same keys,
 * lifetimes, admission and fences, but holds notes in place of answers. If a fleet may share the
 * store, notes are also written there. Thread-safe.
 */
final class ShadowMode {
  /** The approximate size of a digest in memory, including its address and table slot. */
  private static final int DIGEST_BYTES = 256;

  private static final long MAX_DIGEST_BYTES = 64L << 20;

  private final TimeSource time;
  private final GuardedPolicies policies;
  private final Fences fences;
  private final Verification verification;
  private final Admission admission;
  private final @Nullable WarmTier warm;

  /** The store if notes are written there, for a fleet; otherwise null. */
  private final @Nullable WarmTier fleet;

  private final ShadowNotes notes;
  private final HotTier inMemory;

  /** Stands for the store of this process alone. */
  private final HotTier inStore;

  private final ShadowStats shadowStats;

  ShadowMode(Parts parts, GuardedPolicies policies, Admission admission) {
    Settings settings = parts.settings();
    this.time = parts.environment().time();
    this.policies = policies;
    this.fences = parts.fences();
    this.verification = new Verification(parts);
    this.admission = admission;
    this.warm = parts.tiers().warm();
    this.fleet = settings.rollout().observesFleet() ? warm : null;
    this.notes = new ShadowNotes(time, fences);
    this.inMemory = new HotTier(time, settings.tiers().hotMaxBytes(), settings.tiers().hotMaxAge());
    this.inStore = new HotTier(time, MAX_DIGEST_BYTES, Lifetime.MAX_DURATION);
    this.shadowStats = new ShadowStats(settings.policies().prices());
  }

  /** Returns the statistics of what was observed. */
  ShadowStats stats() {
    return shadowStats;
  }

  /** Makes the call as if there were no cache, and records the prediction. */
  <Q extends AwsRequest, R> CompletionStage<Answer<R>> observe(Exchange<Q, R> exchange) {
    return predict(exchange).thenCompose(prediction -> call(exchange, prediction));
  }

  private <Q extends AwsRequest, R> CompletionStage<Prediction> predict(Exchange<Q, R> exchange) {
    EntryAddress address = exchange.address();
    Fence fence = fences.of(address.partition(), address.endpoint());
    long now = time.epochMillis();
    WarmTier tier = fleet;
    boolean refresh = exchange.control().directive() == Directive.REFRESH;
    HotEntry held = refresh ? null : fresh(inMemory, exchange, now);
    if (held != null
        && (tier == null
            || !verification.isDue(held.fence(), address.endpoint(), time.nanoTime(), now))) {
      return completed(
          Prediction.hot(held.lifetime(), Fences.Observation.withoutMarkers(held.fence()), null));
    }
    if (tier != null) {
      return predictFromTable(exchange, tier, held, held == null ? fence : held.fence());
    }
    HotEntry kept = refresh || warm == null ? null : fresh(inStore, exchange, now);
    Fences.Observation seen = Fences.Observation.withoutMarkers(fence);
    return completed(
        kept == null
            ? Prediction.miss(seen, null)
            : new Prediction(
                CacheSource.WARM, kept.lifetime(), ShadowNotes.content(kept), seen, null));
  }

  /** Reads the markers in force, and a note unless there is one in memory. */
  private <Q extends AwsRequest, R> CompletionStage<Prediction> predictFromTable(
      Exchange<Q, R> exchange, WarmTier tier, @Nullable HotEntry held, Fence fence) {
    boolean withNote =
        held == null
            && exchange.usesEntries()
            && exchange.control().directive() != Directive.REFRESH;
    long began = time.nanoTime();
    Fences.Read reading = fences.beginRead();
    return notes
        .read(exchange, tier, withNote)
        .thenApply(
            read -> {
              Duration took = Duration.ofNanos(time.nanoTime() - began);
              Fences.Observation seen = verification.observe(fence, read, reading);
              if (held != null && verification.of(held, seen).mayServe()) {
                return Prediction.hot(held.lifetime(), seen, took);
              }
              ShadowNotes.Note note = notes.open(exchange, tier, seen.markers(), read.envelope());
              if (note != null
                  && isFresh(note.lifetime(), exchange)
                  && note.content().serves(exchange)) {
                return new Prediction(
                    CacheSource.WARM, note.lifetime(), note.content(), seen, took);
              }
              if (seen.markers() == null) {
                seen.fence().noteBlindUse();
              }
              return read.entryUnread() // an unread note is not rewritten
                  ? Prediction.miss(Fences.Observation.withoutMarkers(seen.fence()), took)
                  : Prediction.miss(seen, took);
            });
  }

  private @Nullable HotEntry fresh(HotTier tier, Exchange<?, ?> exchange, long now) {
    HotEntry entry = tier.get(exchange.address(), time.nanoTime(), now);
    return entry != null
            && isFresh(entry.lifetime(), exchange)
            && ShadowNotes.content(entry).serves(exchange)
        ? entry
        : null;
  }

  private boolean isFresh(Lifetime lifetime, Exchange<?, ?> exchange) {
    Duration limit = exchange.control().maxAge().orElse(null);
    return lifetime.isFresh(time) && (limit == null || lifetime.age(time).compareTo(limit) <= 0);
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> call(
      Exchange<Q, R> exchange, Prediction prediction) {
    CacheOutcome outcome =
        exchange.explain(
            Outcome.bypass(prediction.hit() ? CacheReason.WOULD_HIT : CacheReason.WOULD_MISS));
    Duration before = exchange.log().elapsed();
    exchange.origin().goAlone();
    return exchange
        .origin()
        .call(outcome)
        .thenCompose(
            result -> {
              R response = result.valueOrNull();
              Answer<R> answer = new Answer<>(result, outcome);
              Duration took = exchange.log().elapsed().minus(before);
              return response == null
                  ? completed(answer)
                  : exchange
                      .origin()
                      .bedrockCall()
                      .delivered()
                      .thenCompose(delivered -> note(exchange, prediction, response, took))
                      .thenApply(noted -> answer);
            });
  }

  /** Records an answer as the cache would have kept it. */
  private <Q extends AwsRequest, R> CompletionStage<Boolean> note(
      Exchange<Q, R> exchange, Prediction prediction, R response, Duration byBedrock) {
    TokenUsage usage = exchange.operation().usage(response);
    exchange.log().usage(usage);
    Duration ttl = policies.ttl(exchange.context(), exchange.log());
    Fence fence = prediction.seen().fence();
    boolean kept =
        !prediction.hit() && admission.refusal(exchange, response, ttl) == null && fence.stands();
    boolean stored = kept && exchange.usesEntries();
    int bytes = stored ? admission.storedBytes(exchange, response) : 0;
    shadowStats.note(
        exchange.context(),
        exchange.operation().tier(response),
        usage,
        new ShadowStats.Observed(
            prediction.source(),
            readUnits(exchange, prediction),
            stored && warm != null ? warm.writeUnits(exchange.address(), bytes) : 0,
            byBedrock,
            prediction.lookUp()));
    if (prediction.source() == CacheSource.WARM
        && prediction.lifetime() != null
        && exchange.control().directive() != Directive.NO_STORE) {
      int weight = weight(exchange, response);
      inMemory.promote(
          exchange.address(),
          ShadowNotes.inMemory(prediction.content(), prediction.lifetime(), fence, weight));
    }
    if (!kept) {
      return completed(true);
    }
    Lifetime lifetime = Lifetime.from(time, ttl, Duration.ZERO);
    String onlyFor =
        AnswerForms.servesOneForm(exchange, response) ? exchange.operation().name() : "";
    ShadowNotes.Content content = new ShadowNotes.Content(bytes, onlyFor);
    inMemory.put(
        exchange.address(),
        ShadowNotes.inMemory(content, lifetime, fence, weight(exchange, response)));
    if (!stored) {
      return completed(true);
    }
    inStore.put(exchange.address(), ShadowNotes.inMemory(content, lifetime, fence, DIGEST_BYTES));
    Markers markers = prediction.seen().markers();
    return markers == null || warm == null
        ? completed(true)
        : notes.write(exchange, warm, markers, new ShadowNotes.Note(lifetime, content));
  }

  private static <Q extends AwsRequest, R> int weight(Exchange<Q, R> exchange, R response) {
    return exchange.operation().keep(response).weight();
  }

  /** Returns the read units that the cache would have used. */
  private double readUnits(Exchange<?, ?> exchange, Prediction prediction) {
    boolean isHot = prediction.source() == CacheSource.HOT;
    if (warm == null || (isHot && prediction.storeRead() == null)) {
      return 0;
    }
    boolean withEntry =
        !isHot && exchange.usesEntries() && exchange.control().directive() != Directive.REFRESH;
    return warm.readUnits(
        new StoreQuery(exchange.address(), withEntry, false), prediction.content().bytes());
  }

  /** Removes all notes from memory. */
  void forget() {
    inMemory.clear();
    inStore.clear();
  }

  /** Removes all notes from memory and keeps no more. */
  void close() {
    inMemory.close();
    inStore.close();
  }

  private static <T> CompletionStage<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
