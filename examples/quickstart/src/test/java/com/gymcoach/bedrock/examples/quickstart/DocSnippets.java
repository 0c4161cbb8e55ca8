package com.gymcoach.bedrock.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.ContextPropagation;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.HitVerification;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.cache.ModelPrice;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.VerifiedHits;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.compression.DictionaryBuilder;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.dynamodb.ErasureReport;
import com.gymcoach.bedrock.micrometer.MicrometerMetricsSink;
import com.gymcoach.bedrock.opentelemetry.OpenTelemetryContext;
import com.gymcoach.bedrock.opentelemetry.OpenTelemetryTracer;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.FileCacheStore;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import com.gymcoach.bedrock.testkit.RecordedBedrock;
import com.gymcoach.bedrock.warmup.ProgressLine;
import com.gymcoach.bedrock.warmup.RequestLine;
import com.gymcoach.bedrock.warmup.WarmUp;
import com.gymcoach.bedrock.warmup.WarmUpPlan;
import com.gymcoach.bedrock.warmup.WarmUpReport;
import com.gymcoach.bedrock.warmup.WarmUpRun;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What the pages of {@code docs} show, compiled. {@link DocumentationTest} holds them together. */
final class DocSnippets {
  private DocSnippets() {}

  static List<ConverseRequest> directives(ConverseRequest request) {
    // region directives
    ConverseRequest fresh = CacheControl.REFRESH.applyTo(request);
    ConverseRequest recent = CacheControl.maxAge(Duration.ofMinutes(5)).applyTo(request);
    // endregion
    return List.of(fresh, recent);
  }

  static BedrockCache explains() {
    // region explains
    BedrockCache cache = BedrockCache.builder().explains(500).build();
    // endregion
    return cache;
  }

  static Explanation explained(
      BedrockCache cache,
      CachingBedrockClient bedrock,
      ConverseRequest request,
      CacheScope scope,
      String userId) {
    // region explain
    // Beforehand, without a call:
    Explanation why = cache.explain(request, scope);

    // With a call. The logger com.gymcoach.bedrock.cache.explain gets a DEBUG line, too:
    ConverseResponse response = bedrock.converse(CacheControl.EXPLAIN.applyTo(request));
    Optional<Explanation> told = CacheOutcome.of(response).explanation();

    // Afterwards, of the latest calls of a user:
    List<Explanation> recent = cache.explanations(CacheScope.user(userId).endpoint("chat"));
    // endregion
    return told.orElse(recent.isEmpty() ? why : recent.get(0));
  }

  static List<BedrockCache> rollout(CacheStore store) {
    List<BedrockCache> caches = new ArrayList<>();
    {
      // region observe
      BedrockCache cache =
          BedrockCache.builder().mode(CacheMode.OBSERVE).store(store).observeFleet(true).build();
      // endregion
      caches.add(cache);
    }
    {
      // region rollout
      BedrockCache cache =
          BedrockCache.builder()
              .mode(CacheMode::fromEnvironment)
              .rolloutPercent(() -> Double.valueOf(System.getProperty("cache.percent", "10")))
              .build();
      // endregion
      caches.add(cache);
    }
    return caches;
  }

  static BedrockCache liveSettings(CacheStore store, DynamoDbClient dynamoDb) {
    // region live-settings
    BedrockCache cache = BedrockCache.builder().store(store).liveSettingsFromStore().build();

    CacheAdmin admin = CacheAdmin.builder().client(dynamoDb).tableName("gymcoach-ai-main").build();
    admin.liveSettings(LiveSettings.mode(CacheMode.OFF)); // everybody, at once
    admin.liveSettings(
        new LiveSettings(null, 25.0, Set.of("chat"))); // a quarter of users; chat off
    admin.liveSettings(LiveSettings.NONE); // each process as it was built
    // endregion
    return cache;
  }

  static BedrockCache embeddings() {
    // region embeddings
    CachePolicy byText =
        new CachePolicy() {
          @Override
          public boolean cacheEmbeddingsByText(CallContext call) {
            return call.endpoint().equals("catalogue");
          }
        };
    BedrockCache cache = BedrockCache.builder().cachePolicy(byText).build();
    // endregion
    return cache;
  }

  static BedrockCache context(CacheStore store) {
    // region context
    BedrockCache cache =
        BedrockCache.builder()
            .store(store)
            .contextPropagation(
                ContextPropagation.all(
                    OpenTelemetryContext.propagation(), ContextPropagation.mdc()))
            .build();
    // endregion
    return cache;
  }

