package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.wire.CanonicalJson;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

class CohereBatchTest {
  private static final String MODEL = "cohere.embed-english-v3";
  private static final OptIns BY_TEXT = OptIns.NONE.withEmbeddingsByText(true);
  private static final String BODY = "{\"texts\" : [\"a\", \"b\\u00e4\" ] ,\"input_type\":\"x\"}";

  private static InvokeModelRequest request(String body) {
    return InvokeModelRequest.builder().modelId(MODEL).body(SdkBytes.fromUtf8String(body)).build();
  }

  private static CohereBatch batch(String body) {
    return Objects.requireNonNull(CohereBatch.of(request(body), BY_TEXT));
  }

  /** Returns a batch of this many texts. */
  private static CohereBatch batch(int texts) {
    return batch(
        IntStream.range(0, texts)
            .mapToObj(i -> "\"text " + i + "\"")
            .collect(Collectors.joining(",", "{\"texts\":[", "]}")));
  }

  private static InvokeModelResponse response(String body) {
    return InvokeModelResponse.builder().body(SdkBytes.fromUtf8String(body)).build();
  }

  private static InvokeModelResponse counted(String body, String tokens) {
    return (InvokeModelResponse)
        response(body).toBuilder()
            .sdkHttpResponse(
                SdkHttpResponse.builder()
                    .statusCode(200)
                    .putHeader("X-Amzn-Bedrock-Input-Token-Count", tokens)
                    .putHeader("x-amzn-RequestId", "id-7")
                    .build())
            .build();
  }

