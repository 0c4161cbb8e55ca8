package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;

/** Answers of every kind of model, single and streamed: whole, cut off, empty and damaged. */
class ModelBodyTest {
  private static final String PROFILE =
      "arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/1arbu5hu2sjr";
  private static final OptIns TOOL_USE = new OptIns(true, false, false);
  private static final OptIns UNKNOWN_MODELS = new OptIns(false, false, true);
  private static final String METRICS =
      "\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":7,\"outputTokenCount\":4}";

  private static final List<Answer> SINGLE = read("/invoke-model-answers.txt");
  private static final List<Answer> STREAMED = read("/invoke-model-streams.txt");

  /** What models with these ids can do, and so what the answers above must hold of each. */
  private static final Map<String, Set<CacheReason>> FATES =
      Map.ofEntries(
          chat("ai21.jamba"),
          text("ai21.j2"),
          chat("amazon.nova-lite", "amazon.nova-micro"),
          text("amazon.titan-text"),
          chat("anthropic.claude-3", "anthropic.claude-sonnet"),
          text("anthropic.claude-v2", "anthropic.claude-instant"),
          text("cohere.command-text", "cohere.command-light"),
          chat("cohere.command-r"),
          chat("deepseek.v3"),
          text("us.deepseek.r1"),
          chat("google."),
          text("meta.llama3", "us.meta.llama3"),
          chat("minimax."),
          text("mistral.mistral-7b", "mistral.mixtral"),
          chat("mistral.mistral-large"),
          chat("moonshot."),
          chat("moonshotai."),
          chat("nvidia."),
          chat("openai."),
          chat("qwen."),
          text("twelvelabs.pegasus", "us.twelvelabs.pegasus"),
          chat("us.writer."),
          chat("zai."),
          noText("amazon.nova-2-multimodal-embeddings"),
          noText("amazon.nova-canvas"),
          noText("amazon.rerank"),
          noText("amazon.titan-embed"),
          noText("amazon.titan-image"),
          noText("cohere.embed"),
          noText("cohere.rerank"),
          noText("stability.sd3"),
          noText("stability.stable-diffusion-xl"),
          noText("twelvelabs.marengo"));

  /** What becomes of an answer is null where it is kept. A single one is one chunk. */
  private record Answer(
      String modelId, @Nullable CacheReason fate, List<String> chunks, boolean streamed) {
    static Answer parse(String line, boolean streamed) {
      String[] parts = streamed ? line.split("\t", -1) : line.split(" ", 3);
      String[] head = parts[0].split(" ", -1);
      String fate = streamed ? head[1] : parts[1];
      return new Answer(
          head[0],
          fate.equals("KEPT") ? null : CacheReason.valueOf(fate),
          streamed
              ? Stream.of(parts).skip(1).map(chunk -> chunk.replace("METRICS", METRICS)).toList()
              : List.of(parts[2]),
          streamed);
    }

    @Nullable CacheReason admission(String modelId, OptIns optIns) {
      return streamed
          ? stream(modelId, chunks, optIns)
          : single(modelId, chunks.get(0).getBytes(UTF_8), optIns);
    }
  }

  private static Map.Entry<String, Set<CacheReason>> chat(String... models) {
    return Map.entry(
        String.join(",", models),
        EnumSet.of(CacheReason.MAX_TOKENS, CacheReason.EMPTY_ANSWER, CacheReason.TOOL_USE));
  }

  private static Map.Entry<String, Set<CacheReason>> text(String... models) {
    return Map.entry(
        String.join(",", models), EnumSet.of(CacheReason.MAX_TOKENS, CacheReason.EMPTY_ANSWER));
  }

  private static Map.Entry<String, Set<CacheReason>> noText(String model) {
    return Map.entry(model, EnumSet.of(CacheReason.EMPTY_ANSWER));
  }

  static Stream<Answer> answers() {
    return Stream.concat(SINGLE.stream(), STREAMED.stream());
  }

  static Stream<Answer> kept() {
    return SINGLE.stream().filter(answer -> answer.fate() == null);
  }

  static Stream<Answer> keptStreams() {
    return STREAMED.stream().filter(answer -> answer.fate() == null);
  }

