package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.call.Blocking;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.NonBlocking;
import com.gymcoach.bedrock.cache.internal.client.AsyncCaller;
import com.gymcoach.bedrock.cache.internal.client.CallerContext;
import com.gymcoach.bedrock.cache.internal.engine.Engine;
import com.gymcoach.bedrock.cache.internal.engine.HitVerifier;
import com.gymcoach.bedrock.cache.internal.engine.Parts;
import com.gymcoach.bedrock.cache.internal.engine.RolloutState;
import com.gymcoach.bedrock.cache.internal.engine.Settings;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.live.SettingsWatch;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.stats.FaultLog;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.stream.StreamSettings;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.Tiers;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;

/**
 * A cache shared by one or more {@link CachingBedrockClient}s and {@link
 * CachingBedrockAsyncClient}s. It keeps answers in this process's memory and, if configured, in a
 * store shared between processes, such as DynamoDB.
 *
 * <p>Build one cache and use it for the life of the service:
 *
 * <pre>{@code
 * BedrockCache cache = BedrockCache.builder().store(store).build();
 * CachingBedrockClient bedrock = CachingBedrockClient.create(bedrockRuntime, cache);
 *
 * ConverseResponse response =
 *     bedrock.forScope(CacheScope.user(userId).endpoint("chat")).converse(request);
 * double hitRate = cache.stats().total().hitRatePercent();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class BedrockCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BedrockCache.class);

  private static final RolloutState CLOSED = RolloutState.of(CacheMode.OFF, 0);

  private final Engine engine;
  private final HotTier hot;
  private final FaultLog faultLog;
  private final StatsRecorder recorder;
  private final @Nullable CacheStore store;
  private final @Nullable EntrySealer sealer;
  private final Environment environment;
  private final Supplier<CallerContext> contexts;
  private final AsyncCaller asyncCaller;
  private final Settings settings;
  private final ClientRules clientRules;
  private final Set<OptionalOperation> alsoCached;
  private final RolloutControl rollout;
  private final Attachment attachment = new Attachment(this::stats);
  private volatile boolean closed;
  private volatile boolean scopeMissed;

  BedrockCache(BedrockCacheBuilder from, Settings settings, Environment environment) {
    TimeSource time = environment.time();
    this.environment = environment;
    this.settings = settings;
    this.hot = new HotTier(time, settings.tiers().hotMaxBytes(), settings.tiers().hotMaxAge());
    this.faultLog = new FaultLog(time);
    this.recorder =
        new StatsRecorder(
            from.metricsSink, settings.policies().prices(), faultLog, environment.random());
    this.store = from.store;
    this.sealer = from.sealer;
    WarmTier warm =
        from.store == null
            ? null
            : new WarmTier(
                from.store,
                new EnvelopeCodec(from.store.name(), from.compressor, from.alsoReads, from.sealer));
    this.engine =
        new Engine(
            new Parts(settings, environment, new Tiers(hot, warm), new Fences(time), recorder),
            from.tracer,
            from.recentCalls);
    ContextPropagation propagation = from.contextPropagation;
    this.contexts = () -> CallerContext.capture(propagation::capture, this::callbackFailed);
    Settings.Streams streams = settings.streams();
    this.asyncCaller =
        new AsyncCaller(
            contexts,
            new NonBlocking(environment),
            new StreamSettings(
                streams.maxBytes(), streams.finishAbandoned(), environment.fallback()));
    this.rollout = rolloutControl(from, settings.rollout());
    this.alsoCached = Set.copyOf(from.alsoCached);
    this.clientRules =
        new ClientRules(settings.keys().ignoredOverrides(), from.trustedInterceptors);
    HitVerifier verifier = engine.verifier();
    if (verifier != null) {
      verifier.onlyWhile(() -> mode() == CacheMode.ON);
    }
  }

  private RolloutControl rolloutControl(BedrockCacheBuilder from, Settings.Rollout own) {
    SettingsWatch.Source source = from.liveSettings();
    return new RolloutControl(
        new DynamicSetting<>(
            source == null
                ? own.mode()
                : LiveSources.unlessDisabled(CacheMode::fromEnvironment, own.mode()),
            CacheMode.OFF,
            this::callbackFailed),
        new DynamicSetting<>(checked(own.percent()), 0.0, this::callbackFailed),
        source == null
            ? null
            : new SettingsWatch(
                source,
                settings.tiers().invalidationDelay(),
                environment,
                failure -> recorder.faultOfNoCall(null, CacheFault.SETTINGS_UNREADABLE, failure)));
  }

  private void callbackFailed(Throwable failure) {
    recorder.fault(CacheFault.CALLBACK_FAILED, failure);
  }

  /** Makes a value outside 0 to 100 fail as if the supplier had thrown. */
  private static Supplier<? extends @Nullable Double> checked(Supplier<Double> percent) {
    if (percent instanceof DynamicSetting.Fixed) {
      return percent; // the builder has checked it
    }
    return () -> {
      Double decided = percent.get();
      if (decided != null) {
        BuilderChecks.requirePercent(decided);
      }
      return decided; // the supplier's own object, rather than a new one on each call
    };
  }

  /**
   * Gives the sink a supplier of gauges such as memory used. A sink may outlive many caches: after
   * a cache is closed, the sink holds only its last figures.
   */
  BedrockCache attached() {
    recorder.attach(attachment);
    rollout.start();
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

  /** Returns the statistics since the cache was built. */
  public CacheStats stats() {
    HitVerifier verifier = engine.verifier();
    return StatsSnapshot.take(
        new StatsSnapshot.Now(
            mode() == CacheMode.ON,
            storeAvailable(notCounted -> {}), // reading the statistics must not change them
            settings.rollout().observesFleet()),
        recorder,
        hot,
        engine.shadowStats(),
        verifier == null ? null : verifier.stats());
  }

  /**
   * Makes the calls that verify hits ({@link BedrockCacheBuilder#verifyHits}) and are still to be
   * made, and waits for them. In AWS Lambda no others are made: call this before the response, in
   * an invocation whose caller can wait. Returns at once if no hits are verified or none waits.
   * Never throws.
   *
   * @param limit the longest to wait; a call that this method makes in Lambda has no more time
   */
  public void flush(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    HitVerifier verifier = engine.verifier();
    if (verifier != null) {
      verifier.flush(limit);
    }
  }

  /**
   * Invalidates the answers of a scope: those of its endpoint, or of all endpoints if it names
   * none. Ignores {@code vary}. When this returns, this process serves none of them, including
   * answers still on their way from Bedrock. Other processes stop within the invalidation delay.
   * Works in every mode.
   *
   * <p>Waits up to 5 s for the store: first until it acknowledges the invalidation, then, for the
   * rest of that time, until it has deleted the entries. If some are left, the store continues to
   * delete them after this has returned, and the fault {@code DELETE_UNFINISHED} is counted. None
   * of these entries is served.
   *
   * @return the number of distinct entries deleted from memory and the store when this returned
   * @throws software.amazon.awssdk.core.exception.SdkClientException if the store did not
   *     acknowledge the invalidation. This process then serves nothing more of the scope from the
   *     store, but other processes may: try again
   */
  public long invalidate(CacheScope scope) {
    return engine.invalidation().invalidate(scope, Blocking.INSTANCE);
  }

  /**
   * Says why a call with this request would miss or bypass the cache now, or that it would be
   * answered from memory. Makes no call, asks neither Bedrock nor the store, and changes no
   * statistics. Asks the service's policies and key generator. Does not know the store's entries: a
   * call may still find an answer there.
   *
   * <p>The key of a request depends on its client. If several clients with different configurations
   * share this cache, the one whose call would come nearest to an answer counts.
   *
   * @param scope the scope of the call; one that the request carries is ignored. Nothing is said of
   *     any other user's calls
   * @return the explanation; its cause is {@link Explanation.Cause#OFF} unless {@link
   *     BedrockCacheBuilder#explains} is set
   * @throws IllegalArgumentException if this cache does not cache the request's operation
   */
  public Explanation explain(BedrockRuntimeRequest request, CacheScope scope) {
    CacheableOperation<?, ?> operation = CacheableOperations.of(request);
    if (operation == null || !caches(operation)) {
      throw new IllegalArgumentException(
          "Answers to such requests are not cached: name their operation in alsoCaches");
    }
    return engine.explain(
        CallerRequest.of(operation, request, Objects.requireNonNull(scope, "scope")), rollout());
  }

  /**
   * Returns why the recent calls of a scope missed or bypassed the cache, the latest first: as many
   * as {@link BedrockCacheBuilder#explains} lets this process remember. The scope's endpoint counts
   * if it has one. Its {@link CacheScope#vary} counts for shared answers only.
   */
  public List<Explanation> explanations(CacheScope scope) {
    return engine.explanations(scope);
  }

  /**
   * Returns the mode in force, whether this process or the live settings say so; {@link
   * CacheMode#OFF} once the cache is closed.
   */
  public CacheMode mode() {
    return closed ? CacheMode.OFF : rollout.state().mode();
  }

  /** Returns whether and for whom the cache is on now. */
  RolloutState rollout() {
    return closed ? CLOSED : rollout.state();
  }

  /**
   * Sets this process's mode while the cache runs, replacing the mode or supplier given to the
   * builder. Cached answers are kept. Live settings take precedence, unless this is {@link
   * CacheMode#OFF}.
   */
  public void mode(CacheMode mode) {
    this.rollout.mode(Objects.requireNonNull(mode, "mode"));
  }

  /** Returns the share of users currently served by the cache, in percent. */
  public double rolloutPercent() {
    return rollout.state().percent();
  }

  /**
   * Sets the share of users served by the cache, in percent, while it runs. Replaces the value or
   * supplier given to the builder; live settings take precedence. A user who is included stays
   * included as the share grows, because inclusion depends on the digest of the user's id.
   *
   * @throws IllegalArgumentException if it is not from 0 to 100
   */
  public void rolloutPercent(double percent) {
    this.rollout.percent(BuilderChecks.requirePercent(percent));
  }

  /**
   * Returns whether the store sends requests: false while its circuit breaker is open, or if it
   * fails to say. True without a store. Callers notice nothing but more misses.
   */
  public boolean storeAvailable() {
    return storeAvailable(this::callbackFailed);
  }

  private boolean storeAvailable(Consumer<Throwable> failures) {
    try {
      return store == null || store.isAvailable();
    } catch (RuntimeException | LinkageError e) {
      failures.accept(e);
      return false;
    }
  }

  /**
   * Clears everything that must not be in a snapshot of this process, because many processes may be
   * started from it: answers and requests in memory, calls in progress, and a sealer's keys that
   * can be fetched again. Use it with {@link #afterRestore()} for AWS Lambda's SnapStart; {@code
   * docs/lambda.md} shows how. Statistics are kept. The caller remains responsible for clients and
   * their connections. The cache continues to work.
   */
  public void beforeCheckpoint() {
    engine.forget();
    if (sealer != null) {
      sealer.forget();
    }
  }

  /**
   * Renews state that would be the same in every process started from one snapshot. Markers and
   * nonces need no renewal: they obtain new randomness each time.
   */
  public void afterRestore() {
    environment.random().renew();
  }

  /**
   * Clears the memory and closes the store. Blocks for some seconds at most while the store's calls
   * end, so do not call it on an event loop; close the store's client after this. Clients that
   * share this cache continue to work and call Bedrock directly. Safe to call twice, and during
   * calls.
   */
  @Override
  public void close() {
    closed = true;
    rollout.close();
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

  /** Returns whether calls of an operation are answered here. */
  boolean caches(CacheableOperation<?, ?> operation) {
    OptionalOperation optIn = operation.optIn();
    return optIn == null || alsoCached.contains(optIn);
  }

  ClientRules clientRules() {
    return clientRules;
  }

  /** Returns what captures the current thread's context, for the call to the wrapped client. */
  Supplier<CallerContext> contexts() {
    return contexts;
  }

  AsyncCaller asyncCaller() {
    return asyncCaller;
  }

  /** Logs once that a call had no scope: otherwise the only symptom is that nothing is cached. */
  void noteScopeMissing() {
    if (!scopeMissed) {
      scopeMissed = true;
      LOG.warn(
          "A call was not cached because it has no scope, so nothing says who"
              + " may share its answer. Call"
              + " client.forScope(CacheScope.user(id)), or scopedBy(...) where a framework builds"
              + " the requests; with Spring Boot, define a ScopeResolver bean. This is logged"
              + " once.");
    }
  }
}
