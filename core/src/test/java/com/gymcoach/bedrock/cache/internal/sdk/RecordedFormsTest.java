package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;

/** Each recorded answer that is kept, in the other form and back. */
class RecordedFormsTest {
  private static final OptIns TOOL_USE = new OptIns(true, false, false);
  private static final ConverseStreamRequest ASKED_STREAM = ConverseStreamRequest.builder().build();
  private static final ConverseRequest ASKED = ConverseRequest.builder().build();

  @Test
  void converse_ofEachRecording_isAKeptStreamAndTheSameWhenConvertedBack() throws Exception {
    Map<String, ConverseResponse> recorded = Recordings.keptResponses(TOOL_USE);
    assertThat(recorded).hasSize(208);
    for (Map.Entry<String, ConverseResponse> each : recorded.entrySet()) {
      Streamed<ConverseStreamResponse, ConverseStreamOutput> stream =
          ConverseToStream.convert(each.getValue());
      assertThat(CacheableOperations.CONVERSE_STREAM.admission(ASKED_STREAM, stream, TOOL_USE))
          .as(each.getKey())
          .isNull();
      assertThat(StreamToConverse.convert(stream).equalsBySdkFields(each.getValue()))
          .as(each.getKey())
          .isTrue();
    }
  }

  @Test
  void stream_ofEachRecording_isAKeptResponseAndSaysTheSameWhenConvertedBack() throws Exception {
    Map<String, String> fates = new TreeMap<>();
    for (var each : Recordings.keptStreams(TOOL_USE).entrySet()) {
      Streamed<ConverseStreamResponse, ConverseStreamOutput> stream =
          Streamed.of(ConverseStreamResponse.builder().build(), each.getValue(), 1);
      fates.put(each.getKey(), fate(stream));
    }
    assertThat(fates).hasSize(55).allSatisfy((id, fate) -> assertThat(fate).isEqualTo("same"));
  }

  private static String fate(Streamed<ConverseStreamResponse, ConverseStreamOutput> stream)
      throws IOException {
    try {
      ConverseResponse converted = StreamToConverse.convert(stream);
      assertThat(CacheableOperations.CONVERSE.admission(ASKED, converted, TOOL_USE)).isNull();
      assertThat(StreamContent.of(ConverseToStream.convert(converted)))
          .isEqualTo(StreamContent.of(stream));
      return "same";
    } catch (Unconvertible lossy) {
      return "refused";
    }
  }
}
