package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * Every status with every way to end and every kind of body: an allow-list of the answers that are
 * kept. A cache with a deny-list would keep and serve the first error that is missing from it.
 */
class AdmissionMatrixTest {
  private static final int[] STATUSES = IntStream.range(100, 600).toArray();
  private static final Set<String> GOOD = Set.of("end_turn", "stop_sequence");

  private static List<@Nullable String> stopReasons() {
    return Stream.concat(
            StopReason.knownValues().stream().map(StopReason::toString),
            Stream.of("", "END_TURN", " end_turn", "end_turn ", "error", "null", null))
        .toList();
  }

  private static SdkHttpResponse http(int status) {
    return SdkHttpResponse.builder().statusCode(status).build();
  }

  private static ConverseResponse converse(
      int status, @Nullable String stopReason, ContentBlock... content) {
    return (ConverseResponse)
        ConverseResponse.builder()
            .output(o -> o.message(m -> m.role("assistant").content(content)))
            .stopReason(stopReason)
            .sdkHttpResponse(http(status))
            .build();
  }

  private static boolean keeps(ConverseResponse response) {
    ConverseRequest request = ConverseRequest.builder().modelId("amazon.nova-lite-v1:0").build();
    return CacheableOperations.CONVERSE.admission(request, response, OptIns.NONE) == null;
  }

  @Test
  void s_n_converse_keepsA200ThatEndedByItselfAndSaysSomething() {
    ContentBlock text = ContentBlock.fromText("Squat");
    for (int status : STATUSES) {
      for (String stopReason : stopReasons()) {
        boolean good = status == 200 && stopReason != null && GOOD.contains(stopReason);
        assertThat(keeps(converse(status, stopReason, text)))
            .as("%s, %s", status, stopReason)
            .isEqualTo(good);
        assertThat(keeps(converse(status, stopReason))).as("says nothing").isFalse();
        assertThat(keeps(converse(status, stopReason, text, ContentBlock.builder().build())))
            .as("says something new")
            .isFalse();
      }
    }
  }

  private static boolean keeps(int status, @Nullable String body) {
    InvokeModelRequest request = InvokeModelRequest.builder().modelId("anthropic.claude-3").build();
    InvokeModelResponse response =
        (InvokeModelResponse)
            InvokeModelResponse.builder()
                .body(body == null ? null : SdkBytes.fromUtf8String(body))
                .sdkHttpResponse(http(status))
                .build();
    return CacheableOperations.INVOKE_MODEL.admission(request, response, OptIns.NONE) == null;
  }

  @Test
  void s_n_invokeModel_keepsA200ThatEndedByItselfAndIsWhole() {
    List<@Nullable String> bodies =
        Arrays.asList(null, "", "{}", "[]", "null", "<html>", "{\"message\":\"Internal error\"}");
    for (int status : STATUSES) {
      for (String stopReason : stopReasons()) {
        String body =
            stopReason == null
                ? "{\"content\":[]}"
                : "{\"content\":[{\"text\":\"Squat\"}],\"stop_reason\":\"" + stopReason + "\"}";
        boolean good = status == 200 && stopReason != null && GOOD.contains(stopReason);
        assertThat(keeps(status, body)).as("%s, %s", status, body).isEqualTo(good);
        assertThat(keeps(status, body + "}")).as("not whole").isFalse();
      }
      for (String body : bodies) {
        assertThat(keeps(status, body)).as("%s, %s", status, body).isFalse();
      }
    }
  }
}
