package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
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
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * What the pages of {@code docs} show of tests, recordings and warm-ups, compiled. {@link
 * DocumentationTest} holds them together.
 */
final class ToolSnippets {
  private ToolSnippets() {}

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
            .client(bedrock) // configured as the service's own, but without retries
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
