package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** Real traffic, where it is at hand, through the real client: cached equals uncached. */
class RecordedTrafficTest {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(100_000_000).build())
          .build();

  private record Exchange(
      String id,
      String operation,
      String modelId,
      int status,
      Map<String, String> headers,
      byte[] body) {}

  /** Answers every call with the same recorded reply and counts them. */
  private static final class ReplayingHttpClient implements SdkHttpClient {
    private final Exchange exchange;
    private int calls;

    ReplayingHttpClient(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          calls++;
          SdkHttpFullResponse.Builder http =
              SdkHttpFullResponse.builder().statusCode(exchange.status());
          exchange.headers().forEach(http::putHeader);
          return HttpExecuteResponse.builder()
              .response(http.build())
              .responseBody(AbortableInputStream.create(new ByteArrayInputStream(exchange.body())))
              .build();
        }

        @Override
        public void abort() {}
      };
    }

    @Override
    public void close() {}
  }

  @Test
  void everyRecordedExchange_isTheSameThroughTheCache() throws Exception {
    Path recordings =
        Path.of(
            System.getProperty("bedrock.cache.shared", "absent"),
            "recordings",
            "bedrock-open.jsonl");
    assumeTrue(Files.exists(recordings), "skipped: the recorded traffic is not on this machine");
    Map<String, Integer> tally = new TreeMap<>();
    for (String line : Files.readAllLines(recordings)) {
      Exchange exchange = parse(line);
      if (exchange.operation().equals("Converse") || exchange.operation().equals("InvokeModel")) {
        tally.merge(check(exchange), 1, Integer::sum);
      }
    }
    tally.forEach((what, count) -> System.out.println(count + "  " + what));
    assertThat(tally.keySet()).anyMatch(what -> what.equals("Converse kept"));
    assertThat(tally.keySet()).anyMatch(what -> what.equals("InvokeModel kept"));
  }

  /** Returns what became of an exchange. */
  private static String check(Exchange exchange) {
    ReplayingHttpClient http = new ReplayingHttpClient(exchange);
    FakeStore store = new FakeStore();
    FakeTime time = new FakeTime();
    try (BedrockRuntimeClient bare = bedrock(http);
        BedrockCache cache = BedrockCache.builder().store(store).timeSource(time).build();
        BedrockCache fresh = BedrockCache.builder().store(store).timeSource(time).build()) {
      AwsResponse expected;
      try {
        expected = call(bare, exchange);
      } catch (RuntimeException failure) {
        Throwable cached = catchThrowable(() -> call(caching(bare, cache), exchange));
        assertThat(cached)
            .as(exchange.id())
            .hasSameClassAs(failure)
            .hasMessage(failure.getMessage());
        assertThat(store.entries).isEmpty();
        return exchange.operation() + " failed as recorded, " + status(failure);
      }
      AwsResponse first = call(caching(bare, cache), exchange);
      assertSame(exchange, expected, first);
      CacheOutcome outcome = CacheOutcome.of(first);
      int calls = http.calls;
      AwsResponse second = call(caching(bare, cache), exchange);
      AwsResponse third = call(caching(bare, fresh), exchange);
      assertSame(exchange, expected, second);
      assertSame(exchange, expected, third);
      if (!outcome.stored()) {
        assertThat(store.entries).as(exchange.id()).isEmpty();
        assertThat(http.calls).as(exchange.id()).isEqualTo(calls + 2);
        return exchange.operation() + " refused, " + outcome.reason().orElseThrow();
      }
      assertThat(CacheOutcome.of(second).source()).as(exchange.id()).isEqualTo(CacheSource.HOT);
      assertThat(CacheOutcome.of(third).source()).as(exchange.id()).isEqualTo(CacheSource.WARM);
      assertThat(http.calls).as(exchange.id()).isEqualTo(calls);
      return exchange.operation() + " kept";
    }
  }

  private static void assertSame(Exchange exchange, AwsResponse expected, AwsResponse actual) {
    assertThat(actual.equalsBySdkFields(expected)).as(exchange.id()).isTrue();
    assertThat(actual.responseMetadata()).as(exchange.id()).isNotNull();
    assertThat(actual.responseMetadata().requestId())
        .as(exchange.id())
        .isEqualTo(expected.responseMetadata().requestId());
    expected
        .sdkHttpResponse()
        .headers()
        .forEach(
            (name, values) -> {
              if (name.regionMatches(true, 0, "x-amzn-bedrock-", 0, 15)) {
                assertThat(actual.sdkHttpResponse().matchingHeaders(name)).isEqualTo(values);
              }
            });
  }

  private static int status(RuntimeException failure) {
    return failure instanceof AwsServiceException service ? service.statusCode() : 0;
  }

  private static BedrockRuntimeClient bedrock(SdkHttpClient http) {
    return BedrockRuntimeClient.builder()
        .httpClient(http)
        .region(Region.US_EAST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  private static BedrockRuntimeClient caching(BedrockRuntimeClient bare, BedrockCache cache) {
    return CachingBedrockClient.create(bare, cache)
        .forScope(CacheScope.user("alice").endpoint("chat"));
  }

  private static AwsResponse call(BedrockRuntimeClient client, Exchange exchange) {
    return exchange.operation().equals("Converse")
        ? client.converse(ConverseRequest.builder().modelId(exchange.modelId()).build())
        : client.invokeModel(
            InvokeModelRequest.builder()
                .modelId(exchange.modelId())
                .body(SdkBytes.fromUtf8String("{}"))
                .build());
  }

  private static Exchange parse(String line) throws IOException {
    Map<String, String> texts = new HashMap<>();
    Map<String, String> headers = new HashMap<>();
    int status = 0;
    try (JsonParser in = JSON.createParser(line)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        JsonToken token = in.nextToken();
        if (name.equals("responseHeaders") && token == JsonToken.START_OBJECT) {
          headers(in, headers);
        } else if (name.equals("status")) {
          status = in.getIntValue();
        } else if (token == JsonToken.VALUE_STRING) {
          texts.put(name, in.getText());
        } else {
          in.skipChildren();
        }
      }
    }
    return new Exchange(
        texts.getOrDefault("id", ""),
        texts.getOrDefault("operation", ""),
        texts.getOrDefault("modelId", "anthropic.claude-3-haiku-20240307-v1:0"),
        status,
        headers,
        texts.getOrDefault("responseBodyText", "").getBytes(StandardCharsets.UTF_8));
  }

  private static void headers(JsonParser in, Map<String, String> headers) throws IOException {
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      if (in.nextToken() == JsonToken.VALUE_STRING) {
        headers.put(name, in.getText());
      } else {
        in.skipChildren();
      }
    }
  }
}
