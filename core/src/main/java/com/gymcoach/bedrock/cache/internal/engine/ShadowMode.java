package com.gymcoach.bedrock.cache.internal.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.stats.ShadowStats;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Sends each call to Bedrock and records what the cache would have done. Uses the same keys,
 * lifetimes, admission and fences, but holds digests and sizes in place of answers. If a fleet may
 * share the store, a note is also written there, at an address that no answer ever has.
 * Thread-safe.
 */
public final class ShadowMode {
  /** The approximate size of a digest in memory, including its address and table slot. */
  private static final int DIGEST_BYTES = 256;

  private static final long MAX_DIGEST_BYTES = 64L << 20;

  /** The codec id of a note in the store, used by no operation's answers. */
  private static final int CODEC = 255;

  private final Settings settings;
  private final GuardedPolicies policies;
  private final Fences fences;
  private final Admission admission;
  private final @Nullable WarmTier warm;
  private final boolean fleet;
  private final HotTier inMemory;
  private final HotTier elsewhere;
  private final ShadowStats shadowStats;

  ShadowMode(
      Settings settings,
      GuardedPolicies policies,
      Fences fences,
      Admission admission,
      @Nullable WarmTier warm,
      ShadowStats shadowStats) {
    this.settings = settings;
    this.policies = policies;
    this.fences = fences;
    this.admission = admission;
    this.warm = warm;
    this.fleet = warm != null && settings.observesFleet();
    this.inMemory = new HotTier(settings.time(), settings.hotMaxBytes(), settings.hotMaxAge());
    this.elsewhere = new HotTier(settings.time(), MAX_DIGEST_BYTES, Lifetime.MAX_DURATION);
    this.shadowStats = shadowStats;
  }

  /**
   * The predicted source of an answer.
   *
   * @param lifetime the lifetime of the cached answer, or null if there is none
   * @param bytes the size of the entry that would have been read, or 0 if none
   * @param verified whether the store would have been asked if the entry in memory is still in
   *     force
   */
  private record Prediction(
      CacheSource source,
      @Nullable Lifetime lifetime,
      int bytes,
      boolean verified,
      @Nullable Markers markers,
      Fence fence,
      Duration took) {
    static Prediction without(Fence fence) {
      return new Prediction(CacheSource.BEDROCK, null, 0, false, null, fence, Duration.ZERO);
    }

    boolean hit() {
      return source != CacheSource.BEDROCK;
    }
  }

  /** Makes the call as if there were no cache, and records the prediction. */
  <Q extends AwsRequest, R> CompletionStage<Answer<R>> observe(Exchange<Q, R> exchange) {
    return look(exchange).thenCompose(prediction -> call(exchange, prediction));
  }

  private <Q extends AwsRequest, R> CompletionStage<Prediction> look(Exchange<Q, R> exchange) {
    EntryAddress address = exchange.address();
    Fence fence = fences.of(address.partition(), address.endpoint());
    long now = settings.time().epochMillis();
    WarmTier tier = fleet ? warm : null;
    if (exchange.control().directive() == Directive.REFRESH) {
      return tier == null
          ? completed(Prediction.without(fence))
          : lookInTable(exchange, tier, null, fence);
    }
    HotEntry held = inMemory.get(address, now);
    if (!isThere(held, exchange.lookup())) {
      held = null;
    }
    if (held != null
        && (tier == null
            || !settings.verificationDue(held.fence(), exchange.context().endpoint(), now))) {
      return completed(hot(held, held.fence(), null, false, Duration.ZERO));
    }
    if (tier != null) {
      return lookInTable(exchange, tier, held, held == null ? fence : held.fence());
    }
    HotEntry kept = warm == null ? null : elsewhere.get(address, now);
    return completed(
        kept != null && isThere(kept, exchange.lookup())
            ? new Prediction(
                CacheSource.WARM, kept.lifetime(), bytes(kept), false, null, fence, Duration.ZERO)
            : Prediction.without(fence));
  }

