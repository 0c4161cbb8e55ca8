package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.testkit.StoredAnswer.Head;
import com.gymcoach.bedrock.testkit.StoredAnswer.Times;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Format 1 and its form for people, there and back. */
class EntryFormatTest {
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), 7), "chat", new Digest(5, 6, 7, 8));
  private static final Times NOW = Times.from(Instant.EPOCH, Duration.ZERO);

  private static final String HEAD =
      "{\"address\":\"0f\",\"bedrock-cache\":1,\"operation\":\"Converse\",\"model\":\"m\","
          + "\"statusText\":\"OK\",\"body\":{},";
  private static final String REST = HEAD + "\"status\":200,";

  private final EntryFormat format = new EntryFormat("files");

  private static StoredAnswer answer(int codec, byte[] body) {
    Instant now = Instant.parse("2026-11-30T12:00:00.123Z");
    return new StoredAnswer(
        codec,
        Asked.MODEL,
        new Times(now, now.plusMillis(1), now.plusSeconds(400)),
        new Markers(new Marker(1, 2), Marker.NONE, new Marker(-1, 3)),
        new TokenUsage(1, 200, 0, 70_000),
        new Head(200, "OK", new TreeMap<>(Map.of("b", List.of("2", "3"), "a", List.of("é")))),
        body);
  }

  private byte[] shownAndBack(StoredAnswer answer) throws IOException {
    String json = AnswerJson.write("0f", answer, true);
    StoredAnswer again = Objects.requireNonNull(AnswerJson.read(json, "0f", NOW));
    assertThat(format.write(ADDRESS, again)).isEqualTo(format.write(ADDRESS, answer));
    return again.body();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1.0,\"b\":[1e3,-0,9007199254740993,null,true],\"c\":{\"d\":\"\\\"é\\\\\"}}",
        "{ \"a\" : 1 }",
        "{\"a\":\"\\u00e9\"}",
        "{\"a\":1,\"a\":2}",
        "[1,2]",
        "\"text\"",
        "",
        "not JSON {",
        "{\"a\":1} {\"b\":2}",
        "line\nline\n"
      })
  void json_whateverTheBody_givesTheSameBytesBack(String body) throws IOException {
    assertThat(new String(shownAndBack(answer(2, body.getBytes(UTF_8))), UTF_8)).isEqualTo(body);
    String events = body.replace('\n', ' ') + "\n{\"x\":{\"y\":1}}\n";
    assertThat(new String(shownAndBack(answer(4, events.getBytes(UTF_8))), UTF_8))
        .isEqualTo(events);
  }

  @Test
  void json_ofNumbersInAnyForm_isStillJson() throws IOException {
    String body = "{\"a\":1.0,\"b\":1e3,\"c\":-0,\"d\":123456789012345678901234567890.10}";
    assertThat(AnswerJson.write("0f", answer(2, body.getBytes(UTF_8)), true))
        .contains("\"a\" : 1.0,\n", "\"b\" : 1e3,\n", "\"c\" : -0,\n")
        .contains("\"d\" : 123456789012345678901234567890.10\n");
  }

  @Test
  void json_ofAStreamWhoseLastEventHasNoEnd_isRefused() {
    StoredAnswer cut = answer(4, "{}\n{}".getBytes(UTF_8));
    assertThatIOException().isThrownBy(() -> AnswerJson.write("0f", cut, true));
  }

  @Property
  void json_whateverTheText_givesTheSameBytesBack(@ForAll String text) throws IOException {
    byte[] body = text.getBytes(UTF_8); // a lone surrogate becomes a question mark
    assertThat(shownAndBack(answer(99, body))).isEqualTo(body);
  }

  @Test
  void write_thenRead_isTheSameAnswer() throws IOException {
    StoredAnswer answer = answer(1, "{}".getBytes(UTF_8));
    byte[] entry = format.write(ADDRESS, answer);
    StoredAnswer read = format.read(ADDRESS, entry);
    assertThat(format.write(ADDRESS, read)).isEqualTo(entry);
    assertThat(read.times()).isEqualTo(answer.times());
    assertThat(read.markers()).isEqualTo(answer.markers());
    assertThat(read.usage()).isEqualTo(answer.usage());
    assertThat(read.head()).isEqualTo(answer.head());
  }

  @Test
  void read_atAnotherAddress_isRefused() {
    byte[] entry = format.write(ADDRESS, answer(1, "{}".getBytes(UTF_8)));
    Partition of = ADDRESS.partition();
    for (EntryAddress other :
        List.of(
            new EntryAddress(new Partition("x", of.principal(), 7), "chat", ADDRESS.key()),
            new EntryAddress(new Partition("default", ADDRESS.key(), 7), "chat", ADDRESS.key()),
            new EntryAddress(new Partition("default", of.principal(), 8), "chat", ADDRESS.key()),
            new EntryAddress(of, "plan", ADDRESS.key()),
            new EntryAddress(of, "chat", of.principal()))) {
      assertThatIOException().isThrownBy(() -> format.read(other, entry));
      assertThat(format.fingerprint(other)).isNotEqualTo(format.fingerprint(ADDRESS));
    }
    assertThatIOException().isThrownBy(() -> new EntryFormat("other").read(ADDRESS, entry));
  }

  @Test
  void read_whenAByteDiffersOrIsMissing_isRefused() {
    byte[] entry = format.write(ADDRESS, answer(1, "{}".getBytes(UTF_8)));
    for (int i = 0; i < entry.length; i++) {
      byte[] other = entry.clone();
      other[i] ^= 1;
      byte[] cut = Arrays.copyOf(entry, i);
      assertThatIOException().isThrownBy(() -> format.read(ADDRESS, other));
      assertThatIOException().isThrownBy(() -> format.read(ADDRESS, cut));
    }
  }

  /** A recording is a file that anyone may have edited. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "7",
        "{\"address\":\"0f\"}",
        "{\"address\":\"0f\",\"bedrock-cache\":2}",
        "{\"address\":\"0f\",\"bedrock-cache\":1,\"other\":{}}",
        HEAD + "\"status\":99}",
        HEAD + "\"status\":1000}",
        HEAD + "\"status\":-200}",
        HEAD + "\"status\":2e2}",
        HEAD + "\"status\":99999999999}",
        REST + "\"headers\":7}",
        REST + "\"headers\":[\"a\"]}",
        REST + "\"headers\":{\"a\":7}}",
        REST + "\"headers\":{\"a\":[{}]}}",
        REST + "\"events\":7}",
        REST + "\"events\":{\"a\":1}}",
        REST + "\"times\":[\"2026-11-30T12:00:00Z\"]}",
        REST + "\"times\":[\"x\",\"x\",\"x\"]}",
        REST + "\"markers\":[\"00\",\"00\",\"00\"]}",
        REST + "\"usage\":[1,2,3]}",
        HEAD + "\"status\":200} {}",
        REST + "\"body\":{}}",
      })
  void jsonRead_ofSomethingElse_isRefused(String json) {
    assertThatIOException().isThrownBy(() -> AnswerJson.read(json, "0f", NOW));
  }

  @Test
  void jsonRead_ofAWholeText_isItsAnswer() throws IOException {
    StoredAnswer read =
        Objects.requireNonNull(AnswerJson.read(HEAD + "\"status\":200}", "0f", NOW));
    assertThat(read.head().status()).isEqualTo(200);
    assertThat(new String(read.body(), UTF_8)).isEqualTo("{}");
  }

  @Test
  void jsonRead_ofMuchThatIsNothing_isRefused() {
    for (String much :
        List.of(
            "\"events\":" + "[".repeat(1_000_000),
            "\"events\":[" + "{\"a\":".repeat(1_000_000),
            "\"usage\":[" + "1,".repeat(1_000_000) + "1]}",
            "\"headers\":{" + "\"a\":[\"" + "x\",\"".repeat(1_000_000) + "\"]}}")) {
      assertThatIOException().isThrownBy(() -> AnswerJson.read(REST + much, "0f", NOW));
    }
  }

  @Test
  void jsonRead_whenCutAnywhere_isRefused() throws IOException {
    String json = AnswerJson.write("0f", answer(3, "{\"a\":1}\n{}\n".getBytes(UTF_8)), true);
    for (int length = 0; length < json.length() - 2; length++) {
      String cut = json.substring(0, length);
      assertThatIOException().as(cut).isThrownBy(() -> AnswerJson.read(cut, "0f", NOW));
    }
    assertThat(AnswerJson.read(json, "0e", NOW)).isNull();
  }

  /** Whoever edits a file may write these. No entry can hold them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"times\":[\"1969-12-31T23:59:59Z\",\"2026-01-01T00:00:00Z\",\"2026-01-01T00:00:00Z\"]",
        "\"times\":[\"2026-01-02T00:00:00Z\",\"2026-01-01T00:00:00Z\",\"2026-01-03T00:00:00Z\"]",
        "\"times\":[\"2026-01-01T00:00:00Z\",\"2026-01-03T00:00:00Z\",\"2026-01-02T00:00:00Z\"]",
        "\"times\":[\"+99999-01-01T00:00:00Z\",\"+99999-01-01T00:00:00Z\",\"+99999-01-01T00:00:00Z\"]",
        "\"times\":[\"2026-01-01T00:00:00Z\",\"+999999999-01-01T00:00:00Z\",\"+999999999-01-01T00:00:00Z\"]",
        "\"usage\":[-1,0,0,0]",
        "\"usage\":[0,0,0,-9223372036854775808]",
        "\"operation\":\"-1\"",
        "\"operation\":\"256\""
      })
  void read_whenNumbersFitNoEntry_isRefused(String member) {
    String rest =
        member.startsWith("\"operation") ? REST.replace("\"operation\":\"Converse\",", "") : REST;
    String json = rest + "\"headers\":{}," + member + "}";

    assertThatIOException().isThrownBy(() -> AnswerJson.read(json, "0f", NOW));
  }
}
