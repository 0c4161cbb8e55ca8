package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;

/** Answers converted to the other form: their content, and the refusals. */
class ConvertedAnswersTest {
  private static final String TOOL =
      "{\"contentBlockStart\":{\"contentBlockIndex\":0,\"start\":{\"toolUse\":"
          + "{\"toolUseId\":\"t\",\"name\":\"weight\"}}}}";
  private static final String TOOL_RESULT =
      "{\"contentBlockStart\":{\"contentBlockIndex\":0,\"start\":{\"toolResult\":"
          + "{\"toolUseId\":\"t\"}}}}";

  private static SdkHttpResponse http(String contentType) {
    return SdkHttpResponse.builder()
        .statusCode(200)
        .statusText("OK")
        .putHeader("Content-Type", contentType)
        .putHeader("x-amzn-RequestId", "id-1")
        .build();
  }

  private static ConverseResponse response(String blocks) throws IOException {
    ConverseResponse.Builder response = ConverseResponse.builder();
    String json =
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":["
            + blocks
            + "]}},\"stopReason\":\"end_turn\",\"metrics\":{\"latencyMs\":7},\"usage\":"
            + "{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3}}";
    SdkJson.read(json.getBytes(UTF_8), response);
    return response.build();
  }

  private static ConverseStreamOutput event(String line) throws IOException {
    return ((ConverseStreamOperation) CacheableOperations.CONVERSE_STREAM)
        .event(line.getBytes(UTF_8));
  }

  private static String delta(String union) {
    return "{\"contentBlockDelta\":{\"contentBlockIndex\":0,\"delta\":" + union + "}}";
  }

  private static String input(String part) {
    return delta("{\"toolUse\":{\"input\":\"" + part.replace("\"", "\\\"") + "\"}}");
  }

  private static List<ConverseStreamOutput> events(String... block) throws IOException {
    List<ConverseStreamOutput> events = new ArrayList<>();
    events.add(event("{\"messageStart\":{\"role\":\"assistant\"}}"));
    for (String line : block) {
      events.add(event(line));
    }
    events.add(event("{\"contentBlockStop\":{\"contentBlockIndex\":0}}"));
    events.add(event("{\"messageStop\":{\"stopReason\":\"end_turn\"}}"));
    events.add(event("{\"metadata\":{\"metrics\":{\"latencyMs\":7}}}"));
    return events;
  }

  /** Returns the response, or null if it is refused. */
  private static @Nullable ConverseResponse converted(List<ConverseStreamOutput> events) {
    ConverseStreamResponse.Builder head = ConverseStreamResponse.builder();
    head.sdkHttpResponse(http("application/vnd.amazon.eventstream"));
    Kept<ConverseResponse> converted =
        BothForms.converted(
            CacheableOperations.CONVERSE,
            new Kept<>(Streamed.of(head.build(), events, 1), false, 1));
    return converted == null ? null : converted.response();
  }

  private static @Nullable ContentBlock block(String... lines) throws IOException {
    ConverseResponse response = converted(events(lines));
    return response == null ? null : response.output().message().content().get(0);
  }

  @Test
  void converse_asAStream_comesInOrderWithTextsCutAtWordBoundaries() throws Exception {
    String text = "Keep your heels on the floor, and your back straight throughout.";
    Streamed<ConverseStreamResponse, ConverseStreamOutput> stream =
        ConverseToStream.convert(
            response(
                "{\"text\":\""
                    + text
                    + "\"},{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"n\",\"input\":{}}}"));
    List<String> types = new ArrayList<>();
    StringBuilder said = new StringBuilder();
    for (ConverseStreamOutput event : stream) {
      types.add(event.sdkEventType().toString());
      if (event instanceof ContentBlockDeltaEvent delta && delta.delta().text() != null) {
        assertThat(text).contains(delta.delta().text());
        said.append(delta.delta().text());
      }
    }
    assertThat(said).hasToString(text);
    assertThat(types)
        .containsExactly(
            "messageStart",
            "contentBlockDelta",
            "contentBlockDelta",
            "contentBlockStop",
            "contentBlockStart",
            "contentBlockDelta",
            "contentBlockStop",
            "messageStop",
            "metadata");
  }