  static BedrockCache observed(
      CacheStore store, MeterRegistry registry, OpenTelemetry openTelemetry) {
    // region observability
    BedrockCache cache =
        BedrockCache.builder()
            .store(store)
            .metricsSink(MicrometerMetricsSink.create(registry))
            .tracer(OpenTelemetryTracer.create(openTelemetry))
            .build();
    // endregion
    return cache;
  }

  static List<Object> scopes(
      CachingBedrockClient bedrock,
      ConverseRequest question,
      String userId,
      String profileVersion,
      Supplier<String> currentUser) {
    // region scope
    CacheScope alice = CacheScope.user(userId).endpoint("chat");
    ConverseResponse hers = bedrock.forScope(alice).converse(question);
    // endregion
    // region vary
    CacheScope versioned = alice.vary("profile", profileVersion).vary("locale", "de");
    // endregion
    // region scoped by
    CachingBedrockClient forAll =
        bedrock.scopedBy(request -> CacheScope.user(currentUser.get()).endpoint("chat"));
    // endregion
    return List.of(hers, versioned, forAll);
  }

  static long invalidation(
      BedrockCache cache,
      CachingBedrockClient bedrock,
      CacheScope alice,
      ConverseRequest question,
      String userId) {
    // region invalidate
    long gone = cache.invalidate(CacheScope.user(userId)); // all endpoints, every vary
    cache.invalidate(CacheScope.user(userId).endpoint("chat"));
    bedrock.forScope(alice).invalidate(question); // and what else alice has at that endpoint
    // endregion
    return gone;
  }

  static List<Number> money(BedrockCache cache) {
    // region money
    CacheStats.Counts all = cache.stats().total(); // also byEndpoint() and byModel()
    double saved = all.savedUsd(); // the calls not made, less the store's units
    double spent = all.bedrockUsd(); // the calls made
    long unknown = all.unpriced(); // answers that count as neither
    // endregion
    return List.of(saved, spent, unknown);
  }

  static BedrockCache verifying() {
    // region verify hits
    BedrockCache cache =
        BedrockCache.builder()
            .verifyHits(HitVerification.ofPercent(1).withCallsPerHour(20).withUsdPerHour(0.10))
            .build();
    // endregion
    // region flush
    cache.flush(Duration.ofSeconds(5)); // before the response of an invocation that can wait
    // endregion
    return cache;
  }

  static List<Double> costOfVerifying(BedrockCache cache) {
    // region cost of verifying
    double net = cache.stats().total().savedUsd(); // less the verifications
    double spent = cache.stats().verifiedHits().total().costUsd();
    double gross = net + spent;
    // endregion
    return List.of(net, spent, gross);
  }

  static String verified(BedrockCache cache) {
    // region verified
    VerifiedHits.Counts all = cache.stats().verifiedHits().total(); // also byEndpoint()
    VerifiedHits.Share same = all.sameShare(); // equal, or the same text or JSON
    String text =
        "%.0f %% the same (95 %% interval: %.0f to %.0f %%), overlap of the others %.2f"
            .formatted(same.percent(), same.lowPercent(), same.highPercent(), all.meanOverlap());
    // endregion
    return text;
  }

  static BedrockCache prices() throws IOException {
    // region prices
    PriceList own = PriceList.standard().with("amazon.nova-micro-v1:0", ModelPrice.of(0.035, 0.14));
    PriceList elsewhere = own.withStoreUnits(0.1425, 0.7125); // USD per million, read and write
    try (InputStream file = Files.newInputStream(Path.of("prices.json"))) {
      elsewhere = PriceList.read(file); // or a resource of the class path
    }
    BedrockCache cache = BedrockCache.builder().priceList(elsewhere).build();
    // endregion
    return cache;
  }

  static BedrockCache bothForms() {
    // region both forms
    CachePolicy bothForms =
        new CachePolicy() {
          @Override
          public boolean serveBothForms(CallContext call) {
            return call.endpoint().equals("chat"); // for both operations
          }
        };
    BedrockCache cache = BedrockCache.builder().cachePolicy(bothForms).build();
    // endregion
    return cache;
  }

  static List<KeyGenerator> generators() {
    // region key generator
    KeyGenerator byCatalogueNumber =
        (call, request) ->
            call.endpoint().equals("catalogue") ? catalogueNumberOf(request).getBytes(UTF_8) : null;
    // endregion
    // region key generator by request
    KeyGenerator withoutTheTime =
        (call, request) ->
            request instanceof ConverseRequest converse && !call.shared()
                ? questionWithoutTheTime(converse).getBytes(UTF_8)
                : null;
    // endregion
    return List.of(byCatalogueNumber, withoutTheTime);
  }

  private static String questionWithoutTheTime(ConverseRequest request) {
    return request.messages().get(0).content().get(0).text().replaceFirst("^Now: \\S+ ", "");
  }

