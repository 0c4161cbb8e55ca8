package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.eventstream.HeaderValue;
import software.amazon.awssdk.eventstream.Message;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

@SuppressWarnings("NullAway") // a missing value fails the test
class EventStreamEncoderTest {

  /**
   * Published messages, of smithy-rs and aws-sdk-ruby (both Apache-2.0): those with no other than
   * text headers.
   */
  @ParameterizedTest
  @CsvSource({
    "'', '', AAAAEAAAAAAFwkjrfZjI/w==",
    "'', another test payload, AAAAJAAAAABRY1atYW5vdGhlciB0ZXN0IHBheWxvYWSN+A5l",
    "'', {'foo':'bar'}, AAAAHQAAAAD9Uoxaeydmb28nOidiYXInfcNlOTY=",
    "application/json, {'foo':'bar'}, "
        + "AAAAPQAAACAH/YOWDGNvbnRlbnQtdHlwZQcAEGFwcGxpY2F0aW9uL2pzb257J2Zvbyc6J2Jhcid9jZwIsQ==",
  })
  void encode_ofPublishedMessages_givesTheirBytes(String type, String payload, String base64) {
    Map<String, String> headers = type.isEmpty() ? Map.of() : Map.of("content-type", type);

    assertThat(EventStreamEncoder.encode(headers, payload.getBytes(UTF_8)))
        .isEqualTo(Base64.getDecoder().decode(base64));
  }

  /** Streams of Bedrock's, taken apart by the SDK and put together again. */
  @Example
  void encode_ofRecordedStreams_givesTheirBytes() throws IOException {
    Path file =
        Path.of(System.getProperty("bedrock.cache.shared", "absent"), "recordings")
            .resolve("eventstream-vectors.jsonl");
    Assumptions.assumeTrue(Files.exists(file), "No recordings where bedrock.cache.shared points");
    int frames = 0;
    for (String line : Files.readAllLines(file)) {
      Map<String, JsonNode> vector = JsonNodeParser.create().parse(line).asObject();
      if (vector.get("name").asString().startsWith("agentgateway/bedrock/")) {
        byte[] stream = Base64.getDecoder().decode(vector.get("base64").asString());
        for (byte[] frame : EventFrames.split(stream)) {
          Message message = Message.decode(ByteBuffer.wrap(frame));
          Map<String, String> headers = new LinkedHashMap<>();
          message.getHeaders().forEach((name, value) -> headers.put(name, value.getString()));
          assertThat(EventStreamEncoder.encode(headers, message.getPayload())).isEqualTo(frame);
          frames++;
        }
      }
    }
    assertThat(frames).isGreaterThan(10);
  }

  @Property(tries = 200)
  void encode_ofAnyTexts_isDecodedByTheSdk(
      @ForAll @Size(max = 8) Map<@StringLength(min = 1, max = 60) String, @StringLength(min = 1) String> headers,
      @ForAll byte[] payload) {
    Message message = Message.decode(ByteBuffer.wrap(EventStreamEncoder.encode(headers, payload)));

    Map<String, HeaderValue> expected = new LinkedHashMap<>();
    headers.forEach((name, text) -> expected.put(name, HeaderValue.fromString(text)));
    assertThat(message.getHeaders()).isEqualTo(expected);
    assertThat(message.getPayload()).isEqualTo(payload);
  }

  @Example
  void encode_whenATextIsTooLong_throws() {
    byte[] none = {};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventStreamEncoder.encode(Map.of("a".repeat(256), "b"), none));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventStreamEncoder.encode(Map.of("a", "b".repeat(32_768)), none));
  }
}
