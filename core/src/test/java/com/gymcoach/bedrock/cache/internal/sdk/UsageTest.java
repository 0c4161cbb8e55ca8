package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;

/** The tokens of InvokeModel: from its headers, else from where each family of models counts. */
class UsageTest {
  private static final String HEADER = "x-amzn-bedrock-";

  private static @Nullable TokenUsage usage(String body, String... headers) {
    SdkHttpResponse.Builder http = SdkHttpResponse.builder().statusCode(200);
    for (int i = 0; i < headers.length; i += 2) {
      http.putHeader(HEADER + headers[i] + "-token-count", headers[i + 1]);
    }
    return CacheableOperations.INVOKE_MODEL.usage(
        (InvokeModelResponse)
            InvokeModelResponse.builder()
                .body(SdkBytes.fromUtf8String(body.replace('\'', '"')))
                .sdkHttpResponse(http.build())
                .build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // Anthropic
        "{'usage':{'input_tokens':12,'output_tokens':4}}|12|4|0|0",
        "{'usage':{'input_tokens':12,'cache_creation_input_tokens':8,'cache_read_input_tokens':5,"
            + "'cache_creation':{'ephemeral_1h_input_tokens':0},'output_tokens':4}}|12|4|5|8",
        "{'usage':{'input_tokens':12,'output_tokens':4,'cache_read_input_tokens':null}}|12|4|0|0",
        // Nova
        "{'usage':{'inputTokens':6,'outputTokens':2,'totalTokens':14929,"
            + "'cacheReadInputTokenCount':14921,'cacheWriteInputTokenCount':3}}|6|2|14921|3",
        // Jamba, Mistral, Qwen, OpenAI
        "{'usage':{'prompt_tokens':17,'completion_tokens':8,'total_tokens':25}}|17|8|0|0",
        // Llama
        "{'generation':'x','prompt_token_count':6,'generation_token_count':18}|6|18|0|0",
        // Titan
        "{'inputTextTokenCount':8,'results':[{'tokenCount':10,'outputText':'x'}]}|8|10|0|0",
        "{'inputTextTokenCount':8,'results':[{'tokenCount':10},{'tokenCount':5}]}|8|15|0|0",
        "{'embedding':[0.1,2],'inputTextTokenCount':3}|3|0|0|0",
        "{'embedding':null,'embeddingsByType':{'float':[0.1]},'inputTextTokenCount':3}|3|0|0|0",
      })
  void usage_ofABody_isWhatItsFamilyCounts(
      String body, long input, long output, long read, long written) {
    assertThat(usage(body)).isEqualTo(new TokenUsage(input, output, read, written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "no JSON",
        "{'usage':{'input_tokens':12}}",
        "{'usage':{'output_tokens':12}}",
        "{'usage':{'input_tokens':'many','output_tokens':4}}",
        "{'usage':{'input_tokens':-1,'output_tokens':4}}",
        "{'usage':{'input_tokens':1.5,'output_tokens':4}}",
        "{'usage':{'input_tokens':12,'completion_tokens':4}}",
        "{'inputTextTokenCount':8,'results':[{'outputText':'x'}]}",
        "{'inputTextTokenCount':8,'results':[{'tokenCount':null}]}",
        "{'inputTextTokenCount':8}",
        "{'embeddings':[[0.1]],'id':'1'}",
        "{'text':'x','finish_reason':'COMPLETE'}",
      })
  void usage_ofABodyThatDoesNotCount_isNotGuessed(String body) {
    assertThat(usage(body)).isNull();
  }

  @Test
  void usage_whenTheHeadersCount_isTheirs() {
    String body = "{'usage':{'input_tokens':1,'output_tokens':1}}";
    assertThat(usage(body, "input", "12", "output", "4")).isEqualTo(new TokenUsage(12, 4, 0, 0));
    assertThat(
            usage(
                body,
                "input",
                "12",
                "output",
                "4",
                "cache-read-input",
                "5",
                "cache-write-input",
                "8"))
        .isEqualTo(new TokenUsage(12, 4, 5, 8));
    assertThat(usage(body, "input", "12")).isEqualTo(new TokenUsage(1, 1, 0, 0));
    assertThat(usage(body, "input", "x", "output", "4")).isEqualTo(new TokenUsage(1, 1, 0, 0));
    assertThat(usage("{}", "input", "12")).isNull();
    // Of embeddings the headers count only what was read.
    assertThat(usage("{'embeddings':[[0.1]],'id':'1'}", "input", "4"))
        .isEqualTo(new TokenUsage(4, 0, 0, 0));
  }

  private static @Nullable TokenUsage streamed(String... chunks) {
    List<ResponseStream> events =
        Stream.of(chunks)
            .map(
                chunk ->
                    (ResponseStream)
                        ResponseStream.chunkBuilder()
                            .bytes(SdkBytes.fromUtf8String(chunk.replace('\'', '"')))
                            .build())
            .toList();
    return CacheableOperations.INVOKE_MODEL_STREAM.usage(
        Streamed.of(InvokeModelWithResponseStreamResponse.builder().build(), events, 1));
  }

  @Test
  void usage_ofAStream_isInTheMetricsOfItsLastChunk() {
    String text = "{'delta':{'text':'x'}}";
    String metrics = "'amazon-bedrock-invocationMetrics'";
    assertThat(
            streamed(
                text,
                "{"
                    + metrics
                    + ":{'inputTokenCount':12,'outputTokenCount':4,'cacheReadInputTokenCount':5,"
                    + "'cacheWriteInputTokenCount':8,'invocationLatency':9}}"))
        .isEqualTo(new TokenUsage(12, 4, 5, 8));
    assertThat(streamed(text)).isNull();
    assertThat(streamed()).isNull();
    assertThat(streamed(text, "{" + metrics + ":{}}")).isNull();
    assertThat(streamed(text, "{" + metrics + ":{'inputTokenCount':12}}")).isNull();
    assertThat(streamed(text, "{" + metrics + ":{'outputTokenCount':12}}")).isNull();
    assertThat(streamed("{" + metrics + ":{'inputTokenCount':1,'outputTokenCount':1}}", text))
        .isNull();
  }
}
