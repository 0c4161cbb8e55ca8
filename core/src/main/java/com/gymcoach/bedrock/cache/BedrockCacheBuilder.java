package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.engine.Settings;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.live.SettingsWatch;
import com.gymcoach.bedrock.cache.internal.sdk.ClassPathCheck;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.settings.SettingsSource;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import com.gymcoach.bedrock.cache.spi.tracing.CallTracer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Builds a {@link BedrockCache}. Every setting has a default:
 *
 * <pre>{@code
 * BedrockCache cache =
 *     BedrockCache.builder()
 *         .store(store)
 *         .ttlPolicy(TtlPolicy.byEndpoint(Map.of("chat", Duration.ofHours(1))))
 *         .metricsSink(MetricsSink.logging())
 *         .build();
 * }</pre>
 *
 * <p><b>Essential settings</b>
 *
 * <ul>
 *   <li>{@link #store store}: shares answers between processes and keeps them over a restart
 *   <li>{@link #ttlPolicy ttlPolicy}: how long answers are served
 *   <li>{@link #namespace namespace}: separates the services that share a store
 * </ul>
 *
 * <p><b>Frequently used settings</b>
 *
 * <ul>
 *   <li>{@link #mode(CacheMode) mode}: switches the cache on or off, or only observes
 *   <li>{@link #rolloutPercent(double) rolloutPercent}: the share of users that are served
 *   <li>{@link #liveSettingsFromStore liveSettingsFromStore}: mode and share of a whole fleet, set
 *       in the store
 *   <li>{@link #metricsSink metricsSink}: where the metrics go
 *   <li>{@link #keySecret keySecret}: hides users and prompts from readers of the store
 *   <li>{@link #sealer sealer}: encrypts the entries in the store
 *   <li>{@link #cachePolicy cachePolicy}: widens or narrows what is cached
 *   <li>{@link #invalidationDelay(Duration) invalidationDelay}: how soon other processes obey an
 *       invalidation
 *   <li>{@link #hotMaxBytes hotMaxBytes}: the memory for answers
 *   <li>{@link #contextPropagation contextPropagation}: carries MDC or a trace to calls on other
 *       threads
 *   <li>{@link #tracer tracer}: makes a span of each call
 * </ul>
 *
 * <p><b>Rarely used settings</b>
 *
 * <ul>
 *   <li>{@link #alsoCaches alsoCaches}: caches checks of guardrails and counts of tokens
 *   <li>{@link #keyGenerator keyGenerator}: decides which requests are the same
 *   <li>{@link #explains explains}: says why calls miss
 *   <li>{@link #ignoredOverrides ignoredOverrides}: names headers that cannot change an answer
 *   <li>{@link #trustedInterceptors trustedInterceptors}: names interceptors that only observe
 *   <li>{@link #baseModel baseModel}: the model behind an ARN that does not reveal it
 *   <li>{@link #priceList priceList}: your prices, if they differ from the list prices
 *   <li>{@link #observeFleet observeFleet}: counts repeats across processes while observing
 *   <li>{@link #verifyHits verifyHits}: asks Bedrock again for some hits, and compares
 *   <li>{@link #liveSettings liveSettings}: the same from a file, an agent or the environment
 *   <li>{@link #maxUnverified maxUnverified}: how long memory serves while the store is down
 *   <li>{@link #hotMaxAge hotMaxAge}: how long an answer stays in memory
 *   <li>{@link #keyMemoMaxBytes keyMemoMaxBytes}: the memory for recent requests
 *   <li>{@link #maxStreamBytes maxStreamBytes}: the largest stream that is cached
 *   <li>{@link #finishAbandonedStreams finishAbandonedStreams}: reads cancelled streams to the end
 *   <li>{@link #compressor compressor}: compresses the entries in the store
 *   <li>{@link #alsoReads alsoReads}: compressors of older entries
 *   <li>{@link #executor executor}: the threads for replays and refreshes
 *   <li>{@link #timeSource timeSource}: the clocks, for tests
 * </ul>
 *
 * <p>If a setting cannot be used, {@link #build()} throws an exception that says what to change.
 * Durations over 366 days count as 366 days. Not thread-safe.
 */
public final class BedrockCacheBuilder {
  private static final long MAX_DEFAULT_HOT_BYTES = 64L << 20;
  private static final long MAX_DEFAULT_MEMO_BYTES = 16L << 20;

  private TtlPolicy ttlPolicy = TtlPolicy.fixed(TtlPolicy.DEFAULT_TTL);
  private CachePolicy cachePolicy = CachePolicy.standard();
  private @Nullable KeyGenerator keyGenerator;
  private KeySecret keySecret = KeySecret.none();
  @Nullable CacheStore store;
  @Nullable EntrySealer sealer;
  MetricsSink metricsSink = MetricsSink.none();
  private PriceList priceList = PriceList.standard();
  final Map<String, String> baseModels = new HashMap<>();
  Compressor compressor = Compressor.standard();
  List<Compressor> alsoReads = List.of();
  private Supplier<CacheMode> mode = new DynamicSetting.Fixed<>(CacheMode.ON);
  private Supplier<Double> rolloutPercent = new DynamicSetting.Fixed<>(100.0);
  boolean liveSettingsFromStore;
  private @Nullable SettingsSource settingsSource;
  private boolean observeFleet;
  private HitVerification hitVerification = HitVerification.NONE;
  private TimeSource timeSource = TimeSource.system();
  String namespace = "default";
  long hotMaxBytes = Math.min(MAX_DEFAULT_HOT_BYTES, Runtime.getRuntime().maxMemory() / 16);
  long keyMemoMaxBytes = Math.min(MAX_DEFAULT_MEMO_BYTES, Runtime.getRuntime().maxMemory() / 64);
  Duration hotMaxAge = Duration.ofHours(1);
  Duration invalidationDelay = Duration.ofSeconds(10);
  final Map<String, Duration> invalidationDelays = new HashMap<>();
  Duration maxUnverified = Duration.ofMinutes(5);
  final Set<OptionalOperation> alsoCached = EnumSet.noneOf(OptionalOperation.class);
  private Set<String> ignoredOverrides = Set.of();
  Set<Class<?>> trustedInterceptors = Set.of();
  int recentCalls;
  long maxStreamBytes = 4L << 20;
  private boolean finishAbandonedStreams;
  ContextPropagation contextPropagation = ContextPropagation.none();
  @Nullable CallTracer tracer;
  private @Nullable Executor executor;

  BedrockCacheBuilder() {}

  /** Sets the policy that decides each answer's TTL. Defaults to one hour for every answer. */
  public BedrockCacheBuilder ttlPolicy(TtlPolicy ttlPolicy) {
    this.ttlPolicy = Objects.requireNonNull(ttlPolicy, "ttlPolicy");
    return this;
  }

  /**
   * Sets the policy that widens or narrows what is cached. Defaults to {@link
   * CachePolicy#standard()}.
   */
  public BedrockCacheBuilder cachePolicy(CachePolicy cachePolicy) {
    this.cachePolicy = Objects.requireNonNull(cachePolicy, "cachePolicy");
    return this;
  }

  /**
   * Sets the function that computes cache keys, for all calls or for those of some endpoints,
   * models or operations. By default the key covers every modelled field except the few that cannot
   * change an answer.
   */
  public BedrockCacheBuilder keyGenerator(KeyGenerator keyGenerator) {
    this.keyGenerator = Objects.requireNonNull(keyGenerator, "keyGenerator");
    return this;
  }

  /**
   * Sets the secret under which store keys are computed, so that a reader of the store cannot tell
   * from them which user sent which request. If not set, keys are plain digests: a guessed user id
   * or prompt can be checked against them.
   */
  public BedrockCacheBuilder keySecret(KeySecret keySecret) {
    this.keySecret = Objects.requireNonNull(keySecret, "keySecret");
    return this;
  }

  /**
   * Sets the sealer that encrypts entries in the store. Unsealed entries are then ignored. If not
   * set, anyone who can read the store can read the entries.
   */
  public BedrockCacheBuilder sealer(EntrySealer sealer) {
    this.sealer = Objects.requireNonNull(sealer, "sealer");
    return this;
  }

  /**
   * Sets the store used as the warm tier. If not set, answers are cached in this process's memory
   * only. Closing the cache closes the store.
   */
  public BedrockCacheBuilder store(CacheStore store) {
    this.store = Objects.requireNonNull(store, "store");
    return this;
  }

  /**
   * Sets the sink that receives metrics of every call. Defaults to none. The cache does not close
   * it.
   */
  public BedrockCacheBuilder metricsSink(MetricsSink metricsSink) {
    this.metricsSink = Objects.requireNonNull(metricsSink, "metricsSink");
    return this;
  }

  /** Sets the prices used to calculate savings. Defaults to {@link PriceList#standard()}. */
  public BedrockCacheBuilder priceList(PriceList priceList) {
    this.priceList = Objects.requireNonNull(priceList, "priceList");
    return this;
  }

  /**
   * Names the model behind an id that does not reveal it: the ARN of an application inference
   * profile, of provisioned throughput or of an imported model. Answers under that id are checked
   * for completeness, and priced, as that model's. Keys still contain the id as requests name it.
   * If not set, answers under such an id are checked by their shape and counted as unpriced.
   *
   * @param id the id or ARN, exactly as requests name it
   * @param modelId the id of a foundation model, or of one of Bedrock's own inference profiles,
   *     such as {@code us.anthropic.claude-sonnet-4-20250514-v1:0}
   */
  public BedrockCacheBuilder baseModel(String id, String modelId) {
    baseModels.put(Objects.requireNonNull(id, "id"), Objects.requireNonNull(modelId, "modelId"));
    return this;
  }

  /**
   * Sets the compressor for entries in the store. Defaults to {@link Compressor#standard()}. The
   * cache reads entries written with this compressor, with the standard one, with plain Deflate, or
   * uncompressed; any other entry is a miss.
   */
  public BedrockCacheBuilder compressor(Compressor compressor) {
    this.compressor = Objects.requireNonNull(compressor, "compressor");
    return this;
  }

  /**
   * Adds compressors that older entries may have been written with, such as the previous
   * dictionary.
   */
  public BedrockCacheBuilder alsoReads(Compressor... compressors) {
    this.alsoReads = List.of(compressors);
    return this;
  }

  /** Sets the mode in which the cache starts. Defaults to {@link CacheMode#ON}. */
  public BedrockCacheBuilder mode(CacheMode mode) {
    Objects.requireNonNull(mode, "mode");
    return mode(new DynamicSetting.Fixed<>(mode));
  }

  /**
   * Supplies the mode, read on every call: from AppConfig, a system property or {@link
   * CacheMode#fromEnvironment()}. The supplier must be quick. An exception or null keeps the last
   * mode it returned; before the first one the mode is {@link CacheMode#OFF}.
   */
  public BedrockCacheBuilder mode(Supplier<CacheMode> mode) {
    this.mode = Objects.requireNonNull(mode, "mode");
    return this;
  }

  /**
   * Sets the share of users served by the cache, in percent. Other users' calls bypass it with
   * {@link CacheReason#NOT_IN_ROLLOUT}. A user who is included stays included as the share grows.
   * Defaults to 100.
   *
   * @throws IllegalArgumentException if it is not from 0 to 100
   */
  public BedrockCacheBuilder rolloutPercent(double percent) {
    double checked = BuilderChecks.requirePercent(percent);
    return rolloutPercent(new DynamicSetting.Fixed<>(checked));
  }

  /**
   * Supplies the share of users served by the cache, in percent, read on every call. An exception,
   * null or a value outside 0 to 100 keeps the last valid value; before the first valid value it is
   * 0.
   */
  public BedrockCacheBuilder rolloutPercent(Supplier<Double> percent) {
    this.rolloutPercent = Objects.requireNonNull(percent, "rolloutPercent");
    return this;
  }

  /**
   * Reads {@link LiveSettings} from the item that {@code CacheAdmin} writes for the namespace in
   * the store. Look-ups bring them at no cost; without look-ups they are read in the background,
   * twice in {@link #invalidationDelay(Duration)}, or once a second if that is shorter. A call
   * after a freeze reads them first, and waits at most for the read budget. So each call obeys
   * settings that are older than the invalidation delay, in every mode and while the store's
   * circuit breaker is open. While they cannot be read, the last valid ones stay in force.
   *
   * <p>They take precedence over {@link #mode(CacheMode) mode} and {@link #rolloutPercent(double)
   * rolloutPercent}, except that a process whose own mode is {@link CacheMode#OFF} stays off, and
   * so does one with {@code CACHE_ENABLED=false} in its environment. Defaults to no live settings.
   */
  public BedrockCacheBuilder liveSettingsFromStore() {
    this.liveSettingsFromStore = true;
    this.settingsSource = null;
    return this;
  }

  /**
   * Reads {@link LiveSettings} from a source in the same way, except that no look-up brings them.
   */
  public BedrockCacheBuilder liveSettings(SettingsSource source) {
    this.settingsSource = Objects.requireNonNull(source, "source");
    this.liveSettingsFromStore = false;
    return this;
  }

  /** Returns where live settings are read from, or null if there are none. */
  SettingsWatch.@Nullable Source liveSettings() {
    if (liveSettingsFromStore) {
      return LiveSources.of(Objects.requireNonNull(store), namespace);
    }
    return settingsSource == null ? null : LiveSources.of(settingsSource, store);
  }

  /**
   * Sets whether {@link CacheMode#OBSERVE} writes digests to the store, an item of about 100 bytes
   * each, so that it counts repeats across all processes that share the store. Each call then costs
   * a look-up, and each new request a write. Defaults to false: only repeats within this process
   * are counted.
   */
  public BedrockCacheBuilder observeFleet(boolean observeFleet) {
    this.observeFleet = observeFleet;
    return this;
  }

  /**
   * Sets the share of hits that are verified, in percent, with the limits of {@link
   * HitVerification#ofPercent}.
   *
   * @throws IllegalArgumentException if it is not from 0 to 100
   */
  public BedrockCacheBuilder verifyHits(double percent) {
    return verifyHits(HitVerification.ofPercent(percent));
  }

  /**
   * Sets which hits are verified: Bedrock is asked again, away from the caller, and the two answers
   * are compared. {@link CacheStats#verifiedHits()} reports how alike they are. The calls cost what
   * any other call does; the savings are reduced by it. Defaults to none.
   */
  public BedrockCacheBuilder verifyHits(HitVerification verification) {
    this.hitVerification = Objects.requireNonNull(verification, "verification");
    return this;
  }

  /** Sets the clocks, for tests. Defaults to the machine's clocks. */
  public BedrockCacheBuilder timeSource(TimeSource timeSource) {
    this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
    return this;
  }

  /**
   * Sets the namespace, which separates entries from those of other services in the same store. It
   * must match {@code [A-Za-z0-9._-]{1,64}}. Use a namespace with one AWS account only. Defaults to
   * {@code default}.
   */
  public BedrockCacheBuilder namespace(String namespace) {
    this.namespace = Objects.requireNonNull(namespace, "namespace");
    return this;
  }

  /**
   * Sets the maximum size of the answers held in memory, in bytes. Zero holds none: every look-up
   * reads the store, so another process's invalidation takes effect at the next look-up. Defaults
   * to 64 MiB or a sixteenth of the maximum heap, whichever is less. A larger value turns warm hits
   * into hot ones; a smaller one leaves more heap to the service. An answer larger than this is
   * never held.
   */
  public BedrockCacheBuilder hotMaxBytes(long hotMaxBytes) {
    this.hotMaxBytes = hotMaxBytes;
    return this;
  }

  /**
   * Sets the maximum size of the recent requests held in memory, in bytes, so that the key of a
   * repeated request is not computed again; zero holds none. These requests contain prompts.
   * Defaults to 16 MiB or a 64th of the maximum heap, whichever is less. With a {@link
   * KeyGenerator} that is not {@link KeyGenerator#pure()}, none are held. A larger value makes hits
   * cheaper for more requests. A request is held only if its answer was found in memory, so {@code
   * hotMaxBytes(0)} holds none.
   */
  public BedrockCacheBuilder keyMemoMaxBytes(long keyMemoMaxBytes) {
    this.keyMemoMaxBytes = keyMemoMaxBytes;
    return this;
  }

  /**
   * Sets how long an answer stays in memory before it is read from the store again. The answer's
   * TTL still applies. Defaults to one hour.
   */
  public BedrockCacheBuilder hotMaxAge(Duration hotMaxAge) {
    this.hotMaxAge = Lifetime.bounded(Objects.requireNonNull(hotMaxAge, "hotMaxAge"));
    return this;
  }

  /**
   * Sets the invalidation delay: the longest another process may keep serving an answer from memory
   * after it was invalidated here. Defaults to 10 s. Zero asks the store before every hot hit; a
   * larger value asks it less often.
   */
  public BedrockCacheBuilder invalidationDelay(Duration delay) {
    this.invalidationDelay = Lifetime.bounded(Objects.requireNonNull(delay, "invalidationDelay"));
    return this;
  }

  /** Sets the {@linkplain #invalidationDelay(Duration) invalidation delay} for one endpoint. */
  public BedrockCacheBuilder invalidationDelay(String endpoint, Duration delay) {
    invalidationDelays.put(
        Names.require("endpoint", endpoint),
        Lifetime.bounded(Objects.requireNonNull(delay, "invalidationDelay")));
    return this;
  }

  /**
   * Sets the longest an answer in memory may be served while the store cannot confirm that it has
   * not been invalidated. Defaults to 5 minutes.
   */
  public BedrockCacheBuilder maxUnverified(Duration maxUnverified) {
    this.maxUnverified = Lifetime.bounded(Objects.requireNonNull(maxUnverified, "maxUnverified"));
    return this;
  }

  /**
   * Names headers, query parameters and execution attributes that cannot change an answer, such as
   * a trace id. If a request's override configuration contains any other, the request bypasses the
   * cache. In a client's configuration, other headers and attributes become part of the key. Names
   * are case-insensitive. Defaults to none.
   */
  public BedrockCacheBuilder ignoredOverrides(String... names) {
    Set<String> lower = new HashSet<>();
    for (String name : names) {
      lower.add(name.toLowerCase(Locale.ROOT));
    }
    this.ignoredOverrides = Set.copyOf(lower);
    return this;
  }

  /**
   * Names classes in a client's configuration that cannot change an answer: execution interceptors
   * that only observe, and signers, auth schemes, endpoint and auth-scheme providers. Every
   * instance of a named class is trusted, but no instance of a subclass. The classes of the AWS
   * SDK, AWS X-Ray, OpenTelemetry and Datadog are already trusted. A client with any other class
   * shares answers with no other client, unless {@link ClientOptions#identity} names the client.
   * Defaults to none.
   *
   * @throws IllegalArgumentException if one is an interface, an abstract class or a proxy
   */
  public BedrockCacheBuilder trustedInterceptors(Class<?>... classes) {
    Set<Class<?>> named = new HashSet<>();
    for (Class<?> type : classes) {
      named.add(ClientRules.requireNameable(type));
    }
    this.trustedInterceptors = Set.copyOf(named);
    return this;
  }

  /**
   * Names operations that are cached, too, beside those of models. Calling it again adds to them.
   * Defaults to none: they are passed on.
   */
  public BedrockCacheBuilder alsoCaches(OptionalOperation first, OptionalOperation... more) {
    alsoCached.addAll(EnumSet.of(first, more));
    return this;
  }

  /**
   * Makes the cache say why calls miss or bypass it: {@link BedrockCache#explain}, {@link
   * BedrockCache#explanations}, {@link CacheControl#EXPLAIN}. Sets how many recent calls that
   * memory did not answer are remembered for that: digests of up to 1,024 fields each, and no
   * values. Defaults to 0: nothing is remembered or explained. At most 10,000. A larger value finds
   * the cause of older misses, and takes more memory and time for each miss.
   */
  public BedrockCacheBuilder explains(int recentCalls) {
    this.recentCalls = recentCalls;
    return this;
  }

  /**
   * Sets the largest stream that is cached, in bytes of memory that its events take. A larger
   * stream still reaches its caller in full. Defaults to 4 MiB: enough for 20,000 short deltas. A
   * larger value uses more memory for each stream in progress, because the stream is copied as it
   * passes through.
   */
  public BedrockCacheBuilder maxStreamBytes(long maxStreamBytes) {
    this.maxStreamBytes = maxStreamBytes;
    return this;
  }

  /**
   * Sets whether a stream is read to its end and cached after its last caller has cancelled it.
   * Defaults to false: the stream is cancelled, as the bare client would do, and Bedrock may bill
   * less.
   */
  public BedrockCacheBuilder finishAbandonedStreams(boolean finishAbandonedStreams) {
    this.finishAbandonedStreams = finishAbandonedStreams;
    return this;
  }

  /**
   * Sets the executor that replays cached streams, resumes async calls that waited for a leader or
   * waited too long for the store, refreshes stale answers and verifies hits. A refresh through a
   * sync client blocks its thread for as long as the model takes. Callers' subscribers and
   * callbacks run on this executor, so one that blocks holds a thread. If it rejects a task, a new
   * thread runs it. Defaults to daemon threads that exist only while they are needed. The cache
   * does not close it.
   *
   * <p>The executor should not run a task on the submitting thread. {@code Runnable::run} saves the
   * hand-over of a replay: the caller's thread delivers the whole stream before {@code
   * converseStream} returns. In exchange, no callback may block: it would block the method that
   * should return at once, another caller's thread, the SDK's, the store's, or the JVM's timer. A
   * caller that subscribes first and reads a bounded queue next would wait for ever, and a refresh
   * takes its caller as long as the model does.
   */
  public BedrockCacheBuilder executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Sets how a caller's context is carried to the thread that calls the wrapped client. That thread
   * is not the caller's in three cases: an async call misses in the store, a follower makes its own
   * call, or a stale answer is refreshed. Each of these calls captures the context once. Defaults
   * to {@link ContextPropagation#none()}.
   */
  public BedrockCacheBuilder contextPropagation(ContextPropagation contextPropagation) {
    this.contextPropagation = Objects.requireNonNull(contextPropagation, "contextPropagation");
    return this;
  }

  /**
   * Sets the tracer of all calls. Requests to the store and to Bedrock are made while the call's
   * trace is current, on whichever thread. Defaults to none, which costs nothing.
   */
  public BedrockCacheBuilder tracer(CallTracer tracer) {
    this.tracer = Objects.requireNonNull(tracer, "tracer");
    return this;
  }

  /**
   * Builds the cache. The first call in a process logs a warning if the class path has an older AWS
   * SDK or Jackson than this library supports.
   *
   * @throws IllegalArgumentException if a setting cannot be used
   */
  public BedrockCache build() {
    return build(Environment.of(timeSource, executor));
  }

  BedrockCache build(Environment environment) {
    BuilderChecks.check(this);
    ClassPathCheck.warnOnce(LoggerFactory.getLogger(BedrockCache.class));
    return new BedrockCache(this, settings(), environment).attached();
  }

  private Settings settings() {
    Map<String, String> models = Map.copyOf(baseModels);
    boolean memoisesKeys = keyGenerator == null || keyGenerator.pure();
    return new Settings(
        new Settings.Policies(ttlPolicy, cachePolicy, priceList.withBaseModels(models), models),
        new Settings.Keys(
            namespace,
            keyGenerator,
            keySecret.digests(),
            memoisesKeys ? keyMemoMaxBytes : 0,
            ignoredOverrides),
        new Settings.Tiering(
            hotMaxBytes,
            hotMaxAge,
            invalidationDelay,
            Map.copyOf(invalidationDelays),
            maxUnverified),
        new Settings.Streams(maxStreamBytes, finishAbandonedStreams),
        new Settings.Rollout(mode, rolloutPercent, observeFleet, hitVerification.settings()));
  }
}
