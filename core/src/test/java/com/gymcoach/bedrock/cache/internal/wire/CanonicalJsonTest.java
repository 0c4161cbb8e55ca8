package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                  | {}
          [ ]                                 | [ ]
          { }                                 | {}
          1                                   | 1
          "a b"                               | "a b"
          {"b":1,"a":2}                       | {"a":2,"b":1}
          {"a":1,"b":2}                       | {"a":1,"b":2}
          {"b" : 1 , "a" : [ 1 , 2 ] }        | {"a":[1,2],"b":1}
          {"b":{"d":1,"c":2},"a":{"f":1,"e":2}} | {"a":{"e":2,"f":1},"b":{"c":2,"d":1}}
          [{"b":1,"a":2},{"d":1,"c":2}]       | [{"a":2,"b":1},{"c":2,"d":1}]
          {"aa":1,"a":2,"":3}                 | {"":3,"a":2,"aa":1}
          {"b":1,"\\u0061":2}                 | {"\\u0061":2,"b":1}
          {"é":1,"z":2}                       | {"z":2,"é":1}
          {"😀":1,"\\uffff":2}                | {"\\uffff":2,"😀":1}
          {"\\ud83d\\ude00":1,"\\uffff":2}    | {"\\uffff":2,"\\ud83d\\ude00":1}
          {"\\udc00":1,"\\ud800":2,"\\ud800a":3} | {"\\ud800":2,"\\ud800a":3,"\\udc00":1}
          {"\\ud800":1,"?":2,"\\ufffd":3}        | {"?":2,"\\ud800":1,"\\ufffd":3}
          {"a":1.0,"A":1e0}                   | {"A":1e0,"a":1.0}
          [ 1e+5 , 1E-5 , -0.5e5 ]            | [1e+5,1E-5,-0.5e5]
          {"a":"\\u0041"}                     | {"a":"\\u0041"}
          """)
  void of_whenJson_sortsNamesAndDropsWhiteSpace(String text, String expected) {
    assertThat(canonical(text)).contains(expected.equals("[ ]") ? "[]" : expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "[}",
        "{]",
        "[1}",
        "{\"a\":1]",
        "1 2",
        "1}",
        "1},1",
        "{}},1",
        "1]",
        "{}{}",
        "{}}",
        "[]]",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "Infinity",
        "-Infinity",
        "tru",
        "truee",
        "nul",
        "True",
        "\"",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\",
        "\"\t\"",
        "\"\n\"",
        "\"\u0000\"",
        "{\"a\\\":1}",
        "// comment\n1",
        "\ufeff1",
        "\u00a01",
        "-01",
        "1.e3"
      })
  void of_whenNotJson_keepsTheBytes(String text) {
    byte[] body = text.getBytes(UTF_8);

    CanonicalJson json = CanonicalJson.of(body);

    assertThat(json.canonical()).isFalse();
    assertThat(json.buffer()).isSameAs(body);
    assertThat(json.length()).isEqualTo(body.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0080",
        "\u00bf",
        "\u00c0\u0080",
        "\u00c1\u00bf",
        "\u00c3",
        "\u00c3a",
        "\u00e0\u0080\u0080",
        "\u00e0\u009f\u00bf",
        "\u00ed\u00a0\u0080",
        "\u00ed\u00bf\u00bf",
        "\u00e2\u0082",
        "\u00e2\u0082a",
        "\u00f0\u0080\u0080\u0080",
        "\u00f0\u008f\u00bf\u00bf",
        "\u00f4\u0090\u0080\u0080",
        "\u00f5\u0080\u0080\u0080",
        "\u00f0\u009f\u0098",
        "\u00ff",
        "\u00fe"
      })
  void of_whenNotUtf8_keepsTheBytes(String bytes) {
    for (String padding : new String[] {"", "seven..", "a longer run of plain text"}) {
      byte[] value = ("\"" + padding + bytes + "\"").getBytes(ISO_8859_1);
      byte[] name = ("{\"" + padding + bytes + "\":1}").getBytes(ISO_8859_1);

      assertThat(CanonicalJson.of(value).canonical()).isFalse();
      assertThat(CanonicalJson.of(name).canonical()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u00c2\u0080",
        "\u00df\u00bf",
        "\u00e0\u00a0\u0080",
        "\u00ed\u009f\u00bf",
        "\u00ee\u0080\u0080",
        "\u00ef\u00bf\u00bf",
        "\u00f0\u0090\u0080\u0080",
        "\u00f4\u008f\u00bf\u00bf"
      })
  void of_whenUtf8_keepsIt(String bytes) {
    byte[] body = ("\"" + bytes + "\"").getBytes(ISO_8859_1);

    assertThat(CanonicalJson.of(body).canonical()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":1}",
        "{\"b\":1,\"a\":1,\"b\":1}",
        "{\"b\":1,\"c\":2,\"a\":1,\"b\":1}",
        "{\"a\":1,\"\\u0061\":1}",
        "{\"b\":1,\"a\":1,\"\\u0062\":1}",
        "[{\"x\":{\"\\ud83d\\ude00\":1,\"😀\":1}}]",
        "{\"\\u0041\\udc00\":1,\"A\\udc00\":2}",
        "{\"\\ud83d\\u0041\":1,\"\\ud83dA\":2}"
      })
  void of_whenNameOccursTwice_keepsTheBytes(String text) {
    assertThat(canonical(text)).isEmpty();
  }

  /** At each length of an encoded character: the first and the last. */
  @ParameterizedTest
  @ValueSource(
      ints = {1, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x1_0000, 0xF_FFFF, 0x10_FFFF})
  void of_whenNameOccursEscapedAndAsItIs_keepsTheBytes(int character) {
    String name = "a" + Character.toString(character == 1 ? '/' : character);
    StringBuilder escaped = new StringBuilder();
    name.chars().forEach(unit -> escaped.append(String.format("\\u%04x", unit)));

    assertThat(canonical("{\"" + name + "\":1,\"" + escaped + "\":2}")).isEmpty();
  }

  /** They are no pair of surrogates, though they look like one. */
  @ParameterizedTest
  @ValueSource(strings = {"\\ud83dxude00", "\\ud83d\\nde00", "\\ud83d", "\\ude00\\ud83d"})
  void of_whenNameLooksLikeAPair_differsFromThePair(String name) {
    assertThat(canonical("{\"" + name + "\":1,\"\\ud83d\\ude00\":2}")).isPresent();
  }

  @Test
  void of_whenNothingHasToMove_sharesTheBytes() {
    byte[] body = "{\"a\":[1,{\"b\":\"c d\"}],\"e\":null}".getBytes(UTF_8);

    assertThat(CanonicalJson.of(body).buffer()).isSameAs(body);
  }

  @Test
  void of_whenThousandLevels_isCanonical() {
    assertThat(canonical("[".repeat(1000) + "]".repeat(1000))).isPresent();
  }

  @Test
  void of_whenDeeper_keepsTheBytesAndAssumesTheWorst() {
    byte[] body = ("[".repeat(1001) + "]".repeat(1001)).getBytes(UTF_8);

    assertThat(CanonicalJson.of(body).canonical()).isFalse();
    assertThat(CanonicalJson.of(body).volatileReference()).isTrue();
    assertThat(CanonicalJson.of("[".repeat(1_000_000).getBytes(UTF_8)).canonical()).isFalse();
  }

  @Test
  void of_whenSortingWouldMoveEverythingOnceALevel_givesUp() {
    assertThat(canonical(unsortedAtEachLevel(10))).isPresent();
    assertThat(canonical(unsortedAtEachLevel(40))).isEmpty();
    assertThat(volatileReference(unsortedAtEachLevel(40))).isFalse();
    assertThat(volatileReference(unsortedAtEachLevel(40).replace("leaf", "s3://"))).isTrue();
  }

  /** 17 unsorted levels of a text of n bytes move 17 n - 1,666 bytes; the limit is 16 n. */
  @Test
  void of_whenSortingMovesExactlyTheLimit_isCanonical() {
    String atTheLimit = unsortedAtEachLevel(17, 1666);
    assertThat(atTheLimit).hasSize(1666);
    assertThat(canonical(atTheLimit)).isPresent();
    assertThat(canonical(unsortedAtEachLevel(17, 1667))).isEmpty();
  }

  @Test
  void of_whenManyMembers_sortsThem() {
    StringBuilder text = new StringBuilder("{");
    StringBuilder expected = new StringBuilder("{");
    for (int i = 0; i < 20_000; i++) {
      text.append(i == 0 ? "" : ",").append("\"").append(119_999 - i).append("\":").append(i);
      expected.append(i == 0 ? "" : ",").append("\"").append(100_000 + i).append("\":");
      expected.append(19_999 - i);
    }

    assertThat(canonical(text + "}")).contains(expected + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "s3://bucket/key"                           | true
          {"a":[{"uri":"s3://b/k"}]}                  | true
          {"uri":"s3:\\/\\/b/k"}                      | true
          {"uri":"\\u00733://b/k"}                    | true
          {"systemTool":{"name":"nova_grounding"}}    | true
          {"tools":[{"s\\u0079stemTool":{}}]}         | true
          {"a":"s3://b","a":1}                        | true
          {"a":1,"a":1,"b":{"systemTool":1}}          | true
          "s3://"                                     | true
          "s3://\\ud83d\\ude00"                       | true
          "\\u00733:/\\ud83d\\ude00"                  | false
          "s3:/bucket"                                | false
          "see s3://bucket"                           | false
          {"s3://bucket":1}                           | false
          "systemTool"                                | false
          {"systemTools":1}                           | false
          {"systemTook":1}                            | false
          {"a":"s3"}                                  | false
          "\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"       | false
          "S3://bucket"                               | false
          """)
  void volatileReference_seesThroughEscapes(String text, boolean expected) {
    assertThat(volatileReference(text)).isEqualTo(expected);
  }

  @Property(tries = 5000)
  void of_whenShuffled_agreesWithSortedTree(@ForAll Random random) throws IOException {
    Object document = RandomJson.document(random);
    String one = RandomJson.shuffled(document, random);
    String other = RandomJson.shuffled(document, random);

    assertThat(canonical(one))
        .isPresent()
        .isEqualTo(canonical(other))
        .isEqualTo(JsonOracle.canonical(one.getBytes(UTF_8)));
  }

  @Property(tries = 20000)
  void of_whenBytesAreMutated_agreesWithStrictReader(@ForAll Random random) throws IOException {
    byte[] body = RandomJson.shuffled(RandomJson.document(random), random).getBytes(UTF_8);
    String likely = "{}[]\",:\\ue0123456789-+. \ns";
    for (int i = 1 + random.nextInt(3); i > 0 && body.length > 0; i--) {
      int at = random.nextInt(body.length);
      if (random.nextInt(10) == 0) {
        body = Arrays.copyOf(body, at);
      } else if (random.nextBoolean()) {
        body[at] = (byte) likely.charAt(random.nextInt(likely.length()));
      } else {
        body[at] = (byte) random.nextInt(256);
      }
    }

    CanonicalJson json = CanonicalJson.of(body.clone());

    Optional<String> expected = JsonOracle.canonical(body);
    assertThat(json.canonical()).isEqualTo(expected.isPresent());
    assertThat(text(json)).isEqualTo(expected.orElse(new String(body, UTF_8)));
  }

  private static String unsortedAtEachLevel(int levels) {
    return unsortedAtEachLevel(levels, 12 * levels + 1006);
  }

  private static String unsortedAtEachLevel(int levels, int length) {
    String leaf = "\"leaf" + "x".repeat(length - 12 * levels - 6) + "\"";
    return "{\"b\":".repeat(levels) + leaf + ",\"a\":1}".repeat(levels);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://bucket", "systemTool", "S3://bucket", "", " s3://"})
  void isVolatile_ofOneText_isThatOfJsonWithIt(String text) {
    assertThat(CanonicalJson.isVolatileValue(text))
        .isEqualTo(volatileReference("[\"" + text + "\"]"))
        .isEqualTo(text.equals("s3://bucket"));
    assertThat(CanonicalJson.isVolatileName(text))
        .isEqualTo(volatileReference("{\"" + text + "\":1}"))
        .isEqualTo(text.equals("systemTool"));
  }

  private static boolean volatileReference(String text) {
    return CanonicalJson.of(text.getBytes(UTF_8)).volatileReference();
  }

  private static Optional<String> canonical(String text) {
    CanonicalJson json = CanonicalJson.of(text.getBytes(UTF_8));
    return json.canonical() ? Optional.of(text(json)) : Optional.empty();
  }

  private static String text(CanonicalJson json) {
    return new String(json.buffer(), 0, json.length(), UTF_8);
  }
}
