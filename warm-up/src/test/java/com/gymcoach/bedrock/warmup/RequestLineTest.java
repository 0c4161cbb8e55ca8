package com.gymcoach.bedrock.warmup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.CacheScope;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

class RequestLineTest {
  private static final String SECRET = "sesame";

  static final ConverseRequest CONVERSE =
      ConverseRequest.builder()
          .modelId("amazon.nova-lite-v1:0")
          .system(SystemContentBlock.fromText("Du bist ein Trainer. \u00e4\n\"\uD83D\uDE00"))
          .messages(Requests.user(SECRET))
          .inferenceConfig(i -> i.maxTokens(200).temperature(0.3f).topP(0.1f))
          .additionalModelRequestFields(
              Document.mapBuilder().putNumber("top_k", 5).putNull("x").build())
          .build();

  private static RequestLine read(String json) throws IOException {
    return RequestLine.read(json.getBytes(UTF_8));
  }

  @Test
  void write_thenRead_returnsTheSameRequestAndScope() throws IOException {
    CacheScope scope =
        CacheScope.user("shared").endpoint("chat").vary("locale", "de").vary("none", null);
    RequestLine line = new RequestLine(scope, CONVERSE);
    assertThat(line.write()).doesNotContain("\n");
    assertThat(read(line.write())).isEqualTo(line);
  }

  /** UTF-8 has no half of a surrogate pair: written as a question mark, it names another user. */
  @ParameterizedTest
  @ValueSource(strings = {"a\ud800b", "\udc00", "\ud83d\ude00 \u00e9"})
  void write_whenTextIsNotAscii_isReadAsTheSame(String text) throws IOException {
    CacheScope scope = CacheScope.user(text).vary("locale", text);
    InvokeModelRequest request =
        InvokeModelRequest.builder()
            .modelId(text)
            .contentType(text)
            .body(SdkBytes.fromUtf8String("{}"))
            .build();
    RequestLine line = new RequestLine(scope, request);

    assertThat(read(line.write())).isEqualTo(line);
  }

  @Test
  void write_anInvokeModelWithAPrettyPrintedBody_isOneLineWithTheSameNumbers() throws IOException {
    InvokeModelRequest request =
        InvokeModelRequest.builder()
            .modelId("anthropic.claude-3-haiku-20240307-v1:0")
            .contentType("application/json")
            .guardrailIdentifier("g1")
            .guardrailVersion("2")
            .body(SdkBytes.fromUtf8String("{\r\n \"max_tokens\": 1.50,\n\"prompt\":\"a\\nb\"}"))
            .build();
    String line = new RequestLine(CacheScope.shared(), request).write();
    assertThat(line).doesNotContain("\n").doesNotContain("\r").contains("1.50");
    InvokeModelRequest same = (InvokeModelRequest) read(line).request();
    assertThat(same.body().asUtf8String())
        .isEqualTo("{   \"max_tokens\": 1.50, \"prompt\":\"a\\nb\"}");
    assertThat(same.toBuilder().body(request.body()).build()).isEqualTo(request);
  }

  @Test
  void write_aBodyThatIsNotJson_throwsWithoutQuotingIt() {
    InvokeModelRequest request =
        InvokeModelRequest.builder().modelId("m").body(SdkBytes.fromUtf8String(SECRET)).build();
    assertThatThrownBy(() -> new RequestLine(CacheScope.shared(), request).write())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void read_theUserCalledShared_isNotTheSharedScope() throws IOException {
    String line = "{\"operation\":\"Converse\",\"modelId\":\"m\",%s,\"body\":{}}";
    assertThat(read(line.formatted("\"user\":\"shared\"")).scope())
        .isEqualTo(CacheScope.user("shared"));
    assertThat(read(line.formatted("\"scope\":\"shared\"")).scope()).isEqualTo(CacheScope.shared());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sesame",
        "[]",
        "{}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"body\":{}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"sesame\",\"body\":{}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"user\":\"sesame\",\"body\":{}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"user\":\"\",\"body\":{}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"endpoint\":\"ses ame\",\"body\":{}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"endpont\":\"sesame\",\"body\":{}}",
        "{\"operation\":\"sesame\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"modelId\":\"sesame\",\"scope\":\"shared\",\"body\":{}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":\"sesame\"}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{\"sesame\":1}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{\"system\":[{\"sesame\":1}]}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{\"messages\":\"sesame\"}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{\"inferenceConfig\":{\"topP\":\"sesame\"}}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{}} sesame",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{},\"headers\":{\"sesame\":\"1\"}}",
        "{\"operation\":\"InvokeModel\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{},\"headers\":{\"Accept\":null}}",
        "{\"operation\":\"InvokeModel\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{},\"headers\":{\"Accept\":\"a\",\"accept\":\"b\"}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"vary\":{\"a\":1},\"body\":{}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{\"system\":[{\"text\":\"sesame\",\"text\":\"b\"}]}}",
        "{\"operation\":\"Converse\",\"modelId\":\"m\",\"scope\":\"shared\",\"body\":{\"system\":[{\"text\":\"sesame\"}]}"
      })
  void read_whatIsNotALine_throwsWithoutQuotingIt(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("sesame")
        .hasMessageNotContaining("ses ame")
        .hasNoCause();
  }

  @Test
  void toString_ofALine_showsNothingOfIt() {
    assertThat(new RequestLine(CacheScope.user(SECRET), CONVERSE).toString())
        .doesNotContain(SECRET);
  }
}