  /** The memory tier counts what a stream weighs. */
  @Test
  void converse_asAStream_weighsWhatItsEventsWeigh() throws Exception {
    Streamed<ConverseStreamResponse, ConverseStreamOutput> stream =
        ConverseToStream.convert(response("{\"text\":\"Squat deep.\"}"));
    long bytes = 0;
    for (ConverseStreamOutput event : stream) {
      bytes += CacheableOperations.CONVERSE_STREAM.sizeOf(event);
    }
    assertThat(stream.bytes()).isEqualTo(bytes).isPositive();
  }

  @Test
  void httpParts_ofAConvertedAnswer_areThoseOfTheAnswerWithTheFormsContentType() throws Exception {
    ConverseResponse.Builder sent = response("{\"text\":\"Squat deep.\"}").toBuilder();
    sent.sdkHttpResponse(http("application/json"));
    ConverseStreamResponse head = ConverseToStream.convert(sent.build()).response();
    ConverseResponse response =
        Objects.requireNonNull(converted(events(delta("{\"text\":\"Squat deep.\"}"))));
    assertThat(head.responseMetadata().requestId()).isEqualTo("id-1");
    assertThat(response.responseMetadata().requestId()).isEqualTo("id-1");
    assertThat(head.sdkHttpResponse().firstMatchingHeader("content-type"))
        .contains("application/vnd.amazon.eventstream");
    assertThat(response.sdkHttpResponse().firstMatchingHeader("content-type"))
        .contains("application/json");
    assertThat(response.sdkHttpResponse().statusText()).contains("OK");
    assertThat(head.sdkHttpResponse().statusText()).contains("OK");
  }

  @Test
  void toolInput_ofAStream_hasTheTextOfItsNumbersAndTheOrderOfItsMembers() throws Exception {
    ContentBlock block =
        Objects.requireNonNull(
            block(
                TOOL,
                input(""),
                input("{\"b\":[1,1.0,1e3,900719925"),
                input("4740993],\"a\":{}}")));
    Document input = block.toolUse().input();
    assertThat(SdkJson.write(input)).isEqualTo("{\"b\":[1,1.0,1e3,9007199254740993],\"a\":{}}");
    assertThat(block.toolUse().toolUseId()).isEqualTo("t");
    assertThat(block.toolUse().name()).isEqualTo("weight");
  }

