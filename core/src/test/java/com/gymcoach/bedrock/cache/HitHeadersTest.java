package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BytesCall.Bedrock;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** What of Bedrock's HTTP response the one who asked gets, and what everybody else. */
class HitHeadersTest {
  private static final String BODY =
      "{\"stop_reason\":\"end_turn\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}";
  private static final InvokeModelRequest REQUEST =
      InvokeModelRequest.builder()
          .modelId("anthropic.claude-3-haiku-20240307-v1:0")
          .body(SdkBytes.fromUtf8String("{}"))
          .build();

  private final FakeStore store = new FakeStore();
  private final Bedrock bedrock =
      Bedrock.of(
          n -> BODY.getBytes(StandardCharsets.UTF_8),
          n -> CannedHttp.Body.of(List.of(BODY.getBytes(StandardCharsets.UTF_8))));
  private final BedrockCache cache = BedrockCache.builder().store(store).build();
  private final BedrockCache other = BedrockCache.builder().store(store).build();

  @AfterEach
  void close() {
    cache.close();
    other.close();
  }

  @Test
  void miss_hasEverythingThatTheBareClientGives() {
    AwsResponse bare = bedrock.sync(null).invokeModel(REQUEST);
    AwsResponse miss = bedrock.sync(cache).invokeModel(REQUEST);
    assertThat(CacheOutcome.of(miss).stored()).isTrue();
    assertThat(miss.equalsBySdkFields(bare)).isTrue();
    Map<String, List<String>> headers = headers(miss);
    headers.put("x-amzn-RequestId", List.of("id-1")); // the bare client's was another call
    assertThat(headers).isEqualTo(headers(bare)).containsKey("Date");
    SdkHttpFullResponse http = (SdkHttpFullResponse) miss.sdkHttpResponse();
    assertThat(http.content())
        .isEqualTo(((SdkHttpFullResponse) miss.sdkHttpResponse()).content())
        .isPresent();
    assertThat(((SdkHttpFullResponse) bare.sdkHttpResponse()).content()).isPresent();
  }

  @Test
  void hit_fromMemoryOrTheStore_hasTheSameHeadersAndMetadata() {
    AwsResponse miss = bedrock.sync(cache).invokeModel(REQUEST);
    AwsResponse hot = bedrock.sync(cache).invokeModel(REQUEST);
    AwsResponse warm = bedrock.sync(other).invokeModel(REQUEST);
    assertThat(CacheOutcome.of(hot).source()).isEqualTo(CacheSource.HOT);
    assertThat(CacheOutcome.of(warm).source()).isEqualTo(CacheSource.WARM);
    for (AwsResponse hit : List.of(hot, warm)) {
      assertThat(hit.equalsBySdkFields(miss)).isTrue();
      assertThat(hit.sdkHttpResponse().statusCode()).isEqualTo(200);
      assertThat(hit.sdkHttpResponse().statusText()).contains("OK");
      assertThat(headers(hit))
          .isEqualTo(
              Map.of(
                  "content-type", List.of("application/json"),
                  "x-amzn-requestid", List.of("id-1"),
                  "x-amzn-bedrock-input-token-count", List.of("12"),
                  "x-amzn-bedrock-output-token-count", List.of("34")));
      assertThat(((SdkHttpFullResponse) hit.sdkHttpResponse()).content()).isEmpty();
      assertThat(hit.responseMetadata().requestId()).isEqualTo("id-1");
    }
    assertThat(hot.responseMetadata()).isEqualTo(warm.responseMetadata());
  }

  /** Returns the headers but for the outcome. */
  private static Map<String, List<String>> headers(AwsResponse response) {
    SdkHttpResponse http = response.sdkHttpResponse();
    Map<String, List<String>> headers = new LinkedHashMap<>(http.headers());
    headers.remove(CacheOutcome.HEADER);
    return headers;
  }
}
