package com.gymcoach.bedrock.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cloudwatch.EmfRules.Made;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** S-u: a dimension's values are a closed list; no user, key or prompt becomes one. */
class DimensionsTest {
  private static final String CANARY = "canary";

  private final CloudWatchStandIn cloudWatch = new CloudWatchStandIn();
  private final List<String> lines = new ArrayList<>();
  private final CloudWatchMetricsSink sink =
      Clients.SYNC.to(cloudWatch).modelDimension(true).build();
  private final EmfMetricsSink emf =
      EmfMetricsSink.builder().output(lines::add).modelDimension(true).build();

  @AfterEach
  void close() {
    sink.close();
    cloudWatch.close();
  }

  @Test
  void s_u_realCalls_whenUsersAndPromptsAreMany_addNoDimension() {
    try (BedrockStandIn bedrock = BedrockStandIn.start();
        BedrockCache cache =
            BedrockCache.builder()
                .store(new InMemoryCacheStore())
                .metricsSink(MetricsSink.all(sink, emf))
                .build();
        BedrockRuntimeClient real = client(bedrock)) {
      CachingBedrockClient client = CachingBedrockClient.create(real, cache);
      for (int user = 0; user < 50; user++) {
        CacheScope scope = CacheScope.user(CANARY + "-user-" + user).endpoint("chat");
        String prompt = CANARY + " prompt " + user;
        for (int again = 0; again < 2; again++) {
          client
              .forScope(scope.vary(CANARY, CANARY + user))
              .converse(
                  r ->
                      r.modelId(Events.MODEL)
                          .messages(
                              Message.builder()
                                  .role("user")
                                  .content(ContentBlock.fromText(prompt))
                                  .build()));
        }
        cache.invalidate(CacheScope.user(CANARY + "-user-" + user));
      }
      sink.flush();

      // The same figures as the cache's own, on either way.
      Map<String, String> chat = Map.of("Endpoint", "chat");
      assertThat(cloudWatch.sum(Metrics.CACHE_HITS, chat)).isEqualTo(50);
      assertThat(cloudWatch.average(Metrics.CACHE_HIT_RATE, chat)).isEqualTo(50);
      assertThat(cloudWatch.sum(Metrics.COST_SAVED, chat))
          .isCloseTo(cache.stats().total().savedUsd(), within(1e-9));
      assertThat(cloudWatch.sum(Metrics.BEDROCK_COST, chat))
          .isCloseTo(cache.stats().total().bedrockUsd(), within(1e-9));
    }

    assertThat(cloudWatchDimensions())
        .containsExactlyInAnyOrder(
            "Endpoint=chat",
            "Endpoint=_all",
            "Model=" + Events.MODEL,
            "Cached=true",
            "Cached=false");
    assertThat(emfDimensions()).isEqualTo(cloudWatchDimensions());
    assertThat(lines).noneMatch(line -> line.contains(CANARY));
  }

  @Test
  void s_u_record_whenNamesComeFromUsers_boundsThem() {
    for (int i = 0; i < 10_000; i++) {
      sink.record(Events.withModel(Events.hot("user-" + i), "model-" + i));
      emf.record(Events.withModel(Events.hot("user-" + i), "model-" + i));
      sink.invalidated("user-" + i, 1);
    }
    sink.flush();

    for (Set<String> all : List.of(cloudWatchDimensions(), emfDimensions())) {
      assertThat(all)
          .filteredOn(d -> d.startsWith("Endpoint="))
          .hasSize(65)
          .contains("Endpoint=_others");
      assertThat(all).contains("Model=_others");
    }
    assertThat(emfDimensions()).filteredOn(d -> d.startsWith("Model=")).hasSize(17);
    assertThat(cloudWatch.sum(Metrics.CACHE_HITS, Map.of())).isEqualTo(10_000);
    assertThat(cloudWatch.sum(Metrics.CACHE_HITS, Map.of("Endpoint", "_others")))
        .isEqualTo(10_000 - 64);
  }

  @Test
  void s_u_record_whenANameIsNoName_isOthers() {
    for (String name :
        List.of("", "what should I eat?", "u@example.com", "é", "a".repeat(65), "a\nb")) {
      sink.record(Events.withModel(Events.hot(name), name));
      emf.record(Events.withModel(Events.hot(name), name));
    }
    sink.record(
        Events.withModel(Events.hot("chat"), "arn:aws:bedrock:us-east-1::foundation-model/x"));
    sink.flush();

    assertThat(cloudWatchDimensions())
        .contains(
            "Endpoint=_others",
            "Model=_others",
            "Endpoint=chat",
            "Model=arn:aws:bedrock:us-east-1::foundation-model/x")
        .allMatch(d -> d.matches("(Endpoint|Model|Cached)=[A-Za-z0-9._:/-]+"));
    lines.forEach(EmfRules::check);
  }

  @Test
  void s_u_reasonsAndFaults_areThoseOfTheEnums() {
    Set<String> closed = new TreeSet<>();
    Arrays.stream(CacheReason.values()).forEach(r -> closed.add("Reason=" + r));
    Arrays.stream(CacheFault.values()).forEach(f -> closed.add("Fault=" + f));
    for (CacheReason reason : CacheReason.values()) {
      sink.record(Events.bypass("chat", reason));
      sink.record(Events.refused("chat", reason));
      emf.record(Events.bypass("chat", reason));
    }
    sink.record(Events.failed("chat", CacheFault.values()));
    emf.record(Events.failed("chat", CacheFault.values()));
    sink.flush();

    for (Set<String> all : List.of(cloudWatchDimensions(), emfDimensions())) {
      assertThat(all)
          .filteredOn(d -> d.startsWith("Reason=") || d.startsWith("Fault="))
          .containsExactlyInAnyOrderElementsOf(closed);
    }
  }

  private Set<String> cloudWatchDimensions() {
    Set<String> all = new HashSet<>();
    cloudWatch
        .taken()
        .forEach(
            request ->
                request
                    .data()
                    .forEach(
                        datum ->
                            datum
                                .dimensions()
                                .forEach((name, value) -> all.add(name + "=" + value))));
    return all;
  }

  private Set<String> emfDimensions() {
    Set<String> all = new HashSet<>();
    for (String line : lines) {
      for (Made made : EmfRules.check(line)) {
        made.dimensions().forEach((name, value) -> all.add(name + "=" + value));
      }
    }
    return all;
  }

  private static BedrockRuntimeClient client(BedrockStandIn bedrock) {
    return BedrockRuntimeClient.builder()
        .endpointOverride(bedrock.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }
}
