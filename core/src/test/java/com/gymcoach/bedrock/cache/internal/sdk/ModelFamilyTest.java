package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.wire.BodyOutline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** Every family's answers, whole, cut off and damaged. */
class ModelFamilyTest {
  private static final List<Answer> ANSWERS = read();

  /** What becomes of an answer is null where it is kept. */
  private record Answer(String modelId, @Nullable CacheReason fate, String body) {
    static Answer parse(String line) {
      String[] parts = line.split(" ", 3);
      CacheReason fate = parts[1].equals("KEPT") ? null : CacheReason.valueOf(parts[1]);
      return new Answer(parts[0], fate, parts[2]);
    }
  }

  static Stream<Answer> answers() {
    return ANSWERS.stream();
  }

  static Stream<Answer> kept() {
    return answers().filter(answer -> answer.fate() == null);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void f37_answer_isKeptOnlyWhereComplete(Answer answer) {
    assertThat(admission(answer.modelId(), answer.body().getBytes(UTF_8))).isEqualTo(answer.fate());
  }

  @ParameterizedTest
  @MethodSource("kept")
  void f35_everyTruncationOfCompleteAnswer_isRefused(Answer answer) {
    byte[] body = answer.body().getBytes(UTF_8);
    for (int length = 0; length < body.length; length++) {
      assertThat(admission(answer.modelId(), Arrays.copyOf(body, length)))
          .as("%s bytes of %s", length, answer)
          .isEqualTo(CacheReason.INCOMPLETE_BODY);
    }
  }

  @ParameterizedTest
  @MethodSource("kept")
  void f36_completeAnswerWithInvalidJson_isRefused(Answer answer) {
    String body = answer.body();
    for (String invalid :
        List.of(
            body + "}",
            body + body,
            "[" + body + "]",
            body.replace('"', '\''),
            body.replaceFirst(":", "="),
            body.replaceFirst("\\{", "{,"),
            body.substring(0, body.length() - 1) + ",}",
            "<html>Bad gateway</html>")) {
      assertThat(admission(answer.modelId(), invalid.getBytes(UTF_8)))
          .as(invalid)
          .isEqualTo(CacheReason.INCOMPLETE_BODY);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n"})
  void f34_emptyBody_isRefused(String body) {
    assertThat(ANSWERS)
        .allMatch(a -> admission(a.modelId(), body.getBytes(UTF_8)) == CacheReason.INCOMPLETE_BODY);
  }

  /** A family is decided on by one of its answers that is kept and by one that is not. */
  @Test
  void everyFamily_hasCompleteAnswerAndAnotherOne() {
    for (ModelFamily family : ModelFamily.FAMILIES) {
      List<Answer> own =
          answers()
              .filter(
                  answer -> family.decidesOn(ModelFamily.bare(answer.modelId()), outline(answer)))
              .toList();

      assertThat(own).as("kept, of %s", family).anyMatch(answer -> answer.fate() == null);
      assertThat(own).as("refused, of %s", family).anyMatch(answer -> answer.fate() != null);
    }
  }

  private static BodyOutline outline(Answer answer) {
    try {
      BodyOutline outline = new BodyOutline();
      outline.add(answer.body().getBytes(UTF_8));
      return outline;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable CacheReason admission(String modelId, byte[] body) {
    return CacheableOperations.INVOKE_MODEL.admission(
        InvokeModelRequest.builder().modelId(modelId).build(),
        InvokeModelResponse.builder().body(SdkBytes.fromByteArrayUnsafe(body)).build(),
        OptIns.NONE);
  }

  private static List<Answer> read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    ModelFamilyTest.class.getResourceAsStream("/invoke-model-answers.txt")),
                UTF_8))) {
      return lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Answer::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