  private static String text(InvokeModelResponse response) {
    return response.body().asUtf8String();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cohere.embed-english-v3",
        "cohere.embed-english-v3:0:512",
        "cohere.embed-multilingual-v3",
        "cohere.embed-v4:0",
        "us.cohere.embed-v4:0",
        "global.cohere.embed-v4:0",
        "arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-v4:0",
        "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.cohere.embed-v4:0"
      })
  void of_whenTheModelIsKnown_takesTheRequestApart(String model) {
    assertThat(CohereBatch.of(request(BODY).toBuilder().modelId(model).build(), BY_TEXT))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cohere.embed-v5:0",
        "cohere.rerank-v3-5:0",
        "amazon.titan-embed-text-v2:0",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/otnfa2ysixqd"
      })
  void of_whenTheModelIsNotKnown_isNull(String model) {
    InvokeModelRequest request = request(BODY).toBuilder().modelId(model).build();
    assertThat(CohereBatch.of(request, BY_TEXT)).isNull();
    assertThat(CohereBatch.of(request, BY_TEXT.of(MODEL))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"texts\":[],\"input_type\":\"x\"}",
        "{\"texts\":\"a\",\"input_type\":\"x\"}",
        "{\"texts\":[\"a\",1],\"input_type\":\"x\"}",
        "{\"texts\":[\"a\",null],\"input_type\":\"x\"}",
        "{\"texts\":[[\"a\"]],\"input_type\":\"x\"}",
        "{\"texts\":[\"a\"],\"texts\":[\"b\"]}",
        "{\"texts\":[\"a\"],\"images\":[\"data:image/png;base64,AA==\"]}",
        "{\"inputs\":[{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}]}",
        "{\"texts\":[\"a\"],\"input_type\":\"x\"} ,",
        "{\"texts\":[\"a\"",
        "[\"a\"]",
        ""
      })
  void of_whenTheBodyIsNotKnownToBeSafe_isNull(String body) {
    assertThat(CohereBatch.of(request(body), BY_TEXT)).isNull();
  }

  @Test
  void of_whenTheRequestIsMoreThanABody_isNull() {
    InvokeModelRequest request = request(BODY);
    assertThat(
            List.of(
                request.toBuilder().guardrailIdentifier("g").guardrailVersion("1").build(),
                request.toBuilder().accept("application/cbor").build(),
                request.toBuilder().contentType("text/plain").build(),
                request("{\"texts\":[\"a\"],\"input_type\":\"" + "x".repeat(4096) + "\"}"),
                InvokeModelRequest.builder().modelId(MODEL).build(),
                InvokeModelRequest.builder().body(request.body()).build()))
        .allSatisfy(other -> assertThat(CohereBatch.of(other, BY_TEXT)).isNull());
    assertThat(
            CohereBatch.of(
                request.toBuilder().accept("*/*").contentType("application/json").build(), BY_TEXT))
        .isNotNull();
  }

  @Test
  void of_whenThereAreAsManyTextsAsBedrockTakes_isNotNull() {
    assertThat(batch(96).size()).isEqualTo(96);
    String more = "{\"texts\":[" + "\"a\",".repeat(96) + "\"a\"]}";
    assertThat(CohereBatch.of(request(more), BY_TEXT)).isNull();
  }

  @Test
  void only_ofOneText_hasTheKeyOfARequestForThatText() {
    String part = text(batch(BODY).only(1));
    String single = "{\"input_type\":\"x\",\"texts\":[\"b\\u00e4\"]}";
    assertThat(canonical(part)).isEqualTo(canonical(single));
  }

  private static String canonical(String body) {
    CanonicalJson json = CanonicalJson.of(SdkBytes.fromUtf8String(body).asByteArray());
    assertThat(json.canonical()).isTrue();
    return SdkBytes.fromByteArray(Arrays.copyOf(json.buffer(), json.length())).asUtf8String();
  }

  private static String text(InvokeModelRequest request) {
    return request.body().asUtf8String();
  }

  @Test
  void only_ofSomeTexts_keepsTheRestByteForByte() {
    assertThat(text(batch("{ \"truncate\":null,\"texts\":[\"a\",\"b\",\"c\"] }").only(0, 2)))
        .isEqualTo("{ \"truncate\":null,\"texts\":[\"a\",\"c\"] }");
  }

  @Test
  void only_whenTheCallerHasOverwrittenItsArray_isUnchanged() {
    byte[] own = BODY.getBytes(UTF_8);
    InvokeModelRequest request =
        request(BODY).toBuilder().body(SdkBytes.fromByteArrayUnsafe(own)).build();
    CohereBatch batch = Objects.requireNonNull(CohereBatch.of(request, BY_TEXT));
    Arrays.fill(own, (byte) 'x');
    assertThat(text(batch.only(0))).contains("[\"a\"]");
  }

  @Test
  void apart_whenTheAnswerIsKnown_givesEachTextItsOwnWithAShareOfTheTokens() throws IOException {
    InvokeModelResponse whole =
        counted(
            "{\"id\":\"1\", \"embeddings\":[[-0.0, 1.50],[2E-4]],\"response_type\":\"r\"}", "10");
    List<InvokeModelResponse> parts = batch(BODY).apart(whole, 0, 1);
    assertThat(parts)
        .extracting(CohereBatchTest::text)
        .containsExactly(
            "{\"id\":\"1\",\"embeddings\":[[-0.0, 1.50]],\"response_type\":\"r\"}",
            "{\"id\":\"1\",\"embeddings\":[[2E-4]],\"response_type\":\"r\"}");
    assertThat(parts)
        .extracting(
            part ->
                part.sdkHttpResponse()
                    .firstMatchingHeader("x-amzn-bedrock-input-token-count")
                    .orElse(""))
        .containsExactly("2", "8"); // by the lengths of "a" and "b\u00e4" as written: 3 and 9
    assertThat(parts).extracting(p -> p.responseMetadata().requestId()).containsOnly("id-7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1e3", "99999999999999", "seven"})
  void apart_whenTheTokensAreNotCounted_saysNothingOfThem(String tokens) throws IOException {
    InvokeModelResponse whole = counted("{\"embeddings\":[[1],[2]]}", tokens);
    assertThat(batch(BODY).apart(whole, 0, 1))
        .extracting(CacheableOperations.INVOKE_MODEL::usage)
        .containsOnlyNulls();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"embeddings\":[[1]]}",
        "{\"embeddings\":[[1],[2],[3]]}",
        "{\"embeddings\":[[1],[2]],\"texts\":[\"a\"]}",
        "{\"embeddings\":[[1],[2]],\"texts\":[]}",
        "{\"embeddings\":[[1],[2]],\"texts\":\"ab\"}",
        "{\"embeddings\":[[1],2]}",
        "{\"embeddings\":[[1],null]}",
        "{\"embeddings\":[[1],[2]],\"meta\":{}}",
        "{\"embeddings\":[[1],[2]],\"amazon-bedrock-guardrailAction\":\"NONE\"}",
        "{\"embeddings\":{}}",
        "{\"embeddings\":{\"float\":null}}",
        "{\"embeddings\":{\"float\":[[1],[2]],\"int8\":[[1]]}}",
        "{\"embeddings\":{\"\":[[1],[2]]}}",
        "{\"embeddings\":\"AAAA\"}",
        "{\"embeddings\":null}",
        "{\"id\":\"1\"}",
        "{\"embeddings\":[[1],[2]]",
        ""
      })
  void apart_whenThereIsNotOneVectorForEachText_throws(String body) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> batch(BODY).apart(response(body), 0, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"embeddings\":[[1]]} | {\"embeddings\":[[2]]} | true",
        "{\"embeddings\":[[1]]} | {\"embeddings\":{\"float\":[[2]]}} | false",
        "{\"embeddings\":[[1]]} | {\"embeddings\":[[2]],\"texts\":[\"b\"]} | false",
        "{\"embeddings\":[[1]],\"response_type\":\"r\"} | {\"embeddings\":[[2]]} | false",
        "{\"embeddings\":[[1]]} | {\"embeddings\":[[2]],\"response_type\":\"r\"} | false",
        "{\"embeddings\":[[1]],\"id\":\"1\"} | {\"embeddings\":[[2]]} | true",
        "{\"embeddings\":{\"a\":[[1]],\"b\":null}} | {\"embeddings\":{\"b\":null,\"a\":[[2]]}} | true",
        "{\"embeddings\":{\"a\":[[1]],\"b\":null}} | {\"embeddings\":{\"a\":[[2]],\"b\":[[1]]}} | false",
        "{\"embeddings\":{\"a\":[[1]]}} | {\"embeddings\":{\"a\":[[2]],\"b\":[[1]]}} | false",
        "{\"embeddings\":[[1]]} | {\"embeddings\":[[2],[3]]} | false"
      })
  void together_whenTheFormsDiffer_throws(String one, String other, boolean alike)
      throws IOException {
    List<InvokeModelResponse> answers = List.of(response(one), response(other));
    assertThat(batch(BODY).areAlike(answers)).isEqualTo(alike);
    if (alike) {
      assertThat(text(batch(BODY).together(answers.get(0), answers))).contains("[1]", "[2]");
    } else {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> batch(BODY).together(answers.get(0), answers));
    }
  }

  @Test
  void unpaid_changesTheCountAlone() {
    InvokeModelResponse whole = counted("{\"embeddings\":[[1],[2]]}", "10");
    InvokeModelResponse unpaid = batch(BODY).unpaid(whole);
    assertThat(unpaid.body()).isEqualTo(whole.body());
    assertThat(unpaid.sdkHttpResponse().firstMatchingHeader("x-amzn-bedrock-input-token-count"))
        .contains("0");
    assertThat(unpaid.responseMetadata().requestId()).isEqualTo("id-7");
  }

  /** Taken apart and put together in any order, each vector keeps its bytes. */
  @Property(tries = 200)
  void together_whateverTheVectors_isWhatWasTakenApart(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = -9999, max = 9999) Integer> numbers,
      @ForAll @StringLength(max = 8) String id,
      @ForAll boolean byType,
      @ForAll boolean echo)
      throws IOException {
    InvokeModelResponse whole = response(body(numbers, id, byType, echo));
    CohereBatch batch = batch(numbers.size());
    List<InvokeModelResponse> parts =
        batch.apart(whole, IntStream.range(0, numbers.size()).toArray());
    assertThat(text(batch.together(parts.get(0), parts))).isEqualTo(text(whole));
    List<InvokeModelResponse> reversed = new ArrayList<>(parts);
    Collections.reverse(reversed);
    List<Integer> backwards = new ArrayList<>(numbers);
    Collections.reverse(backwards);
    assertThat(text(batch.together(whole, reversed))).isEqualTo(body(backwards, id, byType, echo));
  }

  private static String body(List<Integer> numbers, String id, boolean byType, boolean echo) {
    String vectors =
        numbers.stream()
            .map(number -> "[" + number + "e-3, 0.10]")
            .collect(Collectors.joining(",", "[", "]"));
    String texts =
        numbers.stream().map(number -> "\"" + number + "\"").collect(Collectors.joining(","));
    return "{\"embeddings\":"
        + (byType ? "{\"float\":" + vectors + ",\"int8\":null}" : vectors)
        + ",\"id\":\""
        + id.replaceAll("[^a-z0-9]", "_")
        + "\""
        + (echo ? ",\"texts\":[" + texts + "]" : "")
        + "}";
  }

  /** Bedrock's own answers, taken apart and put together, are the same bytes. */
  @Test
  void together_ofRecordedAnswers_isWhatBedrockSent() throws IOException {
    JsonNodeParser json = JsonNodeParser.create();
    int seen = 0;
    for (String line : Files.readAllLines(Recordings.file("bedrock-open.jsonl"))) {
      JsonNode recording = json.parse(line);
      String body =
          recording.asObject().containsKey("responseBodyText")
              ? Recordings.member(recording, "responseBodyText").asString()
              : "";
      if (body.contains("\"embeddings_floats\"") || body.contains("\"embeddings_by_type\"")) {
        int texts = Recordings.member(json.parse(body), "texts").asArray().size();
        CohereBatch batch = batch(texts);
        List<InvokeModelResponse> parts =
            batch.apart(response(body), IntStream.range(0, texts).toArray());
        assertThat(text(batch.together(response(body), parts))).isEqualTo(body);
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(15);
  }

  /** Requests that were made to Bedrock are taken apart, except the one that it refused. */
  @Test
  void of_recordedRequests_takesThemApart() throws IOException {
    JsonNodeParser json = JsonNodeParser.create();
    int seen = 0;
    for (String line : Files.readAllLines(Recordings.file("bedrock-open.jsonl"))) {
      JsonNode recording = json.parse(line);
      JsonNode model = recording.asObject().get("modelId");
      JsonNode sent = recording.asObject().get("requestBodyText");
      if (model != null && model.isString() && model.asString().contains("cohere.embed")) {
        InvokeModelRequest request =
            request(Objects.requireNonNull(sent).asString()).toBuilder()
                .modelId(model.asString())
                .build();
        assertThat(CohereBatch.of(request, BY_TEXT)).isNotNull();
        seen++;
      }
    }
    assertThat(seen).isGreaterThan(15);
  }
}
