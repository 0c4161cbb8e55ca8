package com.gymcoach.bedrock.cache.internal.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.Life;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.Digest;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Markers;
import com.gymcoach.bedrock.cache.spi.StoreQuery;
import com.gymcoach.bedrock.cache.spi.StoreRead;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Watches calls go to Bedrock, and tells what the cache would have done: the same keys, lives,
 * admission and fences, over digests and sizes in place of answers. With a store that fleets may
 * share, a digest is noted there too, under an address that no answer ever has. Thread-safe.
 */
public final class Observer {
  /** A digest in memory takes about this, address and table slot included. */
  private static final int DIGEST_BYTES = 256;

  private static final long MOST_DIGEST_BYTES = 64L << 20;

  /** What is noted in a store is no answer of any operation. */
  private static final int CODEC = 255;

  private static final Object NO_ANSWER = new Object();

  private final Settings settings;
  private final Callbacks callbacks;
  private final Fences fences;
  private final Keeper keeper;
  private final @Nullable WarmTier warm;
  private final boolean fleet;
  private final HotTier inMemory;
  private final HotTier elsewhere;
  private final Observations observations;

  Observer(
      Settings settings,
      Callbacks callbacks,
      Fences fences,
      Keeper keeper,
      @Nullable WarmTier warm,
      Observations observations) {
    this.settings = settings;
    this.callbacks = callbacks;
    this.fences = fences;
    this.keeper = keeper;
    this.warm = warm;
    this.fleet = warm != null && settings.observesFleet();
    this.inMemory = new HotTier(settings.time(), settings.hotMaxBytes(), settings.hotMaxAge());
    this.elsewhere = new HotTier(settings.time(), MOST_DIGEST_BYTES, Life.LONGEST);
    this.observations = observations;
  }

  /** Where the answer would have come from. */
  private record Sight(CacheSource source, @Nullable Markers markers, Fence fence, Duration took) {
    boolean hit() {
      return source != CacheSource.BEDROCK;
    }
  }

  /** Makes the call, as if there were no cache. */
  <Q extends AwsRequest, R> CompletionStage<Answer<R>> observe(Step<Q, R> step, Plan.Lookup plan) {
    return look(step, plan).thenCompose(sight -> call(step, plan, sight));
  }

  private <Q extends AwsRequest, R> CompletionStage<Sight> look(Step<Q, R> step, Plan.Lookup plan) {
    EntryAddress address = plan.address();
    Fence fence = fences.of(address.partition(), address.endpoint());
    long now = settings.time().epochMillis();
    if (plan.control().directive() == Directive.REFRESH) {
      return completed(new Sight(CacheSource.BEDROCK, null, fence, Duration.ZERO));
    }
    if (isThere(inMemory.get(address, now), plan)) {
      return completed(new Sight(CacheSource.HOT, null, fence, Duration.ZERO));
    }
    WarmTier tier = warm;
    if (tier == null) {
      return completed(new Sight(CacheSource.BEDROCK, null, fence, Duration.ZERO));
    }
    if (!fleet) {
      boolean there = isThere(elsewhere.get(address, now), plan);
      return completed(
          new Sight(there ? CacheSource.WARM : CacheSource.BEDROCK, null, fence, Duration.ZERO));
    }
    long began = settings.time().nanoTime();
    return tier.read(
            new StoreQuery(noted(address), true, true),
            step.waiting(),
            step.log(),
            step.call().timeout())
        .thenApply(read -> inTable(step, plan, tier, fence, read, began));
  }

  private <Q extends AwsRequest, R> Sight inTable(
      Step<Q, R> step, Plan.Lookup plan, WarmTier tier, Fence fence, StoreRead read, long began) {
    byte[] bytes = read.envelope();
    Markers markers = read.markers();
    Duration took = Duration.ofNanos(settings.time().nanoTime() - began);
    Envelope note =
        bytes == null || markers == null
            ? null
            : tier.open(noted(plan.address()), bytes, step.log());
    boolean there =
        note != null
            && note.markers().equals(markers)
            && isThere(
                Life.resumed(settings.time(), note.created(), note.expires(), note.retainUntil()),
                plan);
    return new Sight(there ? CacheSource.WARM : CacheSource.BEDROCK, markers, fence, took);
  }

  private boolean isThere(@Nullable HotEntry entry, Plan.Lookup plan) {
    return entry != null && isThere(entry.life(), plan);
  }