  private static String catalogueNumberOf(SdkRequest request) {
    return Integer.toString(request.hashCode());
  }

  static TtlPolicy lives() {
    // region ttl
    TtlPolicy lives =
        TtlPolicy.byEndpoint(
            Map.of("chat", Duration.ofHours(1), "workout-plan", Duration.ofDays(1)),
            Duration.ofMinutes(30));
    // endregion
    return lives;
  }

  static CacheScope today(String userId, ZoneId zone) {
    // region today
    CacheScope today = CacheScope.user(userId).vary("day", LocalDate.now(zone).toString());
    // endregion
    return today;
  }

  static CachePolicy policy() {
    // region policy
    CachePolicy onlyCold =
        new CachePolicy() {
          @Override
          public boolean mayServe(CallContext call, SdkRequest request) {
            return !(request instanceof ConverseRequest converse)
                || converse.inferenceConfig() == null
                || Objects.requireNonNullElse(converse.inferenceConfig().temperature(), 0f) == 0;
          }
        };
    // endregion
    return onlyCold;
  }

  static BedrockCache baseModel() {
    // region base model
    BedrockCache cache =
        BedrockCache.builder()
            .baseModel(
                "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/1arbu5hu2sjr",
                "us.anthropic.claude-sonnet-4-20250514-v1:0")
            .build();
    // endregion
    return cache;
  }

  static CompletableFuture<Void> stream(
      BedrockRuntimeAsyncClient async,
      BedrockCache cache,
      String userId,
      ConverseStreamRequest request,
      Consumer<CacheOutcome> log,
      Consumer<String> page) {
    // region stream
    CachingBedrockAsyncClient bedrock = CachingBedrockAsyncClient.create(async, cache);
    CompletableFuture<Void> done =
        bedrock
            .forScope(CacheScope.user(userId).endpoint("chat"))
            .converseStream(
                request,
                ConverseStreamResponseHandler.builder()
                    .onResponse(response -> log.accept(CacheOutcome.of(response)))
                    .subscriber(
                        ConverseStreamResponseHandler.Visitor.builder()
                            .onContentBlockDelta(delta -> page.accept(delta.delta().text()))
                            .build())
                    .build());
    // endregion
    return done;
  }

  static BedrockCache streamOptions() {
    // region stream options
    BedrockCache cache =
        BedrockCache.builder()
            .maxStreamBytes(1 << 20) // 4 MiB unless specified
            .finishAbandonedStreams(true) // cancelled unless specified
            .build();
    // endregion
    return cache;
  }

  static DynamoDbCacheStore largeEntries(DynamoDbClient dynamoDb) {
    // region large entries
    DynamoDbCacheStore store =
        DynamoDbCacheStore.builder()
            .client(dynamoDb)
            .tableName("bedrock-cache")
            .maxEnvelopeBytes(4 << 20) // 4 MB; over 390 KB turns parts on
            .readBudget(Duration.ofMillis(300))
            .writeBudget(Duration.ofSeconds(1))
            .build();
    // endregion
    return store;
  }

  static BedrockCache secrets(
      CacheStore store, byte[] thirtyTwoRandomBytes, byte[] newKey, byte[] oldKey) {
    // region secrets
    BedrockCache cache =
        BedrockCache.builder()
            .store(store)
            .keySecret(KeySecret.of(thirtyTwoRandomBytes))
            .sealer(EntrySealer.aes256Gcm(2, newKey, Map.of(1, oldKey)))
            .build();
    // endregion
    return cache;
  }

  static TtlPolicy forgiving(TtlPolicy lives) {
    // region stale
    TtlPolicy forgiving =
        lives.withStaleWhileRevalidate(Duration.ofMinutes(5)).withStaleIfError(Duration.ofHours(6));
    // endregion
    return forgiving;
  }

  static BedrockCache dictionary(CacheStore store, List<String> answers, byte[] dictionaryBefore) {
    // region dictionary
    DictionaryBuilder samples = new DictionaryBuilder();
    answers.forEach(samples::add);
    byte[] dictionary = samples.build(); // once: keep the bytes

    BedrockCache cache =
        BedrockCache.builder()
            .store(store)
            .compressor(Compressor.deflate(129, dictionary))
            .alsoReads(Compressor.deflate(128, dictionaryBefore))
            .build();
    // endregion
    return cache;
  }

