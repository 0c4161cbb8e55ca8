package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.ContextPropagation;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.micrometer.MicrometerMetricsSink;
import com.gymcoach.bedrock.opentelemetry.OpenTelemetryContext;
import com.gymcoach.bedrock.opentelemetry.OpenTelemetryTracer;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * What the pages of {@code docs} show of calls, their scopes and their settings, compiled. {@link
 * DocumentationTest} holds them together.
 */
final class CallSnippets {
  private CallSnippets() {}

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
}