  private boolean isThere(Life life, Plan.Lookup plan) {
    Duration limit = plan.control().maxAge().orElse(null);
    return life.lasts(settings.time())
        && (limit == null || life.age(settings.time()).compareTo(limit) <= 0);
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> call(
      Step<Q, R> step, Plan.Lookup plan, Sight sight) {
    CacheOutcome outcome =
        CacheOutcome.bypass(sight.hit() ? CacheReason.WOULD_HIT : CacheReason.WOULD_MISS);
    Duration before = step.log().elapsed();
    step.origin().goAlone();
    return step.origin()
        .call(outcome)
        .thenCompose(
            result -> {
              R response = result.valueOrNull();
              Answer<R> answer = new Answer<>(result, outcome);
              return response == null
                  ? completed(answer)
                  : note(step, plan, sight, response, step.log().elapsed().minus(before))
                      .thenApply(noted -> answer);
            });
  }

  /** Takes note of an answer as the cache would have kept it. */
  private <Q extends AwsRequest, R> CompletionStage<Boolean> note(
      Step<Q, R> step, Plan.Lookup plan, Sight sight, R response, Duration byBedrock) {
    TokenUsage usage = step.call().operation().usage(response);
    step.log().usage(usage);
    Duration ttl = callbacks.ttl(plan.context(), step.log());
    boolean kept =
        !sight.hit() && keeper.refusal(step, plan, response, ttl) == null && sight.fence().stands();
    int bytes = kept ? keeper.storedBytes(step, plan, response) : 0;
    observations.note(
        plan.context(),
        step.call().operation().tier(response),
        usage,
        sight.source(),
        cost(plan, sight, kept, bytes),
        byBedrock,
        sight.took());
    if (!kept) {
      return completed(true);
    }
    Life life = Life.from(settings.time(), ttl, Duration.ZERO);
    int weight = step.call().operation().weight(response);
    inMemory.put(plan.address(), entry(life, sight.fence(), weight));
    elsewhere.put(plan.address(), entry(life, sight.fence(), DIGEST_BYTES));
    return sight.markers() == null
        ? completed(true)
        : noteInTable(step, plan, life, sight.markers(), bytes);
  }

  private static HotEntry entry(Life life, Fence fence, int weight) {
    return new HotEntry(NO_ANSWER, life, fence, null, Recorder.UNKNOWN, weight);
  }

  /** Returns the store's units that the cache would have used: read, written. */
  private double[] cost(Plan.Lookup plan, Sight sight, boolean kept, int bytes) {
    WarmTier tier = warm;
    if (tier == null || sight.source() == CacheSource.HOT) {
      return new double[] {0, 0};
    }
    StoreQuery query = new StoreQuery(plan.address(), true, false);
    return new double[] {
      tier.store().readUnits(query, bytes),
      kept ? tier.store().writeUnits(plan.address(), bytes) : 0
    };
  }

  private <Q extends AwsRequest, R> CompletionStage<Boolean> noteInTable(
      Step<Q, R> step, Plan.Lookup plan, Life life, Markers markers, int bytes) {
    WarmTier tier = warm;
    if (tier == null) {
      return completed(true);
    }
    EntryAddress address = noted(plan.address());
    Payload size = new Payload(200, null, Map.of(), Integer.toString(bytes).getBytes(US_ASCII));
    byte[] note =
        tier.seal(
            address,
            new Envelope(
                CODEC, "", life.created(), life.expires(), life.retainUntil(), markers, null, size),
            step.log());
    return note == null
        ? completed(false)
        : tier.write(address, note, life, step.waiting(), step.log(), step.call().timeout());
  }

  /**
   * Returns where a note of an answer lies: beside it, with its markers, and never in its place.
   */
  private static EntryAddress noted(EntryAddress answer) {
    Digest key = answer.key();
    return new EntryAddress(
        answer.partition(),
        answer.endpoint(),
        new Digest(~key.first(), ~key.second(), ~key.third(), ~key.fourth()));
  }

  /** Forgets what was seen. */
  void forget() {
    inMemory.clear();
    elsewhere.clear();
  }

  /** Forgets what was seen, and takes note of nothing any more. */
  void close() {
    inMemory.close();
    elsewhere.close();
  }

  private static <T> CompletionStage<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