  static List<Object> operators(DynamoDbClient dynamoDb, String userId) {
    // region admin
    CacheAdmin admin =
        CacheAdmin.builder()
            .client(dynamoDb)
            .tableName("gymcoach-ai-main")
            .namespace("prod")
            .build();
    Map<String, Long> entries =
        admin.dryRun(CacheScope.user(userId)); // by endpoint; changes nothing
    ErasureReport erased = admin.erase(CacheScope.user(userId));
    boolean isInUse = admin.purge();
    // endregion
    return List.of(entries, erased, isInUse);
  }

  static void primed(ConverseRequest request) {
    // region prime
    try (SdkHttpClient http = Apache5HttpClient.create();
        DynamoDbClient dynamoDb = DynamoDbClient.builder().httpClient(http).build();
        BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().httpClient(http).build();
        BedrockCache patient =
            BedrockCache.builder()
                .store(
                    DynamoDbCacheStore.builder()
                        .client(dynamoDb)
                        .tableName("gymcoach-ai-main")
                        .firstReadBudget(Duration.ofSeconds(1))
                        .build())
                .build()) {
      CachingBedrockClient.create(bedrock, patient)
          .forScope(CacheScope.user("nobody"))
          .converse(CacheControl.ONLY_IF_CACHED.applyTo(request));
    } catch (SdkException nothingKept) {
      // as is to be expected
    }
    // endregion
  }

  static List<Object> tested(ConverseRequest request) {
    // region test
    try (BedrockStandIn bedrock = BedrockStandIn.start();
        BedrockRuntimeClient real =
            BedrockRuntimeClient.builder()
                .endpointOverride(bedrock.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .build();
        BedrockCache cache = BedrockCache.builder().store(new InMemoryCacheStore()).build()) {
      BedrockRuntimeClient client =
          CachingBedrockClient.create(real, cache)
              .forScope(CacheScope.user("alice").endpoint("chat"));
      client.converse(request);
      CacheSource source = CacheOutcome.of(client.converse(request)).source(); // HOT
      int calls = bedrock.requests(); // 1
      return List.of(source, calls);
    }
    // endregion
  }

  static Set<CacheFault> storeFails(BedrockRuntimeClient real, ConverseRequest request) {
    // region store fails
    InMemoryCacheStore store = new InMemoryCacheStore();
    try (BedrockCache cache = BedrockCache.builder().store(store).build()) {
      BedrockRuntimeClient client =
          CachingBedrockClient.create(real, cache)
              .forScope(CacheScope.user("alice").endpoint("chat"));
      store.failWith(() -> new IllegalStateException("the table is down"));
      client.converse(request); // Bedrock answers
      store.recover();
      return cache.stats().faults().keySet(); // STORE_READ_FAILED, MARKERS_UNKNOWN
    }
    // endregion
  }

  static Class<?> recorded() {
    // region recorded test
    @RecordedBedrock
    class CoachTest {
      @Test
      void answersWithTheFirstStep(BedrockRuntimeClient bedrock) {
        String answer = new Coach(bedrock).answer("How do I squat?");
        assertThat(answer).contains("feet");
      }
    }
    // endregion
    return CoachTest.class;
  }

  static BedrockCache files() {
    // region file store
    FileCacheStore files = FileCacheStore.in(Path.of("target", "answers")).readable(true).build();
    BedrockCache cache = BedrockCache.builder().store(CacheStore.blocking(files)).build();
    // endregion
    return cache;
  }

  static void snapshot(BedrockCache cache) {
    // region snapshot
    cache.beforeCheckpoint(); // what is in memory goes, calls under way are not joined
    cache.afterRestore(); // what would be the same in all of them is renewed
    // endregion
  }

  static void recordRequest(Writer frequent, CacheScope scope, ConverseRequest request)
      throws IOException {
    // region warm-up-line
    frequent.write(new RequestLine(scope, request).write() + "\n");
    // endregion
  }

  static void warmUp(CachingBedrockClient bedrock) throws Exception {
    // region warm-up
    WarmUp warmUp =
        WarmUp.builder(Path.of("frequent.jsonl"))
            .client(bedrock) // the service's own: its configuration is part of each key
            .requestsPerSecond(2)
            .maxUsd(5)
            .stateFile(Path.of("frequent.state"))
            .listener(ProgressLine.to(System.err))
            .build();

    WarmUpPlan plan = warmUp.plan(); // looks each request up, and calls no model
    System.err.println(plan.text());
    if (plan.usdHigh() <= 5) {
      WarmUpReport report = warmUp.run();
      System.err.println(report.text());
    }
    // endregion
  }

  static void warmUpInTheBackground(WarmUp warmUp) throws IOException {
    // region warm-up-cancel
    WarmUpRun run = warmUp.start();

    // Later, such as when the service stops:
    run.close(); // no further call; those under way finish within 60 s
    System.err.println(run.report().join().text());
    // endregion
  }
}
