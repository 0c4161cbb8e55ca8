package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.examples.replay.logs.Answers.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
  private static final String MODEL = "anthropic.claude-3-5-haiku-20241022-v1:0";
  private static final String CONVERSE =
      "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"Squat.\"}]}},"
          + "\"stopReason\":\"%s\",\"metrics\":{\"latencyMs\":302},"
          + "\"usage\":{\"inputTokens\":4,\"outputTokens\":38,\"totalTokens\":42}}";
  private static final String EVENTS =
      "[ {\"messageStart\":{\"role\":\"assistant\"}},"
          + "{\"contentBlockDelta\":{\"delta\":{\"text\":\"Squat.\"},\"contentBlockIndex\":0}},"
          + "{\"contentBlockStop\":{\"contentBlockIndex\":0}},"
          + "{\"messageStop\":{\"stopReason\":\"%s\"}},"
          + "{\"metadata\":{\"usage\":{\"inputTokens\":4,\"outputTokens\":3,\"totalTokens\":7},"
          + "\"metrics\":{\"latencyMs\":302}}} ]";
  private static final String ANTHROPIC =
      "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\","
          + "\"content\":[{\"type\":\"text\",\"text\":\"Squat.\"}],\"stop_reason\":\"%s\"}";
  private static final String CHUNKS =
      "[{\"outputText\":\"Squat.\",\"index\":0,\"totalOutputTextTokenCount\":11,"
          + "\"completionReason\":\"%s\",\"inputTextTokenCount\":7,"
          + "\"amazon-bedrock-invocationMetrics\":"
          + "{\"inputTokenCount\":7,\"outputTokenCount\":11}}]";

  private static @Nullable CacheReason judge(String operation, String body) {
    return Answers.judge(operation, MODEL, body.getBytes(UTF_8)).reason();
  }

  @ParameterizedTest
  @CsvSource({
    "Converse, end_turn,",
    "Converse, max_tokens, MAX_TOKENS",
    "Converse, tool_use, TOOL_USE",
    "Converse, guardrail_intervened, GUARDRAIL_INTERVENED",
    "Converse, new_reason, UNKNOWN_STOP_REASON"
  })
  void judge_ofConverse_isTheCachesVerdict(
      String operation, String ending, @Nullable CacheReason reason) {
    assertThat(judge(operation, CONVERSE.formatted(ending))).isEqualTo(reason);
    // The log has a stream's answer in one piece, or as its events.
    assertThat(judge("ConverseStream", CONVERSE.formatted(ending))).isEqualTo(reason);
    assertThat(judge("ConverseStream", EVENTS.formatted(ending))).isEqualTo(reason);
  }

  @Test
  void judge_ofInvokeModel_isTheCachesVerdict() {
    assertThat(judge("InvokeModel", ANTHROPIC.formatted("end_turn"))).isNull();
    assertThat(judge("InvokeModel", ANTHROPIC.formatted("max_tokens")))
        .isEqualTo(CacheReason.MAX_TOKENS);
    assertThat(judge("InvokeModelWithResponseStream", CHUNKS.formatted("FINISH"))).isNull();
    assertThat(judge("InvokeModelWithResponseStream", CHUNKS.formatted("LENGTH")))
        .isEqualTo(CacheReason.MAX_TOKENS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "{}", "\"text\"", "7", "[7]", "[\"truncated\"]", "{\"output\":7}", "[{}]"})
  void judge_ofAnythingElse_isThatItIsNotKept(String body) {
    for (String operation :
        new String[] {
          "Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream", "New"
        }) {
      assertThat(judge(operation, body)).as(operation).isNotNull();
    }
  }

  @Test
  void judge_whenTheAnswerNamesItsTier_knowsIt() {
    String optimized =
        CONVERSE
            .formatted("end_turn")
            .replaceFirst("\\{", "{\"performanceConfig\":{\"latency\":\"optimized\"},");
    Verdict verdict = Answers.judge("Converse", MODEL, optimized.getBytes(UTF_8));

    assertThat(verdict.tier()).isEqualTo(PriceTier.LATENCY_OPTIMIZED);
  }

  private static @Nullable CacheReason refusal(String model, String body) {
    LogRecord call =
        new LogRecord(0, "", "", "Converse", model, "", null, null, false, null, null, null);
    return Answers.refusal(call, CanonicalRequest.of(body.getBytes(UTF_8), true));
  }

  @Test
  void refusal_ofARequest_isTheCaches() {
    String guarded =
        "{\"messages\":[],\"guardrailConfig\":"
            + "{\"guardrailIdentifier\":\"g\",\"guardrailVersion\":\"%s\"}}";
    assertThat(refusal(MODEL, "{\"messages\":[]}")).isNull();
    assertThat(refusal(MODEL, guarded.formatted("1"))).isNull();
    assertThat(refusal(MODEL, guarded.formatted("DRAFT"))).isEqualTo(CacheReason.DRAFT_GUARDRAIL);
    assertThat(refusal(MODEL, "{\"a\":[\"s3://bucket/image.png\"]}"))
        .isEqualTo(CacheReason.VOLATILE_REFERENCE);
    assertThat(refusal("my-provisioned-model", "{}")).isEqualTo(CacheReason.VOLATILE_REFERENCE);
  }
}
