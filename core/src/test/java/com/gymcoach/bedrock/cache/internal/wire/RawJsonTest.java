package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawJsonTest {
  private static Map<String, RawJson> object(String json) throws IOException {
    return RawJson.object(json.getBytes(UTF_8));
  }

  private static RawJson member(String json) throws IOException {
    return Objects.requireNonNull(object("{\"a\":" + json + "}").get("a"));
  }

  private static String written(RawJson value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    value.writeTo(out);
    return out.toString(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-0.0",
        "1.8572807E-4",
        "0.100",
        "\"\\u00e4 ä \\\" \\\\ 😀\"",
        "null",
        "true",
        "false",
        "[ 1 , [ ], {\"b\" : [ 2.50 ] } ]",
        "{\"x\\u0078\":1}"
      })
  void member_whateverItIs_isWrittenAsItWas(String value) throws IOException {
    Map<String, RawJson> members = object(" { \"z\" : 1 , \"a\" : " + value + " , \"b\":[]}\n");
    assertThat(members.keySet()).containsExactly("z", "a", "b");
    RawJson member = Objects.requireNonNull(members.get("a"));
    assertThat(written(member)).isEqualTo(value);
    assertThat(member.length()).isEqualTo(value.getBytes(UTF_8).length);
    assertThat(member.isNull()).isEqualTo(value.equals("null"));
    assertThat(member.isText()).isEqualTo(value.startsWith("\""));
    assertThat(member.isList()).isEqualTo(value.startsWith("["));
    assertThat(member.isObject()).isEqualTo(value.startsWith("{"));
    assertThat(member.isWrittenAs(member(value))).isTrue();
    assertThat(member.isWrittenAs(member("[" + value + "]"))).isFalse();
    assertThat(member.isWrittenAs(null)).isFalse();
    String before = " { \"z\" : 1 , \"a\" : ";
    assertThat(member.from()).isEqualTo(before.length());
    assertThat(member.to()).isEqualTo(before.length() + member.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"a\":1",
        "{\"a\":1}\0",
        "{}x",
        "{\"a",
        "{xa\":1}",
        "{\"a\":{xb\":1}}",
        "{\"a\":{\"b}}",
        "{\"a\":{1:2}}",
        "\f{}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":\"\n\"}",
        "{\"a\":1}x",
        "{\"a\":1}{}",
        "{\"a\":1,\"a\":2}",
        "{\"\\u0061\":1}",
        "{a:1}",
        "\ufeff{}"
      })
  void object_whenItIsNotExactlyOneStrictObject_throws(String json) {
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> object(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\t", "\n", "\r", " \r\n\t "})
  void object_whateverWhiteSpaceIsBetween_isRead(String gap) throws IOException {
    String json = String.join(gap, "", "{", "\"a\"", ":", "[", "1", ",", "2", "]", "}", "");
    assertThat(Objects.requireNonNull(object(json).get("a")).elements(2))
        .extracting(RawJsonTest::written)
        .containsExactly("1", "2");
  }

  @Test
  void object_whenItIsEmpty_hasNoMembers() throws IOException {
    assertThat(object("{}")).isEmpty();
    assertThat(member("{ }").members()).isEmpty();
  }

  @Test
  void members_whenItIsAnObjectWithinTheBody_areItsOwn() throws IOException {
    Map<String, RawJson> members = member("{\"x\":1,\"y\":\"2\"}").members();
    assertThat(members.keySet()).containsExactly("x", "y");
    assertThat(written(Objects.requireNonNull(members.get("y")))).isEqualTo("\"2\"");
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> member("[1]").members());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"b\":"})
  void object_whenAMemberNestsOver16Levels_throws(String open) throws IOException {
    String close = open.equals("[") ? "]" : "}";
    assertThat(object("{\"a\":" + open.repeat(16) + "1" + close.repeat(16) + "}")).hasSize(1);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> member(open.repeat(17) + "1" + close.repeat(17)));
  }

  @Test
  void object_whenItNestsDeep_throwsInsteadOfOverflowing() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> member(deep));
  }

  @Test
  void object_whenItHasManyMembers_throws() throws IOException {
    assertThat(object(members(32))).hasSize(32);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> object(members(33)));
  }

  private static String members(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"m" + i + "\":" + i)
        .collect(Collectors.joining(",", "{", "}"));
  }

  @Test
  void object_whenItIsNotUtf8_throws() {
    byte[] json = "{\"a\":\"?\"}".getBytes(UTF_8);
    json[6] = (byte) 0xFF;
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> RawJson.object(json));
  }

  @Test
  void elements_whenThereAreMoreThanAllowed_throws() throws IOException {
    List<RawJson> elements = member("[ [1,2] , \"x\" ]").elements(2);
    assertThat(elements).extracting(RawJsonTest::written).containsExactly("[1,2]", "\"x\"");
    assertThat(member("[]").elements(0)).isEmpty();
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> member("[1,2,3]").elements(2));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> member("{}").elements(2));
  }
}