  @Test
  void toolInput_ofAStreamWithoutArguments_isAnEmptyObject() throws Exception {
    assertThat(Objects.requireNonNull(block(TOOL, input(""))).toolUse().input())
        .isEqualTo(Document.mapBuilder().build());
    assertThat(Objects.requireNonNull(block(TOOL)).toolUse().input())
        .isEqualTo(Document.mapBuilder().build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{}{}", "{\"a\":1,\"a\":2}", "a", " ", "{\"a\":1,}"})
  void toolInput_thatIsNotOneJsonValue_isRefused(String json) throws Exception {
    assertThat(block(TOOL, input(json))).isNull();
  }

  /** A half of a pair, which Bedrock may send escaped, must not become a question mark. */
  @Test
  void toolInput_withALoneSurrogate_staysAsItIs() throws Exception {
    ConverseResponse sent =
        response("{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"n\",\"input\":\"\\ud83d\"}}");
    assertThat(StreamToConverse.convert(ConverseToStream.convert(sent)).equalsBySdkFields(sent))
        .isTrue();
  }

  @Test
  void toolResult_inOneDelta_isItsContent() throws Exception {
    ContentBlock block =
        Objects.requireNonNull(
            block(
                TOOL_RESULT,
                delta("{\"toolResult\":[{\"text\":\"80 kg\"},{\"json\":{\"reps\":5}}]}")));
    assertThat(block.toolResult().content()).hasSize(2);
    assertThat(block.toolResult().content().get(0).text()).isEqualTo("80 kg");
  }

  /** Whether two parts are one text or two, the stream does not say. */
  @Test
  void toolResult_inTwoDeltas_isRefused() throws Exception {
    String part = delta("{\"toolResult\":[{\"text\":\"80\"}]}");
    assertThat(block(TOOL_RESULT, part, part)).isNull();
  }

  @Test
  void reasoning_ofAStream_hasItsTextAndSignature() throws Exception {
    ContentBlock block =
        Objects.requireNonNull(
            block(
                delta("{\"reasoningContent\":{\"text\":\"First \"}}"),
                delta("{\"reasoningContent\":{\"text\":\"hips\"}}"),
                delta("{\"reasoningContent\":{\"signature\":\"ab\"}}"),
                delta("{\"reasoningContent\":{\"signature\":\"cd\"}}")));
    assertThat(block.reasoningContent().reasoningText().text()).isEqualTo("First hips");
    assertThat(block.reasoningContent().reasoningText().signature()).isEqualTo("abcd");
  }

  @Test
  void reasoning_redactedTwiceOrWithAText_isRefused() throws Exception {
    String redacted = delta("{\"reasoningContent\":{\"redactedContent\":\"AQID\"}}");
    String text = delta("{\"reasoningContent\":{\"text\":\"First\"}}");
    assertThat(block(redacted)).isNotNull();
    assertThat(block(redacted, redacted)).isNull();
    assertThat(block(redacted, text)).isNull();
  }

  @Test
  void citations_beforeAndAfterTheText_areThoseOfTheBlock() throws Exception {
    String citation =
        delta("{\"citation\":{\"title\":\"Guide\",\"location\":{\"web\":{\"url\":\"u\"}}}}");
    ContentBlock block =
        Objects.requireNonNull(
            block(
                citation, delta("{\"text\":\"Squat \"}"), delta("{\"text\":\"deep.\"}"), citation));
    assertThat(block.citationsContent().content()).hasSize(1);
    assertThat(block.citationsContent().content().get(0).text()).isEqualTo("Squat deep.");
    assertThat(block.citationsContent().citations())
        .hasSize(2)
        .allSatisfy(each -> assertThat(each.title()).isEqualTo("Guide"));
  }

  @Test
  void block_whoseKindIsNotCertain_isRefused() throws Exception {
    assertThat(block()).isNull();
    assertThat(block(delta("{\"text\":\"a\"}"), input("{}"))).isNull();
    assertThat(block(input("{}"))).isNull();
    assertThat(block(delta("{\"text\":\"a\"}"), TOOL)).isNull();
    assertThat(block(TOOL, TOOL)).isNull();
    assertThat(block(TOOL, delta("{\"text\":\"a\"}"))).isNull();
    assertThat(block(delta("{}"))).isNull(); // content of a newer Bedrock
  }

  @Test
  void unknownEvent_isRefused() throws Exception {
    List<ConverseStreamOutput> events = events(delta("{\"text\":\"a\"}"));
    assertThat(converted(events)).isNotNull();
    events.add(ConverseStreamOutput.UNKNOWN);
    assertThat(converted(events)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"video\":{\"format\":\"mp4\",\"source\":{\"bytes\":\"AQID\"}}}",
        "{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"n\"}}",
        "{\"reasoningContent\":{\"reasoningText\":{\"signature\":\"s\"}}}",
        "{\"reasoningContent\":{}}"
      })
  void contentBlock_thatNoStreamCanHold_isRefused(String block) throws Exception {
    Kept<ConverseResponse> kept = new Kept<>(response("{\"text\":\"a\"}," + block), false, 1);
    assertThat(BothForms.converted(CacheableOperations.CONVERSE_STREAM, kept)).isNull();
  }
}
