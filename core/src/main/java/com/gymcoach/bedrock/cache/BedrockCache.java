package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.client.Blocking;
import com.gymcoach.bedrock.cache.internal.client.CallerContext;
import com.gymcoach.bedrock.cache.internal.client.NonBlocking;
import com.gymcoach.bedrock.cache.internal.client.StreamCall;
import com.gymcoach.bedrock.cache.internal.engine.Engine;
import com.gymcoach.bedrock.cache.internal.engine.FaultLog;
import com.gymcoach.bedrock.cache.internal.engine.Fences;
import com.gymcoach.bedrock.cache.internal.engine.Jitter;
import com.gymcoach.bedrock.cache.internal.engine.Settings;
import com.gymcoach.bedrock.cache.internal.engine.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableStream;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.CacheStore;
import com.gymcoach.bedrock.cache.spi.EntrySealer;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.eventstream.EventStreamResponseHandler;

/**
 * The cache that one or more {@link CachingBedrockClient}s and {@link CachingBedrockAsyncClient}s
 * share: memory in this process and, where one is given, a store such as DynamoDB that processes
 * share.
 *
 * <p>Build one for the life of the service. Thread-safe.
 */
public final class BedrockCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BedrockCache.class);

  private final Engine engine;
  private final HotTier hot;
  private final FaultLog faultLog;
  private final StatsRecorder recorder;
  private final @Nullable CacheStore store;
  private final @Nullable EntrySealer sealer;
  private final Jitter jitter;
  private final Executor elsewhere;
  private final NonBlocking nonBlocking;
  private final ContextPropagation contextPropagation;
  private final long maxStreamBytes;
  private final boolean finishAbandonedStreams;
  private final boolean observesFleet;
  private final ClientRules clientRules;
  private final DynamicSetting<CacheMode> mode;
  private final DynamicSetting<Double> rolloutPercent;
  private final Attachment attachment = new Attachment(this::stats);
  private volatile boolean closed;
  private volatile boolean scopeMissed;

  BedrockCache(BedrockCacheBuilder from, Settings settings) {
    TimeSource time = settings.time();
    this.hot = new HotTier(time, from.hotMaxBytes, from.hotMaxAge);
    this.faultLog = new FaultLog(time);
    this.recorder = new StatsRecorder(settings.metricsSink(), settings.priceList(), faultLog);
    this.store = from.store;
    this.sealer = from.sealer;
    this.jitter = from.jitter;
    WarmTier warm =
        from.store == null
            ? null
            : new WarmTier(
                from.store,
                new EnvelopeCodec(from.store.name(), from.compressor, from.alsoReads, from.sealer));
    this.engine = new Engine(settings, hot, warm, new Fences(time), recorder);
    this.elsewhere = settings.elsewhere();
    this.nonBlocking = new NonBlocking(elsewhere);
    this.contextPropagation = from.contextPropagation;
    this.maxStreamBytes = from.maxStreamBytes;
    this.finishAbandonedStreams = from.finishAbandonedStreams;
    this.mode = new DynamicSetting<>(from.mode, CacheMode.OFF, this::callbackFailed);
    this.rolloutPercent =
        new DynamicSetting<>(checked(from.rolloutPercent), 0.0, this::callbackFailed);
    this.observesFleet = settings.observesFleet();
    this.clientRules = new ClientRules(settings.ignoredOverrides(), from.trustedInterceptors);
  }

  /** Captures what this thread holds, for the call to the wrapped client. */
  CallerContext callerContext() {
    return CallerContext.capture(contextPropagation::capture, this::callbackFailed);
  }

  private void callbackFailed(Throwable failure) {
    recorder.fault(CacheFault.CALLBACK_FAILED, failure);
  }

  /** What is no percentage is no decision: it fails as the supplier may. */
  private static Supplier<@Nullable Double> checked(Supplier<Double> percent) {
    return () -> {
      Double decided = percent.get();
      return decided == null ? null : BuilderChecks.requirePercent(decided);
    };
  }

  /**
   * Tells the sink where to look for what no call tells. A sink may outlive many caches: of one
   * that is closed it holds the last figures and nothing else.
   */
  BedrockCache attached() {
    recorder.attach(attachment);
    return this;
  }

  private static final class Attachment implements Supplier<CacheStats> {
    private volatile Supplier<CacheStats> stats;

    Attachment(Supplier<CacheStats> stats) {
      this.stats = stats;
    }

    @Override
    public CacheStats get() {
      return stats.get();
    }

    void detach() {
      CacheStats last = stats.get();
      stats = () -> last;
    }
  }

  /** Returns a builder; every setting has a default. */
  public static BedrockCacheBuilder builder() {
    return new BedrockCacheBuilder();
  }

  /** Returns what the cache has done so far. */
  public CacheStats stats() {
    return StatsSnapshot.take(
        mode() == CacheMode.ON, recorder, hot, engine.shadowStats(), observesFleet);
  }

  /**
   * Makes the answers of a scope disappear: of its endpoint, or of all endpoints where it names
   * none; {@code vary} is taken no notice of. When this returns, this process serves none of them,
   * those on their way from Bedrock included; others stop within the invalidation delay. It works
   * in every mode, and waits for the store up to 5 s: for its word that the invalidation is in
   * force, and with what is left of that time for its entries to be deleted. If there are more, the
   * store goes on deleting them after this has returned, and the fault {@code DELETE_UNFINISHED} is
   * counted; nobody is served them.
   *
   * @return how many distinct entries had gone when this returned, from memory and the store
   * @throws software.amazon.awssdk.core.exception.SdkClientException if the store did not
   *     acknowledge it: then this process takes nothing of the scope from the store any more, but
   *     others may; try again
   */
  public long invalidate(CacheScope scope) {
    return engine.invalidation().invalidate(scope, Blocking.INSTANCE);
  }

  /** Returns whether the cache takes part now; {@link CacheMode#OFF} once it is closed. */
  public CacheMode mode() {
    return closed ? CacheMode.OFF : mode.get();
  }

  /**
   * Switches the mode while the cache runs, in place of what was to decide it. What is kept stays
   * kept.
   */
  public void mode(CacheMode mode) {
    this.mode.set(Objects.requireNonNull(mode, "mode"));
  }

  /** Returns for how many users in a hundred the cache takes part now. */
  public double rolloutPercent() {
    return rolloutPercent.get();
  }

  /**
   * Sets for how many users in a hundred the cache takes part, while it runs, in place of what was
   * to decide it. Who is in stays in as it grows: it goes by the digest of the user's id.
   *
   * @throws IllegalArgumentException if it is not from 0 to 100
   */
  public void rolloutPercent(double percent) {
    this.rolloutPercent.set(BuilderChecks.requirePercent(percent));
  }

  /**
   * Forgets what must not be in a snapshot of this process, from which many may be started: answers
   * and requests in memory, calls under way, and a sealer's keys that can be fetched again. For AWS
   * Lambda's SnapStart, with {@link #afterRestore()}; {@code docs/lambda.md} shows how. Counts
   * stay. Clients and their connections are the caller's. The cache goes on working.
   */
  public void beforeCheckpoint() {
    engine.forget();
    if (sealer != null) {
      sealer.forget();
    }
  }

  /**
   * Renews what would be the same in every process that was started from one snapshot. Markers and
   * nonces need nothing: their randomness is obtained anew each time.
   */
  public void afterRestore() {
    jitter.renew();
  }

  /**
   * Forgets what is in memory and closes the store. Clients that share this cache go on working,
   * straight to Bedrock. Safe to call twice, and during calls.
   */
  @Override
  public void close() {
    closed = true;
    engine.close();
    if (store != null) {
      store.close();
    }
    attachment.detach();
    faultLog.flush();
  }

  Engine engine() {
    return engine;
  }

  ClientRules clientRules() {
    return clientRules;
  }

  NonBlocking nonBlocking() {
    return nonBlocking;
  }

  <R extends AwsResponse, E> StreamCall<R, E> streamCall(
      CacheableStream<?, R, E> operation,
      EventStreamResponseHandler<R, E> handler,
      Function<EventStreamResponseHandler<R, E>, CompletableFuture<Void>> client) {
    return new StreamCall<>(
        operation, handler, client, maxStreamBytes, finishAbandonedStreams, elsewhere);
  }

  /** Says once what would otherwise be noticed only by its absence. */
  void noteScopeMissing() {
    if (!scopeMissed) {
      scopeMissed = true;
      LOG.warn(
          "A call was not cached because nobody said who may share its answer. Call"
              + " client.forScope(CacheScope.user(id)), or scopedBy(...) where a framework builds"
              + " the requests. This is said once.");
    }
  }
}
