package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.examples.replay.logs.LogRecord.Body;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordReaderTest {
  private static final String HEAD =
      "{\"schemaType\":\"ModelInvocationLog\",\"schemaVersion\":\"1.0\","
          + "\"timestamp\":\"2026-11-01T10:00:02Z\",\"operation\":\"Converse\",\"modelId\":\"m.1\"";

  private static final Instant LATEST = Instant.parse("2026-11-30T00:00:00Z");

  private static LogRecord read(String line) throws BadRecordException {
    byte[] bytes = (line + "left over of a longer line").getBytes(UTF_8);
    return new RecordReader("feature", "user", LATEST).read(bytes, line.getBytes(UTF_8).length);
  }

  private static String text(Body body) {
    return new String(body.copy(), UTF_8);
  }

  private static Body present(@Nullable Body body) {
    if (body == null) {
      throw new AssertionError("no body");
    }
    return body;
  }

  @Test
  void read_ofARecord_findsItsMembersAndThePlacesOfItsBodies() throws Exception {
    LogRecord read =
        read(
            HEAD
                + ",\"region\":\"eu-west-1\",\"requestId\":\"r-1\",\"accountId\":\"1\","
                + "\"identity\":{\"arn\":\"arn:x\"},\"inferenceRegion\":\"us-west-2\","
                + "\"requestMetadata\":{\"other\":\"o\",\"feature\":\"chat\",\"user\":\"ü\"},"
                + "\"input\": {\"inputContentType\":\"application/json\", \"inputBodyJson\" : "
                + " {\"ä\": [1, {\"b\": \"}\"}]} , \"inputTokenCount\": 7,"
                + "\"cacheReadInputTokenCount\":3,\"cacheWriteInputTokenCount\":null},"
                + "\"output\":{\"outputBodyJson\":[{\"o\":\"é\"}, 2],\"outputTokenCount\":9}} ");

    assertThat(read.millis()).isEqualTo(Instant.parse("2026-11-01T10:00:02Z").toEpochMilli());
    assertThat(read.region()).isEqualTo("eu-west-1");
    assertThat(read.requestId()).isEqualTo("r-1");
    assertThat(read.identity()).isEqualTo("arn:x");
    assertThat(read.endpoint()).isEqualTo("chat");
    assertThat(read.scope()).isEqualTo("ü");
    assertThat(read.failed()).isFalse();
    assertThat(text(present(read.input()))).isEqualTo("{\"ä\": [1, {\"b\": \"}\"}]}");
    assertThat(text(present(read.output()))).isEqualTo("[{\"o\":\"é\"}, 2]");
    assertThat(read.usage()).isEqualTo(new TokenUsage(7, 9, 3, 0));
  }

  @Test
  void read_whenABodyIsText_takesItWithItsQuotes() throws Exception {
    LogRecord read =
        read(HEAD + ",\"input\":{\"inputBodyJson\":\"a \\\" b\",\"inputTokenCount\":1}}");

    assertThat(text(present(read.input()))).isEqualTo("\"a \\\" b\"");
    assertThat(read.usage()).isNull();
  }

  @Test
  void read_whenBodiesAreInS3_hasNone() throws Exception {
    LogRecord read =
        read(
            HEAD
                + ",\"errorCode\":\"ThrottlingException\",\"requestMetadata\":null,"
                + "\"input\":{\"inputBodyS3Path\":\"s3://b/data/x_input.json.gz\"},"
                + "\"output\":null}");

    assertThat(read.input()).isNull();
    assertThat(read.output()).isNull();
    assertThat(read.failed()).isTrue();
    assertThat(read.endpoint()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hamstring",
        "[]",
        "{\"hamstring\":1}",
        "{\"schemaType\":\"hamstring\"}",
        "{\"schemaType\":7}",
        "{\"schemaType\":{\"hamstring\":{}}}",
        HEAD,
        HEAD + ",\"input\":{\"inputBodyJson\":{\"hamstring\":",
        HEAD + ",\"input\":{\"inputTokenCount\":\"hamstring\"}}",
        HEAD + ",\"input\":{\"inputTokenCount\":-1}}",
        HEAD + ",\"input\":{\"inputTokenCount\":1e3}}",
        HEAD + ",\"input\":{\"inputTokenCount\":99999999999999999999999}}",
        HEAD + "} {\"hamstring\":1}",
        HEAD + "}hamstring",
        HEAD + ",\"operation\":\"\"}",
        HEAD + ",\"timestamp\":\"hamstring\"}",
        HEAD + ",\"timestamp\":\"0000-01-01T00:00:00Z\"}",
        HEAD + ",\"timestamp\":\"+999999999-12-31T23:59:59Z\"}",
        HEAD + ",\"timestamp\":1764000000}",
        HEAD + ",\"timestamp\":\"2022-12-31T23:59:59Z\"}",
        HEAD + ",\"timestamp\":\"2026-11-30T00:00:00.001Z\"}",
        HEAD + ",\"requestMetadata\":{\"user\":[\"hamstring\"]}}",
        HEAD + ",\"region\":\"\u0000hamstring\"}"
      })
  void read_whenALineIsNoRecord_saysWhyWithoutQuotingIt(String line) {
    assertThatThrownBy(() -> read(line))
        .isInstanceOf(BadRecordException.class)
        .message()
        .isNotBlank()
        .doesNotContain("hamstring", "99999", "Unexpected");
  }

  @Test
  void read_whenALineIsNotUtf8_saysSo() {
    byte[] bytes = (HEAD + ",\"region\":\"x\"}").getBytes(UTF_8);
    bytes[bytes.length - 3] = (byte) 0xC3;
    assertThatThrownBy(() -> new RecordReader(null, null, LATEST).read(bytes, bytes.length))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining("not valid JSON");
  }

  @Test
  void read_ofTheLargestCountAndTheLongestText_takesThemAndNoMore() throws Exception {
    assertThat(read(HEAD + ",\"region\":\"" + "r".repeat(2_048) + "\"}").region()).hasSize(2_048);
    assertThatThrownBy(() -> read(HEAD + ",\"region\":\"" + "r".repeat(2_049) + "\"}"))
        .hasMessageContaining("region is not a text of at most 2,048");
    String tokens = ",\"input\":{\"inputTokenCount\":0},\"output\":{\"outputTokenCount\":%s}}";
    assertThat(read(HEAD + tokens.formatted("100000000")).usage())
        .isEqualTo(new TokenUsage(0, 100_000_000, 0, 0));
    assertThatThrownBy(() -> read(HEAD + tokens.formatted("100000001")))
        .hasMessageContaining("a token count is not from 0");
  }

  @Test
  void read_ofTheFirstAndTheLatestTime_takesBoth() throws Exception {
    for (String time : List.of("2023-01-01T00:00:00Z", "2026-11-30T01:00:00+01:00")) {
      assertThat(read(HEAD + ",\"timestamp\":\"" + time + "\"}").millis())
          .isEqualTo(OffsetDateTime.parse(time).toInstant().toEpochMilli());
    }
  }

  /** As PowerShell writes what is redirected to a file. */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32"})
  void read_whenALineIsInAnotherEncoding_saysSo(String encoding) throws Exception {
    byte[] bytes = (HEAD + ",\"input\":{\"inputBodyJson\":{}}}").getBytes(encoding);
    assertThatThrownBy(() -> new RecordReader(null, null, LATEST).read(bytes, bytes.length))
        .isInstanceOf(BadRecordException.class)
        .hasMessageContaining("not valid JSON");
  }

  @Test
  void read_whenALineNestsFarTooDeep_saysSo() {
    String deep = HEAD + ",\"input\":{\"inputBodyJson\":" + "[".repeat(5_000);
    assertThatThrownBy(() -> read(deep)).isInstanceOf(BadRecordException.class);
  }
}
