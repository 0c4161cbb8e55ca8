package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds hold without Jackson's own, which depend on its version. */
class BoundedParserTest {

  @ParameterizedTest
  @ValueSource(strings = {"usage", "unknown", "deeply.unknown"})
  void outline_whenABodyHasTooManyTokens_isRefused(String member) {
    String[] names = member.split("\\.", -1);
    String opening = "{\"" + String.join("\":{\"", names) + "\":[1";
    String closing = "]" + "}".repeat(names.length);

    assertThatCode(() -> outline(opening + ",1".repeat(900_000) + closing))
        .doesNotThrowAnyException();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> outline(opening + ",1".repeat(1_000_000) + closing))
        .withMessageContaining("tokens");
  }

  private static void outline(String json) throws IOException {
    ShallowJson.object(json.getBytes(UTF_8));
  }

  @Test
  void nextToken_afterAMillionTokens_throws() throws IOException {
    String list = "[" + "1,".repeat(999_998) + "1]"; // with its brackets, 1,000,001 tokens
    try (JsonParser in = SdkJson.parser(list.getBytes(UTF_8))) {
      for (int i = 0; i < 1_000_000; i++) {
        assertThat(in.nextToken()).isNotNull();
      }
      assertThatExceptionOfType(IOException.class).isThrownBy(in::nextToken);
    }
  }

  @Test
  void skipChildren_beforeTheFirstToken_throws() throws IOException {
    try (JsonParser in = SdkJson.parser("[]".getBytes(UTF_8))) {
      assertThatExceptionOfType(IOException.class).isThrownBy(in::skipChildren);
    }
  }

  @Test
  void parser_whenABodyIsAsLongAsMayBe_isReturned() throws IOException {
    assertThat(SdkJson.parser(new byte[64 << 20])).isNotNull();
  }

  @Test
  void parser_whenABodyIsTooLong_isRefused() {
    byte[] json = new byte[(64 << 20) + 1];
    Arrays.fill(json, (byte) ' ');
    json[0] = '{';
    json[1] = '}';

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> SdkJson.parser(json))
        .withMessageContaining("longer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "\"a\"", "[]", "{}", "[[1],{\"b\":[2]}]", "{\"b\":{\"c\":[]}}"})
  void skipChildren_whenAValueIsWhole_endsAtItsLastToken(String value) throws IOException {
    try (JsonParser in = SdkJson.parser(("{\"a\":" + value + ",\"z\":0}").getBytes(UTF_8))) {
      in.nextToken();
      in.nextToken();
      in.nextToken();
      in.skipChildren();
      assertThat(in.nextToken()).isEqualTo(JsonToken.FIELD_NAME);
      assertThat(in.currentName()).isEqualTo("z");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "[1", "{", "{\"b\":[]"})
  void skipChildren_whenAValueIsCutOff_throws(String value) throws IOException {
    try (JsonParser in = SdkJson.parser(("{\"a\":" + value).getBytes(UTF_8))) {
      in.nextToken();
      in.nextToken();
      in.nextToken();
      assertThatExceptionOfType(IOException.class).isThrownBy(in::skipChildren);
    }
  }
}