  static Stream<Answer> askingForATool() {
    return answers().filter(answer -> answer.fate() == CacheReason.TOOL_USE);
  }

  /** Answers that are refused for a fault in the body, not for a member that is missing. */
  static Stream<Answer> refusedByTheirShape() {
    return answers()
        .filter(answer -> answer.fate() != null)
        .filter(answer -> answer.fate() != CacheReason.INCOMPLETE_BODY)
        .filter(answer -> answer.fate() != CacheReason.UNKNOWN_MODEL_FAMILY);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void f37_answer_isKeptOnlyWhereComplete(Answer answer) {
    assertThat(answer.admission(answer.modelId(), OptIns.NONE)).isEqualTo(answer.fate());
  }

  @ParameterizedTest
  @MethodSource("answers")
  void admission_whenTheIdDoesNotTellTheModel_isTheSameByTheShape(Answer answer) {
    CacheReason byShape = answer.admission(PROFILE, OptIns.NONE);
    if (answer.fate() == CacheReason.INCOMPLETE_BODY) {
      assertThat(byShape).isIn(CacheReason.INCOMPLETE_BODY, CacheReason.UNKNOWN_MODEL_FAMILY);
    } else if (answer.fate() == CacheReason.EMPTY_ANSWER) {
      assertThat(byShape).isIn(CacheReason.EMPTY_ANSWER, CacheReason.UNKNOWN_MODEL_FAMILY);
    } else {
      assertThat(byShape).isEqualTo(answer.fate());
    }
  }

  @ParameterizedTest
  @MethodSource("refusedByTheirShape")
  void admission_whenPolicyCachesUnknownModels_stillRefuses(Answer answer) {
    assertThat(answer.admission(PROFILE, UNKNOWN_MODELS)).isEqualTo(answer.fate());
    assertThat(answer.admission("acme.trainer", UNKNOWN_MODELS)).isEqualTo(answer.fate());
  }

  @ParameterizedTest
  @MethodSource("askingForATool")
  void admission_whenPolicyCachesToolUse_keepsIt(Answer answer) {
    assertThat(answer.admission(answer.modelId(), TOOL_USE)).isNull();
    assertThat(answer.admission(PROFILE, TOOL_USE)).isNull();
  }

  @Test
  void admission_whenNothingIsRecognised_needsThePolicysWord() {
    List<Answer> unknown =
        answers().filter(a -> a.fate() == CacheReason.UNKNOWN_MODEL_FAMILY).toList();
    assertThat(unknown).hasSizeGreaterThan(2);
    assertThat(unknown)
        .allSatisfy(
            answer -> {
              assertThat(answer.admission(PROFILE, OptIns.NONE)).isEqualTo(answer.fate());
              assertThat(answer.admission(PROFILE, UNKNOWN_MODELS)).isNull();
              assertThat(answer.admission("openai.gpt-oss-120b-1:0", UNKNOWN_MODELS))
                  .as("a model whose answers say how they ended")
                  .isNotNull();
            });
  }

  /** A model that a setting names behind an ARN is judged as that model. */
  @Test
  void admission_whenASettingNamesTheModel_isThatModels() {
    byte[] body = "{\"answer\":\"Lift.\"}".getBytes(UTF_8);
    assertThat(single(PROFILE, body, UNKNOWN_MODELS)).isNull();
    assertThat(single(PROFILE, body, UNKNOWN_MODELS.of("us.anthropic.claude-sonnet-4-6")))
        .isEqualTo(CacheReason.INCOMPLETE_BODY);
  }

  @ParameterizedTest
  @MethodSource("kept")
  void f35_everyTruncationOfCompleteAnswer_isRefused(Answer answer) {
    byte[] body = answer.chunks().get(0).getBytes(UTF_8);
    for (int length = 0; length < body.length; length++) {
      assertThat(single(answer.modelId(), Arrays.copyOf(body, length), OptIns.NONE))
          .as("%s bytes of %s", length, answer)
          .isEqualTo(CacheReason.INCOMPLETE_BODY);
    }
  }

  @ParameterizedTest
  @MethodSource("keptStreams")
  void f35_everyTruncationOfCompleteStream_isRefused(Answer answer) {
    for (int length = 0; length < answer.chunks().size(); length++) {
      assertThat(stream(answer.modelId(), answer.chunks().subList(0, length), UNKNOWN_MODELS))
          .as("%s chunks of %s", length, answer)
          .isEqualTo(CacheReason.INCOMPLETE_BODY);
    }
    List<String> goingOn = Stream.concat(answer.chunks().stream(), Stream.of("{}")).toList();
    assertThat(stream(answer.modelId(), goingOn, UNKNOWN_MODELS))
        .isEqualTo(CacheReason.INCOMPLETE_BODY);
  }

  @ParameterizedTest
  @MethodSource("kept")
  void f36_completeAnswerWithInvalidJson_isRefused(Answer answer) {
    String body = answer.chunks().get(0);
    String first = body.substring(1, body.indexOf(':'));
    for (String invalid :
        List.of(
            body + "}",
            body + body,
            "[" + body + "]",
            body.replace('"', '\''),
            body.replaceFirst(":", "="),
            body.replaceFirst("\\{", "{,"),
            body.substring(0, body.length() - 1) + ",}",
            body.substring(0, body.length() - 1) + "," + first + ":1}",
            "<html>Bad gateway</html>")) {
      assertThat(single(answer.modelId(), invalid.getBytes(UTF_8), OptIns.NONE))
          .as(invalid)
          .isEqualTo(CacheReason.INCOMPLETE_BODY);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "{}"})
  void f34_emptyBody_isRefused(String body) {
    assertThat(SINGLE)
        .allSatisfy(
            a ->
                assertThat(single(a.modelId(), body.getBytes(UTF_8), UNKNOWN_MODELS))
                    .isEqualTo(CacheReason.INCOMPLETE_BODY));
  }

  /** No kind of model is taken for known without an answer of each fate that it can have. */
  @Test
  void everyKindOfModel_hasAnswersOfEachFate() {
    FATES.forEach(
        (models, refusals) -> {
          assertFates(models, SINGLE, refusals);
          if (refusals.contains(CacheReason.MAX_TOKENS) && !models.startsWith("ai21.j2")) {
            assertFates(models, STREAMED, refusals);
          }
        });
    for (String known : ModelIds.KNOWN) {
      assertThat(FATES.keySet())
          .as(known)
          .anyMatch(models -> models.startsWith(known) || models.startsWith("us." + known));
    }
  }

  private static void assertFates(String models, List<Answer> answers, Set<CacheReason> refusals) {
    List<String> ids = List.of(models.split(",", -1));
    Set<@Nullable CacheReason> fates =
        answers.stream()
            .filter(answer -> ids.stream().anyMatch(id -> answer.modelId().contains(id)))
            .map(Answer::fate)
            .collect(Collectors.toSet());
    assertThat(fates).as(models).contains((CacheReason) null).containsAll(refusals);
  }

  private static @Nullable CacheReason single(String modelId, byte[] body, OptIns optIns) {
    return CacheableOperations.INVOKE_MODEL.admission(
        InvokeModelRequest.builder().modelId(modelId).build(),
        InvokeModelResponse.builder().body(SdkBytes.fromByteArrayUnsafe(body)).build(),
        optIns);
  }

  private static @Nullable CacheReason stream(String modelId, List<String> chunks, OptIns optIns) {
    List<ResponseStream> events =
        chunks.stream()
            .map(
                chunk ->
                    (ResponseStream)
                        ResponseStream.chunkBuilder().bytes(SdkBytes.fromUtf8String(chunk)).build())
            .toList();
    return CacheableOperations.INVOKE_MODEL_STREAM.admission(
        InvokeModelWithResponseStreamRequest.builder().modelId(modelId).build(),
        Streamed.of(InvokeModelWithResponseStreamResponse.builder().build(), events, 1),
        optIns);
  }

  private static List<Answer> read(String resource) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(ModelBodyTest.class.getResourceAsStream(resource)),
                UTF_8))) {
      return lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> Answer.parse(line, resource.contains("streams")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
