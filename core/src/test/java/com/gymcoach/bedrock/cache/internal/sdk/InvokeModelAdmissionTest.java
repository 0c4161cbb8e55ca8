package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

class InvokeModelAdmissionTest {

  private static @Nullable CacheReason admission(String modelId, String body, OptIns optIns) {
    return CacheableOperations.INVOKE_MODEL.admission(
        InvokeModelRequest.builder().modelId(modelId).build(),
        InvokeModelResponse.builder().body(SdkBytes.fromUtf8String(body)).build(),
        optIns);
  }

  /** Of each family a complete answer and one that was cut off. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "anthropic.claude-3|{'content':[{'text':'Squat'}],'stop_reason':'%s'}|end_turn|max_tokens",
        "us.anthropic.claude-3|{'content':[{'text':'Squat'}],'stop_reason':'%s'}|end_turn|max_tokens",
        "anthropic.claude-v2|{'completion':'Squat','stop_reason':'%s'}|stop_sequence|max_tokens",
        "amazon.nova-lite-v1:0|{'output':{'message':{'content':[{'text':'Squat'}]}},'stopReason':'%s'}|end_turn|max_tokens",
        "amazon.titan-text-lite-v1|{'results':[{'outputText':'Squat','completionReason':'%s'}]}|FINISH|LENGTH",
        "meta.llama3-8b|{'generation':'Squat','stop_reason':'%s'}|stop|length",
        "mistral.mistral-7b|{'outputs':[{'text':'Squat','stop_reason':'%s'}]}|stop|length",
        "mistral.mistral-large|{'choices':[{'message':{'content':'Squat'},'finish_reason':'%s'}]}|stop|length",
        "cohere.command-text|{'generations':[{'text':'Squat','finish_reason':'%s'}]}|COMPLETE|MAX_TOKENS",
        "cohere.command-r-v1:0|{'text':'Squat','finish_reason':'%s'}|COMPLETE|MAX_TOKENS",
        "ai21.jamba-1-5|{'choices':[{'message':{'content':'Squat'},'finish_reason':'%s'}]}|stop|length",
        "ai21.j2-ultra|{'completions':[{'data':{'text':'Squat'},'finishReason':{'reason':'%s'}}]}|endoftext|length",
        "deepseek.r1-v1:0|{'choices':[{'text':'Squat','stop_reason':'%s'}]}|stop|length",
        "openai.gpt-oss-120b|{'choices':[{'message':{'content':'Squat'},'finish_reason':'%s'}]}|stop|length",
        "qwen.qwen3-32b|{'choices':[{'message':{'content':'Squat'},'finish_reason':'%s'}]}|stop|length",
      })
  void f37_s_n_family_keepsCompleteAndRefusesCutOff(
      String modelId, String body, String complete, String cutOff) {
    String json = body.replace('\'', '"');
    assertThat(admission(modelId, json.formatted(complete), OptIns.NONE)).isNull();
    assertThat(admission(modelId, json.formatted(cutOff), OptIns.NONE))
        .isEqualTo(CacheReason.MAX_TOKENS);
    assertThat(admission(modelId, json.formatted("something new"), OptIns.NONE))
        .isEqualTo(CacheReason.UNKNOWN_STOP_REASON);
  }

  @Test
  void admission_whenOneChoiceIsCutOff_refuses() {
    String body = "{\"choices\":[{\"finish_reason\":\"stop\"},{\"finish_reason\":\"length\"}]}";
    assertThat(admission("qwen.qwen3-32b", body, OptIns.NONE)).isEqualTo(CacheReason.MAX_TOKENS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"stop_reason\":\"end_turn\"",
        "{\"stop_reason\":\"end_turn\"}{}",
        "[]",
        "{\"content\":[{\"text\":\"Squ",
        "{\"content\":[]}",
        "{\"stop_reason\":null}",
      })
  void f35_bodyNotComplete_isRefused(String body) {
    assertThat(admission("anthropic.claude-3", body, OptIns.NONE))
        .isEqualTo(CacheReason.INCOMPLETE_BODY);
  }

  @Test
  void admission_whenFamilyIsUnknown_needsTheOptIn() {
    assertThat(admission("acme.trainer", "{\"a\":1}", OptIns.NONE))
        .isEqualTo(CacheReason.UNKNOWN_MODEL_FAMILY);
    assertThat(admission("acme.trainer", "{\"a\":1}", new OptIns(false, false, true))).isNull();
    assertThat(admission("acme.trainer", "{\"a\":", new OptIns(false, false, true)))
        .isEqualTo(CacheReason.INCOMPLETE_BODY);
  }

  @Test
  void admission_whenGuardrailActed_refuses() {
    String body =
        "{\"content\":[{\"text\":\"Squat\"}],\"stop_reason\":\"end_turn\",\"amazon-bedrock-guardrailAction\":\"%s\"}";
    assertThat(admission("anthropic.claude-3", body.formatted("NONE"), OptIns.NONE)).isNull();
    assertThat(admission("anthropic.claude-3", body.formatted("INTERVENED"), OptIns.NONE))
        .isEqualTo(CacheReason.GUARDRAIL_INTERVENED);
  }

  @ParameterizedTest
  @CsvSource({
    "arn:aws:bedrock:us-east-1:000000000000:prompt/ABC, UNVERSIONED_PROMPT",
    "arn:aws:bedrock:us-east-1:000000000000:prompt/ABC:3,",
    "arn:aws:bedrock:us-east-1:000000000000:default-prompt-router/x, VOLATILE_REFERENCE",
    "arn:aws:bedrock:us-east-1:000000000000:provisioned-model/x, VOLATILE_REFERENCE",
    "arn:aws:bedrock:us-east-1:000000000000:custom-model-deployment/x, VOLATILE_REFERENCE",
    "arn:aws:sagemaker:us-east-1:000000000000:endpoint/x, VOLATILE_REFERENCE",
    "arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/x,",
    "arn:aws:bedrock:us-east-1:000000000000:imported-model/x,",
    "my-provisioned_throughput, VOLATILE_REFERENCE",
    "abcdefghijkl, VOLATILE_REFERENCE",
    "us.amazon.nova-lite-v1:0,",
    "amazon.nova-lite-v1:0,",
  })
  void refusal_byKindOfModelReference(String modelId, @Nullable CacheReason expected) {
    InvokeModelRequest request = InvokeModelRequest.builder().modelId(modelId).build();
    assertThat(CacheableOperations.INVOKE_MODEL.refusal(request, OptIns.NONE)).isEqualTo(expected);
    OptIns wanted = new OptIns(false, true, false);
    assertThat(CacheableOperations.INVOKE_MODEL.refusal(request, wanted))
        .isEqualTo(expected == CacheReason.VOLATILE_REFERENCE ? null : expected);
  }

  @Test
  void f38_draftGuardrail_isNotServed() {
    InvokeModelRequest request =
        InvokeModelRequest.builder()
            .modelId("amazon.nova-lite-v1:0")
            .guardrailIdentifier("g-1")
            .guardrailVersion("DRAFT")
            .build();
    assertThat(CacheableOperations.INVOKE_MODEL.refusal(request, OptIns.NONE))
        .isEqualTo(CacheReason.DRAFT_GUARDRAIL);
  }
}
