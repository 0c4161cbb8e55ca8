package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/**
 * Real exchanges with Bedrock, and made-up ones that hold every member of its answers, through the
 * real clients: answers from memory and from DynamoDB equal those from Bedrock. The requests that
 * arrive at the stand-in and at DynamoDB tell the source of an answer.
 */
class TrafficTest {
  private static final String KEPT = "KEPT";
  private static final String FAILED = "FAILED";
  private static final Set<String> CACHEABLE = Set.of("Converse", "InvokeModel");
  private static final Path FATES = Path.of("src", "test", "resources", "exchange-fates.txt");
  private static final String UNKNOWN_MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
  private static final String TABLE = Dynamo.table();
  private static final BedrockStandIn BEDROCK = BedrockStandIn.start();
  private static final BedrockRuntimeClient CLIENT =
      Dynamo.configured(BedrockRuntimeClient.builder(), BEDROCK.endpoint())
          .httpClient(Apache5HttpClient.create())
          .build();

  /** What arrived at Bedrock and at DynamoDB. */
  private record Arrived(int bedrock, int reads, int writes) {
    static Arrived now() {
      return new Arrived(
          BEDROCK.requests(),
          Dynamo.local().requests("BatchGetItem"),
          Dynamo.local().requests("PutItem"));
    }

    static Arrived since(Arrived before) {
      Arrived now = now();
      return new Arrived(
          now.bedrock - before.bedrock, now.reads - before.reads, now.writes - before.writes);
    }
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
    BEDROCK.close();
  }

  @Test
  void ownExchanges_throughTheCache_areWhatBedrockSent() throws Exception {
    Map<String, Integer> fates = new TreeMap<>();
    Set<String> lines = new TreeSet<>();
    for (RecordedExchange exchange : RecordedExchange.ownOnes()) {
      String fate = fateOf(exchange);
      lines.add(exchange.id() + " " + fate);
      fates.merge(exchange.operation() + " " + fate, 1, Integer::sum);
    }
    print("own", fates);
    assertThat(lines).containsExactlyInAnyOrderElementsOf(Files.readAllLines(FATES));
  }

  @Test
  void recordedExchanges_throughTheCache_areWhatBedrockSent() throws Exception {
    Path recordings =
        Path.of(System.getProperty("bedrock.cache.shared", "absent"), "recordings")
            .resolve("bedrock-open.jsonl");
    assumeTrue(Files.exists(recordings), "Skipped: the recorded traffic is not on this machine");
    Map<String, Integer> fates = new TreeMap<>();
    for (RecordedExchange exchange : RecordedExchange.read(recordings)) {
      if (!CACHEABLE.contains(exchange.operation())) {
        continue;
      }
      fates.merge(exchange.operation() + " " + fateOf(exchange), 1, Integer::sum);
    }
    print("recorded", fates);
    assertThat(fates).containsKeys("Converse KEPT", "InvokeModel KEPT", "Converse FAILED");
  }

  private static void print(String which, Map<String, Integer> fates) {
    int all = fates.values().stream().mapToInt(Integer::intValue).sum();
    StringBuilder text = new StringBuilder(all + " " + which + " exchanges through the cache:\n");
    fates.forEach((fate, count) -> text.append(String.format("%6d  %s%n", count, fate)));
    System.out.println(text);
  }

  /** Sends a call through the cache three times and returns what became of the first answer. */
  private static String fateOf(RecordedExchange exchange) {
    AwsResponse expected;
    BEDROCK.answerWith(request -> exchange.reply());
    try (BedrockCache cache = cache(exchange);
        BedrockCache fresh = cache(exchange)) {
      try {
        expected = call(CLIENT, exchange);
      } catch (RuntimeException failure) {
        assertFailsLike(failure, cache, exchange);
        assertFailsLike(failure, fresh, exchange);
        return FAILED;
      }
      Arrived start = Arrived.now();
      AwsResponse first = call(cached(cache), exchange);
      assertEqual(exchange, first, expected);
      CacheOutcome outcome = CacheOutcome.of(first);
      if (!outcome.stored()) {
        for (BedrockCache each : List.of(cache, fresh)) {
          assertEqual(exchange, call(cached(each), exchange), expected);
        }
        Arrived arrived = Arrived.since(start);
        assertThat(arrived.bedrock).as(exchange.id()).isEqualTo(3);
        assertThat(arrived.writes).as(exchange.id()).isZero();
        return outcome.reason().orElseThrow().name();
      }
      assertThat(Arrived.since(start)).as(exchange.id()).isEqualTo(new Arrived(1, 1, 1));
      assertHit(exchange, cache, expected, CacheSource.HOT, new Arrived(0, 0, 0));
      assertHit(exchange, fresh, expected, CacheSource.WARM, new Arrived(0, 1, 0));
      return KEPT;
    }
  }

