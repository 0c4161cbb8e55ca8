package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.internal.wire.RandomPojo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;

/** The stored form of a stream, written by hand and in full. */
class StreamPayloadTest {
  private static final String LINES =
      """
      {"messageStart":{"role":"assistant"}}
      {"contentBlockDelta":{"delta":{"text":"F\u00fc\\u00dfe\\n"},"contentBlockIndex":0}}
      {"contentBlockStop":{"contentBlockIndex":0}}
      {"messageStop":{"stopReason":"end_turn"}}
      {"metadata":{"usage":{"inputTokens":1,"outputTokens":2}}}
      """;

  private static Streamed<ConverseStreamResponse, ConverseStreamOutput> known() {
    ConverseStreamOutput start =
        ConverseStreamOutput.messageStartBuilder().role("assistant").build();
    ConverseStreamOutput delta =
        ConverseStreamOutput.contentBlockDeltaBuilder()
            .contentBlockIndex(0)
            .delta(ContentBlockDelta.fromText("F\u00fc\u00dfe\n"))
            .build();
    ConverseStreamOutput end =
        ConverseStreamOutput.contentBlockStopBuilder().contentBlockIndex(0).build();
    ConverseStreamOutput stop =
        ConverseStreamOutput.messageStopBuilder().stopReason("end_turn").build();
    ConverseStreamOutput metadata =
        ConverseStreamOutput.metadataBuilder().usage(u -> u.inputTokens(1).outputTokens(2)).build();
    return Streamed.of(
        ConverseStreamResponse.builder().build(), List.of(start, delta, end, stop, metadata), 0);
  }

  private static Payload payload(String body) {
    return new Payload(200, "OK", Map.of(), body.getBytes(UTF_8));
  }

  @Test
  void decode_ofTheKnownLines_isTheKnownStream() throws Exception {
    assertThat(CacheableOperations.CONVERSE_STREAM.decode(payload(LINES)))
        .containsExactlyElementsOf(known());
  }

  @Test
  void encode_isALineForEachEvent() throws Exception {
    String lines = new String(CacheableOperations.CONVERSE_STREAM.encode(known()).body(), UTF_8);
    assertThat(lines.lines())
        .hasSize(5)
        .allMatch(line -> line.startsWith("{\"") && line.endsWith("}"));
    assertThat(CacheableOperations.CONVERSE_STREAM.decode(payload(lines)))
        .containsExactlyElementsOf(known());
  }

  static Stream<Supplier<SdkPojo>> builders() {
    return Stream.of(
        () -> (SdkPojo) ConverseStreamOutput.messageStartBuilder(),
        () -> (SdkPojo) ConverseStreamOutput.contentBlockStartBuilder(),
        () -> (SdkPojo) ConverseStreamOutput.contentBlockDeltaBuilder(),
        () -> (SdkPojo) ConverseStreamOutput.contentBlockStopBuilder(),
        () -> (SdkPojo) ConverseStreamOutput.messageStopBuilder(),
        () -> (SdkPojo) ConverseStreamOutput.metadataBuilder());
  }

  /** Every member of every event, deep ones and unheard-of values included. */
  @ParameterizedTest
  @MethodSource("builders")
  void event_ofItsOwnLine_isEqual(Supplier<SdkPojo> builder) throws Exception {
    Set<String> seen = new TreeSet<>();
    Random random = new Random(7);
    for (int i = 0; i < 200 || (i < 3_000 && !seen.equals(RandomPojo.members(builder))); i++) {
      ConverseStreamOutput event =
          (ConverseStreamOutput) new RandomPojo(random, seen).next(builder);
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      CacheableOperations.CONVERSE_STREAM.write(event, line);
      assertThat(line.toString(UTF_8)).doesNotContain("\n");
      ConverseStreamOutput again = CacheableOperations.CONVERSE_STREAM.event(line.toByteArray());
      assertThat(again).isEqualTo(event);
      assertThat(again.sdkEventType()).isEqualTo(event.sdkEventType());
      assertThat(again.getClass()).isEqualTo(event.getClass());
    }
    assertThat(seen).isEqualTo(RandomPojo.members(builder));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messageStart\":{\"role\":\"assistant\"}}",
        "\n",
        "{}\n",
        "x\n",
        "{\"newEvent\":{}}\n",
        "{\"messageStart\":{\"role\":\"assistant\"}\n",
        "{\"messageStart\":{\"role\":\"assistant\"}} \n",
        "[1]\n",
        "{:{}}\n",
        "xx:}\n",
        "{\":}\n",
        "{\"messageStart\"}\n",
        "{\"messageStart\":}\n",
        "{\"messageStart:{}}\n",
        "{\"messageStart\",{}}\n",
        "['messageStart':{}}\n",
        "{\"\":{}}\n"
      })
  void decode_ofWhatIsNoStream_isRefused(String body) {
    assertThatThrownBy(() -> CacheableOperations.CONVERSE_STREAM.decode(payload(body)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void encode_ofAChunkOfSeveralLines_isRefused() {
    ResponseStream chunk =
        ResponseStream.chunkBuilder().bytes(SdkBytes.fromUtf8String("{\n}")).build();
    assertThatThrownBy(
            () ->
                CacheableOperations.INVOKE_MODEL_STREAM.encode(
                    Streamed.of(
                        InvokeModelWithResponseStreamResponse.builder().build(),
                        List.of(chunk),
                        0)))
        .isInstanceOf(IOException.class);
  }
}
