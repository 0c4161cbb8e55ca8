package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.client.DaemonPools;
import com.gymcoach.bedrock.cache.internal.client.FallbackExecutor;
import com.gymcoach.bedrock.cache.internal.engine.Jitter;
import com.gymcoach.bedrock.cache.internal.engine.Settings;
import com.gymcoach.bedrock.cache.internal.sdk.ClassPathCheck;
import com.gymcoach.bedrock.cache.internal.tier.Lifetime;
import com.gymcoach.bedrock.cache.spi.CacheStore;
import com.gymcoach.bedrock.cache.spi.Compressor;
import com.gymcoach.bedrock.cache.spi.EntrySealer;
import com.gymcoach.bedrock.cache.spi.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
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
 * Builds a {@link BedrockCache}. Bad settings are refused by {@link #build()} with a sentence that
 * says what to change; durations over 366 days count as that. Not thread-safe.
 */
public final class BedrockCacheBuilder {
  private static final long LARGEST_DEFAULT_HOT_TIER = 64L << 20;
  private static final long LARGEST_DEFAULT_KEY_MEMO = 16L << 20;

  private TtlPolicy ttlPolicy = TtlPolicy.fixed(TtlPolicy.DEFAULT_TTL);
  private CachePolicy cachePolicy = CachePolicy.standard();
  private @Nullable KeyGenerator keyGenerator;
  private KeySecret keySecret = KeySecret.none();
  @Nullable CacheStore store;
  @Nullable EntrySealer sealer;
  private MetricsSink metricsSink = MetricsSink.none();
  private PriceList priceList = PriceList.standard();
  final Map<String, String> baseModels = new HashMap<>();
  Compressor compressor = Compressor.standard();
  List<Compressor> alsoReads = List.of();
  Supplier<CacheMode> mode = () -> CacheMode.ON;
  Supplier<Double> rolloutPercent = () -> 100.0;
  private boolean observeFleet;
  private TimeSource timeSource = TimeSource.system();
  final Jitter jitter = new Jitter();
  String namespace = "default";
  long hotMaxBytes = Math.min(LARGEST_DEFAULT_HOT_TIER, Runtime.getRuntime().maxMemory() / 16);
  long keyMemoMaxBytes = Math.min(LARGEST_DEFAULT_KEY_MEMO, Runtime.getRuntime().maxMemory() / 64);
  Duration hotMaxAge = Duration.ofHours(1);
  Duration invalidationDelay = Duration.ofSeconds(10);
  final Map<String, Duration> invalidationDelays = new HashMap<>();
  Duration maxUnverified = Duration.ofMinutes(5);
  private Set<String> ignoredOverrides = Set.of();
  Set<Class<?>> trustedInterceptors = Set.of();
  long maxStreamBytes = 4L << 20;
  boolean finishAbandonedStreams;
  ContextPropagation contextPropagation = ContextPropagation.none();
  @Nullable Executor executor;

  BedrockCacheBuilder() {}

  /** Sets how long answers are good for. If this is not specified, an hour. */
  public BedrockCacheBuilder ttlPolicy(TtlPolicy ttlPolicy) {
    this.ttlPolicy = Objects.requireNonNull(ttlPolicy, "ttlPolicy");
    return this;
  }

  /** Sets what may be cached. If this is not specified, {@link CachePolicy#standard()}. */
  public BedrockCacheBuilder cachePolicy(CachePolicy cachePolicy) {
    this.cachePolicy = Objects.requireNonNull(cachePolicy, "cachePolicy");
    return this;
  }

  /**
   * Sets what distinguishes one request from another, for all calls or for those of some endpoints,
   * models or operations. If this is not specified, every modelled field but the few that cannot
   * change an answer.
   */
  public BedrockCacheBuilder keyGenerator(KeyGenerator keyGenerator) {
    this.keyGenerator = Objects.requireNonNull(keyGenerator, "keyGenerator");
    return this;
  }

  /**
   * Sets the secret without which nobody can tell from a store's keys who asked what. If this is
   * not specified, keys are plain digests: a guess can be checked against them.
   */
  public BedrockCacheBuilder keySecret(KeySecret keySecret) {
    this.keySecret = Objects.requireNonNull(keySecret, "keySecret");
    return this;
  }

  /**
   * Sets what seals the entries in the store. Those that are not sealed are then not taken. If this
   * is not specified, entries can be read by who can read the store.
   */
  public BedrockCacheBuilder sealer(EntrySealer sealer) {
    this.sealer = Objects.requireNonNull(sealer, "sealer");
    return this;
  }

  /**
   * Sets the warm tier. If this is not specified there is none: answers live in this process's
   * memory only. The store is closed when the cache is.
   */
  public BedrockCacheBuilder store(CacheStore store) {
    this.store = Objects.requireNonNull(store, "store");
    return this;
  }

  /** Sets who hears of every call. If this is not specified, nobody. It is not closed by us. */
  public BedrockCacheBuilder metricsSink(MetricsSink metricsSink) {
    this.metricsSink = Objects.requireNonNull(metricsSink, "metricsSink");
    return this;
  }

  /**
   * Sets what calls cost, for the arithmetic of savings. If this is not specified, {@link
   * PriceList#standard()}.
   */
  public BedrockCacheBuilder priceList(PriceList priceList) {
    this.priceList = Objects.requireNonNull(priceList, "priceList");
    return this;
  }

  /**
   * Names the model behind an id that does not tell it: the ARN of an application inference
   * profile, of provisioned throughput, of an imported model. Its answers are judged, and priced,
   * as that model's. Keys stay those of the id as requests name it. If this is not specified,
   * answers are judged by their shape and counted as unpriced.
   *
   * @param id the id or ARN, exactly as requests name it
   * @param modelId the id of a foundation model, or of an inference profile of Bedrock's own, such
   *     as {@code us.anthropic.claude-sonnet-4-20250514-v1:0}
   */
  public BedrockCacheBuilder baseModel(String id, String modelId) {
    baseModels.put(Objects.requireNonNull(id, "id"), Objects.requireNonNull(modelId, "modelId"));
    return this;
  }

  /**
   * Sets what makes entries in the store smaller. If this is not specified, {@link
   * Compressor#standard()}. Entries written with it, with the standard one, with plain Deflate or
   * uncompressed can be read; others are misses.
   */
  public BedrockCacheBuilder compressor(Compressor compressor) {
    this.compressor = Objects.requireNonNull(compressor, "compressor");
    return this;
  }

  /** Names what older entries may have been written with, such as a dictionary before this one. */
  public BedrockCacheBuilder alsoReads(Compressor... compressors) {
    this.alsoReads = List.of(compressors);
    return this;
  }

  /** Sets whether the cache takes part from the start. If this is not specified, it does. */
  public BedrockCacheBuilder mode(CacheMode mode) {
    Objects.requireNonNull(mode, "mode");
    return mode(() -> mode);
  }

  /**
   * Sets what decides, at each call, whether the cache takes part: AppConfig, a system property,
   * {@link CacheMode#fromEnvironment()}. It must be quick. While it throws or says null, what it
   * said last holds, and {@link CacheMode#OFF} before it has said anything.
   */
  public BedrockCacheBuilder mode(Supplier<CacheMode> mode) {
    this.mode = Objects.requireNonNull(mode, "mode");
    return this;
  }

  /**
   * Sets for how many users in a hundred the cache takes part; the others' calls go past it, {@link
   * CacheReason#NOT_IN_ROLLOUT}. Who is in stays in as it grows. If this is not specified, all.
   *
   * @throws IllegalArgumentException if it is not from 0 to 100
   */
  public BedrockCacheBuilder rolloutPercent(double percent) {
    double checked = BuilderChecks.requirePercent(percent);
    return rolloutPercent(() -> checked);
  }

  /**
   * Sets what decides it at each call, as {@link #mode(Supplier)} does; nobody before it has. What
   * is not from 0 to 100 is no decision.
   */
  public BedrockCacheBuilder rolloutPercent(Supplier<Double> percent) {
    this.rolloutPercent = Objects.requireNonNull(percent, "rolloutPercent");
    return this;
  }

  /**
   * Sets whether {@link CacheMode#OBSERVE} notes digests in the store, an item of some 100 bytes
   * each, so that the repeats of all processes that share it are seen. Each call then costs a
   * look-up, and a new one a write. If this is not specified, only this process's are.
   */
  public BedrockCacheBuilder observeFleet(boolean observeFleet) {
    this.observeFleet = observeFleet;
    return this;
  }

  /** Sets the clocks, for tests. If this is not specified, the machine's. */
  public BedrockCacheBuilder timeSource(TimeSource timeSource) {
    this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
    return this;
  }

  /**
   * Sets the name under which entries are kept apart from those of other services in the same
   * store, {@code [A-Za-z0-9._-]{1,64}}. Use a namespace with one AWS account only. If this is not
   * specified, {@code default}.
   */
  public BedrockCacheBuilder namespace(String namespace) {
    this.namespace = Objects.requireNonNull(namespace, "namespace");
    return this;
  }

  /**
   * Sets how many bytes of answers are held in memory. Zero holds none: every look-up reads the
   * store, and sees other processes' invalidations of a scope with its next look-up. If this is not
   * specified, 64 MiB or a sixteenth of the heap, whichever is less. Larger values turn warm hits
   * into hot ones; smaller ones leave more to the service. An answer larger than this is never
   * held.
   */
  public BedrockCacheBuilder hotMaxBytes(long hotMaxBytes) {
    this.hotMaxBytes = hotMaxBytes;
    return this;
  }

  /**
   * Sets how many bytes of recent requests are held in memory, so that the key of a repeated one
   * need not be worked out again; zero for none. They hold prompts. If this is not specified, 16
   * MiB or a 64th of the heap, whichever is less; with a {@link KeyGenerator} that is not {@link
   * KeyGenerator#pure()}, none. Larger values make hits of more requests cheaper. Only requests
   * whose answer was found in memory are held, so with {@code hotMaxBytes(0)} there are none.
   */
  public BedrockCacheBuilder keyMemoMaxBytes(long keyMemoMaxBytes) {
    this.keyMemoMaxBytes = keyMemoMaxBytes;
    return this;
  }

  /**
   * Sets how long an answer stays in memory before it is read from the store again, within its
   * life. If this is not specified, an hour.
   */
  public BedrockCacheBuilder hotMaxAge(Duration hotMaxAge) {
    this.hotMaxAge = Lifetime.bounded(Objects.requireNonNull(hotMaxAge, "hotMaxAge"));
    return this;
  }

  /**
   * Sets how long another process may go on serving from memory what was invalidated here. If this
   * is not specified, 10 s. Zero asks the store before every hot hit; larger values ask it less
   * often.
   */
  public BedrockCacheBuilder invalidationDelay(Duration delay) {
    this.invalidationDelay = Lifetime.bounded(Objects.requireNonNull(delay, "invalidationDelay"));
    return this;
  }

  /** Sets {@link #invalidationDelay(Duration)} for one endpoint. */
  public BedrockCacheBuilder invalidationDelay(String endpoint, Duration delay) {
    invalidationDelays.put(
        Names.require("endpoint", endpoint),
        Lifetime.bounded(Objects.requireNonNull(delay, "invalidationDelay")));
    return this;
  }

  /**
   * Sets how long an answer in memory may be served while the store cannot say whether it was
   * invalidated. If this is not specified, 5 minutes.
   */
  public BedrockCacheBuilder maxUnverified(Duration maxUnverified) {
    this.maxUnverified = Lifetime.bounded(Objects.requireNonNull(maxUnverified, "maxUnverified"));
    return this;
  }

  /**
   * Names headers, query parameters and execution attributes that cannot change an answer, such as
   * a trace id. In a request's override configuration, others make the request go past the cache.
   * In a client's configuration, other headers and attributes are part of the key. If this is not
   * specified, there are none. Case does not matter.
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
   * that only observe, and signers, auth schemes, endpoint and auth-scheme providers. All objects
   * of a class are trusted, and none of its subclasses. The classes of the AWS SDK, AWS X-Ray,
   * OpenTelemetry and Datadog are trusted already. A client that has any other shares answers with
   * no other client, unless {@link ClientOptions#identity} names it. If this is not specified,
   * there are none.
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
   * Sets how many bytes of a stream are copied while it goes by. A larger one reaches its caller
   * all the same and is not kept. If this is not specified, 4 MiB. Larger values take more memory a
   * stream under way.
   */
  public BedrockCacheBuilder maxStreamBytes(long maxStreamBytes) {
    this.maxStreamBytes = maxStreamBytes;
    return this;
  }

  /**
   * Sets whether a stream is taken to its end, and kept, when its last caller has cancelled it. If
   * this is not specified, it is cancelled, as the bare client would: Bedrock may then bill less.
   */
  public BedrockCacheBuilder finishAbandonedStreams(boolean finishAbandonedStreams) {
    this.finishAbandonedStreams = finishAbandonedStreams;
    return this;
  }

  /**
   * Sets where streams that are hits are played, where an async call goes on that waited for
   * another's, or too long for the store, and where stale answers are asked for anew (a sync
   * client's call blocks its thread for as long as the model takes). Callers' subscribers and
   * callbacks run there: one that blocks holds a thread. It must not run tasks on the thread that
   * hands them over; where it refuses a task, a new thread takes it. If this is not specified,
   * daemon threads that exist only while they are needed. It is not closed by us.
   */
  public BedrockCacheBuilder executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Sets what carries a caller's context to the thread on which the wrapped client is called. An
   * async call that misses in the store, and any call that was waiting for another's, reaches it on
   * a thread that is not the caller's; so does a stale answer that is asked for anew. If this is
   * not specified, nothing is carried. Each of these calls captures the context once.
   */
  public BedrockCacheBuilder contextPropagation(ContextPropagation contextPropagation) {
    this.contextPropagation = Objects.requireNonNull(contextPropagation, "contextPropagation");
    return this;
  }

  /**
   * Returns the cache. The first call in a process logs a warning if the class path has an older
   * AWS SDK or Jackson than this library supports.
   *
   * @throws IllegalArgumentException if a setting cannot be used
   */
  public BedrockCache build() {
    BuilderChecks.check(this);
    ClassPathCheck.warnOnce(LoggerFactory.getLogger(BedrockCache.class));
    return new BedrockCache(
            this,
            new Settings(
                namespace,
                ttlPolicy,
                cachePolicy,
                keyGenerator,
                keySecret,
                keyGenerator == null || keyGenerator.pure() ? keyMemoMaxBytes : 0,
                metricsSink,
                priceList.withBaseModels(baseModels),
                Map.copyOf(baseModels),
                hotMaxBytes,
                hotMaxAge,
                observeFleet,
                invalidationDelay,
                Map.copyOf(invalidationDelays),
                maxUnverified,
                ignoredOverrides,
                timeSource,
                executor == null ? DaemonPools.REVALIDATION : executor,
                new FallbackExecutor(executor == null ? DaemonPools.CALLERS : executor),
                jitter))
        .attached();
  }
}