  private static void assertHit(
      RecordedExchange exchange,
      BedrockCache cache,
      AwsResponse expected,
      CacheSource source,
      Arrived arrived) {
    Arrived before = Arrived.now();
    AwsResponse hit = call(cached(cache), exchange);
    assertThat(Arrived.since(before)).as("%s, %s", exchange, source).isEqualTo(arrived);
    assertThat(CacheOutcome.of(hit).source()).as(exchange.id()).isEqualTo(source);
    assertEqual(exchange, hit, expected);
  }

  private static void assertEqual(
      RecordedExchange exchange, AwsResponse actual, AwsResponse expected) {
    assertThat(actual.getClass()).isEqualTo(expected.getClass());
    assertThat(actual.equalsBySdkFields(expected)).as(exchange.id()).isTrue();
    assertThat(actual.responseMetadata().requestId())
        .as(exchange.id())
        .isEqualTo(expected.responseMetadata().requestId());
    assertThat(actual.sdkHttpResponse().statusCode()).isEqualTo(exchange.status());
    exchange
        .headers()
        .forEach(
            (name, values) -> {
              if (name.regionMatches(true, 0, "x-amzn-bedrock-", 0, 15)) {
                assertThat(actual.sdkHttpResponse().matchingHeaders(name))
                    .as(exchange.id())
                    .isEqualTo(values);
              }
            });
    if (actual instanceof InvokeModelResponse invoked) {
      assertThat(invoked.body().asByteArray()).as(exchange.id()).isEqualTo(exchange.body());
    }
  }

  /** Bedrock is asked each time, nothing is written, and the failure is as without the cache. */
  private static void assertFailsLike(
      RuntimeException expected, BedrockCache cache, RecordedExchange exchange) {
    for (int i = 0; i < 2; i++) {
      Arrived before = Arrived.now();
      Throwable failure = catchThrowable(() -> call(cached(cache), exchange));
      assertThat(failure)
          .as(exchange.id())
          .hasSameClassAs(expected)
          .hasMessage(expected.getMessage());
      if (expected instanceof AwsServiceException service) {
        AwsServiceException actual = (AwsServiceException) failure;
        assertThat(actual.statusCode()).isEqualTo(service.statusCode());
        assertThat(actual.awsErrorDetails().errorCode())
            .isEqualTo(service.awsErrorDetails().errorCode());
        assertThat(actual.requestId()).isEqualTo(service.requestId());
      }
      Arrived arrived = Arrived.since(before);
      assertThat(arrived.bedrock).as(exchange.id()).isEqualTo(1);
      assertThat(arrived.writes).as(exchange.id()).isZero();
    }
  }

  private static BedrockCache cache(RecordedExchange exchange) {
    return BedrockCache.builder()
        .namespace(exchange.id()) // no exchange meets another's entries
        .store(Dynamo.Kind.SYNC.store(TABLE).build())
        .build();
  }

  private static BedrockRuntimeClient cached(BedrockCache cache) {
    return CachingBedrockClient.create(CLIENT, cache)
        .forScope(CacheScope.user("alice").endpoint("chat"));
  }

  private static AwsResponse call(BedrockRuntimeClient client, RecordedExchange exchange) {
    return exchange.operation().equals("Converse")
        ? client.converse(converse(exchange))
        : client.invokeModel(invoke(exchange));
  }

  private static ConverseRequest converse(RecordedExchange exchange) {
    ConverseRequest.Builder request = ConverseRequest.builder();
    byte[] body = exchange.requestBody();
    if (body != null) {
      try {
        SdkJson.read(body, (SdkPojo) request);
      } catch (IOException notForTheSdk) {
        request =
            ConverseRequest.builder(); // such as a mistake of another client that Bedrock refused
      }
    }
    return request.modelId(modelId(exchange)).build();
  }

  private static InvokeModelRequest invoke(RecordedExchange exchange) {
    byte[] body = exchange.requestBody();
    return InvokeModelRequest.builder()
        .modelId(modelId(exchange))
        .body(SdkBytes.fromByteArray(body == null ? "{}".getBytes(StandardCharsets.UTF_8) : body))
        .build();
  }

  private static String modelId(RecordedExchange exchange) {
    return exchange.modelId().isEmpty() ? UNKNOWN_MODEL : exchange.modelId();
  }
}
