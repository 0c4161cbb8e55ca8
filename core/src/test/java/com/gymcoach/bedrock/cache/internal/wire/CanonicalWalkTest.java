package com.gymcoach.bedrock.cache.internal.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalWalkTest {

  /** Writes down each part as a word. */
  private static final class Parts implements CanonicalWalk.Visitor {
    private final List<String> told = new ArrayList<>();
    private final byte[] text;

    Parts(byte[] text) {
      this.text = text;
    }

    @Override
    public void begin(boolean object) {
      told.add(object ? "object" : "array");
    }

    @Override
    public void name(int from, int to) {
      told.add("name:" + new String(text, from, to - from, UTF_8));
    }

    @Override
    public void scalar(int from, int to) {
      told.add("scalar:" + new String(text, from, to - from, UTF_8));
    }

    @Override
    public void end() {
      told.add("end");
    }
  }

  private static List<String> parts(String json) {
    CanonicalWalk walk = new CanonicalWalk(CanonicalJson.of(json.getBytes(UTF_8)));
    Parts parts = new Parts(walk.text());
    walk.tell(parts);
    return parts.told;
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "true", "-1.5e3", "\"a\"", "\"\"", "\"a\\\"b\\\\\"", "\"}],:\""})
  void tell_ofAScalar_isThatScalar(String json) {
    assertThat(parts(json)).containsExactly("scalar:" + json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                   | object end
          []                   | array end
          [1,2]                | array scalar:1 scalar:2 end
          [1,"a",[null],{}]    | array scalar:1 scalar:"a" array scalar:null end object end end
          {"a":1}              | object name:a scalar:1 end
          {"a":"b","c":"d"}    | object name:a scalar:"b" name:c scalar:"d" end
          {"a":["b"],"c":[]}   | object name:a array scalar:"b" end name:c array end end
          [{"a":1},"b",{"c":2}] | array object name:a scalar:1 end scalar:"b" object name:c scalar:2 end end
          {"a":{"b":1},"c":[{}]} | object name:a object name:b scalar:1 end name:c array object end end end
          {"a\\"}":1}          | object name:a\\"} scalar:1 end
          """)
  void tell_ofADocument_tellsEachPartInOrder(String json, String expected) {
    assertThat(String.join(" ", parts(json))).isEqualTo(expected);
  }

  /** The canonical text is then shorter than the array that holds it. */
  @Test
  void text_whenWhiteSpaceWasDropped_endsWithTheText() {
    CanonicalWalk walk =
        new CanonicalWalk(CanonicalJson.of("{ \"b\":1, \"a\" : 2 } ".getBytes(UTF_8)));
    assertThat(new String(walk.text(), UTF_8)).isEqualTo("{\"a\":2,\"b\":1}");
    assertThat(parts("[ 1 ] ")).containsExactly("array", "scalar:1", "end");
  }

  @Test
  void text_whenNothingWasDropped_isTheBody() {
    byte[] body = "[1]".getBytes(UTF_8);
    assertThat(new CanonicalWalk(CanonicalJson.of(body)).text()).isSameAs(body);
  }

  @Test
  void tell_ofTheDeepestText_reachesItsEnd() {
    assertThat(parts("[".repeat(1000) + "]".repeat(1000))).hasSize(2000).endsWith("end");
  }
}