  private static Prediction hot(
      HotEntry held, Fence fence, @Nullable Markers markers, boolean verified, Duration took) {
    return new Prediction(CacheSource.HOT, held.lifetime(), 0, verified, markers, fence, took);
  }

  /** Reads the markers in force, and a note unless there is one in memory. */
  private <Q extends AwsRequest, R> CompletionStage<Prediction> lookInTable(
      Exchange<Q, R> exchange, WarmTier tier, @Nullable HotEntry held, Fence fence) {
    boolean withNote =
        held == null
            && exchange.usesEntries()
            && exchange.control().directive() != Directive.REFRESH;
    long began = settings.time().nanoTime();
    Fences.Read reading = fences.beginRead();
    return tier.read(
            new StoreQuery(noted(exchange.address()), withNote, true),
            exchange.waiting(),
            exchange.log(),
            exchange.timeout())
        .thenApply(
            read -> {
              Duration took = Duration.ofNanos(settings.time().nanoTime() - began);
              Markers markers = read.markers();
              Fences.Observation seen =
                  markers == null
                      ? new Fences.Observation(fence, null, false)
                      : fences.observe(fence, markers, reading);
              if (held != null && mayServe(held, seen)) {
                return hot(held, seen.fence(), seen.markers(), true, took);
              }
              Prediction prediction = inTable(exchange, tier, seen, read.envelope(), took);
              if (!prediction.hit() && seen.markers() == null) {
                seen.fence().noteBlindUse();
              }
              return read.entryUnread() // an unread note is not rewritten
                  ? new Prediction(CacheSource.BEDROCK, null, 0, false, null, seen.fence(), took)
                  : prediction;
            });
  }

  /**
   * Returns whether an entry in memory is still in force. If the markers are unknown, it counts as
   * such for up to {@code maxUnverified}.
   */
  private boolean mayServe(HotEntry held, Fences.Observation seen) {
    return held.fence().stands()
        && (seen.markers() != null ? !seen.changed() : settings.mayGoUnverified(held.fence()));
  }

  private <Q extends AwsRequest, R> Prediction inTable(
      Exchange<Q, R> exchange,
      WarmTier tier,
      Fences.Observation seen,
      byte @Nullable [] bytes,
      Duration took) {
    Markers markers = seen.markers();
    Prediction nothing =
        new Prediction(CacheSource.BEDROCK, null, 0, false, markers, seen.fence(), took);
    if (bytes == null || markers == null) {
      return nothing;
    }
    Envelope note = tier.open(noted(exchange.address()), bytes, exchange.log());
    if (note == null || !fences.admits(note.markers(), markers)) {
      return nothing;
    }
    Lifetime lifetime =
        Lifetime.resumed(settings.time(), note.created(), note.expires(), note.retainUntil());
    return isThere(lifetime, exchange.lookup())
        ? new Prediction(CacheSource.WARM, lifetime, size(note), false, markers, seen.fence(), took)
        : nothing;
  }

  /** Returns the size recorded in a note: that of the entry that the cache would have written. */
  private static int size(Envelope note) {
    String text = new String(note.payload().body(), US_ASCII);
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }

  private boolean isThere(@Nullable HotEntry entry, Plan.Lookup plan) {
    return entry != null && isThere(entry.lifetime(), plan);
  }

