package com.gymcoach.bedrock.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.HitVerification;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.ModelPrice;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.VerifiedHits;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.compression.DictionaryBuilder;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.dynamodb.ErasureReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * What the pages of {@code docs} show of money, keys, policies and the store, compiled. {@link
 * DocumentationTest} holds them together.
 */
final class PolicySnippets {
  private PolicySnippets() {}

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
}
