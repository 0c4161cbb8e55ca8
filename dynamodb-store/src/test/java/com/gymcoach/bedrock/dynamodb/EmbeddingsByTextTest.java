package com.gymcoach.bedrock.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** Batches that are cached text by text, of two instances that share a table. */
@ParameterizedClass
@EnumSource(Way.class)
class EmbeddingsByTextTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("search");
  private static final CacheScope ALL = CacheScope.shared().endpoint("search");
  private static final byte[] KEY = "a key of exactly thirty-two byte".getBytes(UTF_8);
  private static final Duration DELAY = Duration.ofSeconds(10);

  private final String table = Dynamo.table();
  private final ManualTime time = ManualTime.startingAt(Instant.now());
  private final BedrockStandIn bedrock = BedrockStandIn.start();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(bedrock));
  private final Asking asking;

  /** Asks through a cache, or without one. */
  private interface Asking {
    InvokeModelResponse ask(BedrockCache cache, CacheScope scope, InvokeModelRequest request);
  }

  EmbeddingsByTextTest(Way way) {
    if (way == Way.SYNC) {
      BedrockRuntimeClient client =
          Dynamo.configured(BedrockRuntimeClient.builder(), bedrock.endpoint())
              .httpClient(Apache5HttpClient.create())
              .build();
      open.add(client);
      asking =
          (cache, scope, request) ->
              CachingBedrockClient.create(client, cache).forScope(scope).invokeModel(request);
    } else {
      BedrockRuntimeAsyncClient client =
          Dynamo.configured(BedrockRuntimeAsyncClient.builder(), bedrock.endpoint())
              .httpClientBuilder(SdkHttp.netty())
              .build();
      open.add(client);
      asking =
          (cache, scope, request) ->
              CachingBedrockAsyncClient.create(client, cache)
                  .forScope(scope)
                  .invokeModel(request)
                  .join();
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private BedrockCache cache(Kind kind) {
    BedrockCache cache =
        BedrockCache.builder()
            .store(kind.store(table).build())
            .sealer(EntrySealer.aes256Gcm(1, KEY))
            .invalidationDelay(DELAY)
            .timeSource(time)
            .cachePolicy(
                new CachePolicy() {
                  @Override
                  public boolean cacheEmbeddingsByText(CallContext call) {
                    return true;
                  }
                })
            .build();
    open.add(cache);
    return cache;
  }

  private static InvokeModelRequest request(String... texts) {
    return InvokeModelRequest.builder()
        .modelId("cohere.embed-multilingual-v3")
        .body(
            SdkBytes.fromUtf8String(
                Arrays.stream(texts)
                    .map(text -> "\"" + text + "\"")
                    .collect(Collectors.joining(",", "{\"texts\":[", "],\"input_type\":\"x\"}"))))
        .build();
  }

  /** Asks, and checks that the body is the one that Bedrock gives. */
  private InvokeModelResponse embed(BedrockCache cache, CacheScope scope, String... texts) {
    InvokeModelResponse response = asking.ask(cache, scope, request(texts));
    cache.mode(CacheMode.OFF);
    InvokeModelResponse bare = asking.ask(cache, scope, request(texts));
    cache.mode(CacheMode.ON);
    assertThat(response.body().asUtf8String()).isEqualTo(bare.body().asUtf8String());
    bareCalls++;
    return response;
  }

  private int bareCalls;

  private int calls() {
    return bedrock.requests() - bareCalls;
  }

  private static String paid(InvokeModelResponse response) {
    return response
        .sdkHttpResponse()
        .firstMatchingHeader("x-amzn-bedrock-input-token-count")
        .orElse("");
  }

  private static String[] exercises(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "exercise " + i).toArray(String[]::new);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void batch_whenAnotherInstanceHasSomeTexts_paysForTheOthers(Kind kind) {
    BedrockCache here = cache(kind);
    BedrockCache there = cache(kind);
    InvokeModelResponse first = embed(here, ALICE, exercises(0, 60));
    assertThat(CacheOutcome.of(first)).hasToString("MISS, ABSENT, kept, stored");
    InvokeModelResponse second = embed(there, ALICE, exercises(30, 90));
    InvokeModelResponse third = embed(here, ALICE, exercises(0, 90));
    assertThat(calls()).isEqualTo(2);
    assertThat(paid(first)).isEqualTo("120"); // two words each
    assertThat(paid(second)).isEqualTo("60");
    assertThat(paid(third)).isEqualTo("0");
    assertThat(CacheOutcome.of(third).source()).isEqualTo(CacheSource.WARM);
    assertThat(entries()).isEqualTo(90);
    assertThat(here.stats().faults()).isEmpty();
    assertThat(there.stats().faults()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void batch_whenTheScopeIsShared_isFoundInAllShards(Kind kind) {
    BedrockCache here = cache(kind);
    BedrockCache there = cache(kind);
    embed(here, ALL, exercises(0, 96));
    assertThat(paid(embed(there, ALL, exercises(0, 96)))).isEqualTo("0");
    assertThat(calls()).isEqualTo(1);
    assertThat(there.stats().faults()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void batch_whenAnotherInstanceInvalidatesIt_asksAgainForAllOfIt(Kind kind) {
    BedrockCache here = cache(kind);
    BedrockCache there = cache(kind);
    embed(here, ALL, exercises(0, 40));
    embed(there, ALL, exercises(0, 40));
    try (BedrockRuntimeClient client =
            Dynamo.configured(BedrockRuntimeClient.builder(), bedrock.endpoint())
                .httpClient(Apache5HttpClient.create())
                .build();
        CachingBedrockClient cached = CachingBedrockClient.create(client, here)) {
      cached.forScope(ALL).invalidate(request(exercises(0, 40)));
    }
    time.advance(DELAY);
    assertThat(paid(embed(there, ALL, exercises(0, 40)))).isEqualTo("80");
    assertThat(paid(embed(here, ALL, exercises(0, 40)))).isEqualTo("0");
  }

  private long entries() {
    return Dynamo.items(table).keySet().stream().filter(key -> key.contains(" E#")).count();
  }
}