  private boolean isThere(Lifetime lifetime, Plan.Lookup plan) {
    Duration limit = plan.control().maxAge().orElse(null);
    return lifetime.isFresh(settings.time())
        && (limit == null || lifetime.age(settings.time()).compareTo(limit) <= 0);
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> call(
      Exchange<Q, R> exchange, Prediction prediction) {
    CacheOutcome outcome =
        Outcome.bypass(prediction.hit() ? CacheReason.WOULD_HIT : CacheReason.WOULD_MISS);
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
    boolean kept =
        !prediction.hit()
            && admission.refusal(exchange, response, ttl) == null
            && prediction.fence().stands();
    boolean stored = kept && exchange.usesEntries();
    int bytes = stored ? admission.storedBytes(exchange, response) : 0;
    shadowStats.note(
        exchange.context(),
        exchange.operation().tier(response),
        usage,
        prediction.source(),
        cost(exchange, prediction, stored, bytes),
        byBedrock,
        prediction.took());
    if (prediction.source() == CacheSource.WARM
        && prediction.lifetime() != null
        && exchange.control().directive() != Directive.NO_STORE) {
      inMemory.promote(
          exchange.address(),
          entry(
              prediction.bytes(),
              prediction.lifetime(),
              prediction.fence(),
              weight(exchange, response)));
    }
    if (!kept) {
      return completed(true);
    }
    Lifetime lifetime = Lifetime.from(settings.time(), ttl, Duration.ZERO);
    inMemory.put(
        exchange.address(), entry(bytes, lifetime, prediction.fence(), weight(exchange, response)));
    if (!stored) {
      return completed(true);
    }
    elsewhere.put(exchange.address(), entry(bytes, lifetime, prediction.fence(), DIGEST_BYTES));
    return prediction.markers() == null
        ? completed(true)
        : noteInTable(exchange, lifetime, prediction.markers(), bytes);
  }

  private static <Q extends AwsRequest, R> int weight(Exchange<Q, R> exchange, R response) {
    return exchange.operation().keep(response).weight();
  }

  /** Returns the stand-in for an answer in memory: the size of its entry in the store. */
  private static HotEntry entry(int bytes, Lifetime lifetime, Fence fence, int weight) {
    return new HotEntry(
        new Kept<>(bytes, false, weight), lifetime, fence, null, StatsRecorder.UNKNOWN);
  }

  private static int bytes(HotEntry entry) {
    return (Integer) entry.answer().response();
  }

  /** Returns the store's units that the cache would have used: read units, then write units. */
  private <Q extends AwsRequest, R> double[] cost(
      Exchange<Q, R> exchange, Prediction prediction, boolean stored, int bytes) {
    WarmTier tier = warm;
    boolean isHot = prediction.source() == CacheSource.HOT;
    if (tier == null || (isHot && !prediction.verified())) {
      return new double[] {0, 0};
    }
    boolean withEntry =
        !isHot && exchange.usesEntries() && exchange.control().directive() != Directive.REFRESH;
    return new double[] {
      tier.readUnits(new StoreQuery(exchange.address(), withEntry, false), prediction.bytes()),
      stored ? tier.writeUnits(exchange.address(), bytes) : 0
    };
  }

  private <Q extends AwsRequest, R> CompletionStage<Boolean> noteInTable(
      Exchange<Q, R> exchange, Lifetime lifetime, Markers markers, int bytes) {
    WarmTier tier = warm;
    if (tier == null) {
      return completed(true);
    }
    EntryAddress address = noted(exchange.address());
    Payload size = new Payload(200, null, Map.of(), Integer.toString(bytes).getBytes(US_ASCII));
    byte[] note =
        tier.seal(
            address,
            new Envelope(
                CODEC,
                "",
                lifetime.created(),
                lifetime.expires(),
                lifetime.retainUntil(),
                markers,
                null,
                size),
            exchange.log());
    return note == null
        ? completed(false)
        : tier.write(
            address, note, lifetime, exchange.waiting(), exchange.log(), exchange.timeout());
  }

  /**
   * Returns the address of an answer's note. It has the same partition and endpoint, and so the
   * same markers, but never the answer's key.
   */
  private static EntryAddress noted(EntryAddress answer) {
    Digest key = answer.key();
    return new EntryAddress(
        answer.partition(),
        answer.endpoint(),
        new Digest(~key.first(), ~key.second(), ~key.third(), ~key.fourth()));
  }

  /** Removes all notes from memory. */
  void forget() {
    inMemory.clear();
    elsewhere.clear();
  }

  /** Removes all notes from memory and keeps no more. */
  void close() {
    inMemory.close();
    elsewhere.close();
  }

  private static <T> CompletionStage<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
