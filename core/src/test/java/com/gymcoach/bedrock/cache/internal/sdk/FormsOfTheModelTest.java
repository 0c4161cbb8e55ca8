package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.sdk.ModelShapes.Variant;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;

/**
 * Every shape of the service's model in the other form and back: it is the same, or it is refused.
 * The refused paths are listed here, so that a new member of the model or a change of the
 * conversion shows.
 */
class FormsOfTheModelTest {
  private static final OptIns TOOL_USE = new OptIns(true, false, false);

  private static final String STOP = "{\"stopReason\":\"end_turn\"}";
  private static final String METADATA =
      "{\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3}}";

  /** The blocks that no stream has. */
  private static final Set<String> BLOCKS_OF_CONVERSE =
      Set.of(
          "document",
          "video",
          "audio",
          "guardContent",
          "cachePoint",
          "searchResult",
          "toolAddition",
          "toolRemoval",
          "toolResult.content[].image",
          "toolResult.content[].document",
          "toolResult.content[].video",
          "toolResult.content[].searchResult",
          "citationsContent-citations", // a stream has a text then
          "citationsContent.citations[0]",
          "citationsContent.citations[]-location",
          "citationsContent.content[0]",
          "citationsContent.content[2]"); // a stream joins the texts

  /** The deltas that, alone, may be parts of something. */
  private static final Set<String> DELTAS_ALONE =
      Set.of("reasoningContent.signature", "citation-location");

  @Test
  void contentBlocks_ofTheModel_areTheSameOrRefused() throws Exception {
    Set<String> refused = new TreeSet<>();
    for (Variant block : new ModelShapes().of("ContentBlock")) {
      String content = "{\"text\":\"Squat deep.\"}," + block.json();
      if (!isSame(block.path(), response(content))) {
        refused.add(block.path());
      }
    }
    assertRefused(refused, BLOCKS_OF_CONVERSE, new ModelShapes().of("ContentBlock"));
  }

  @Test
  void responses_ofTheModel_areTheSameOrRefused() throws Exception {
    Set<String> refused = new TreeSet<>();
    List<Variant> responses =
        new ModelShapes()
            .of("ConverseResponse").stream().filter(v -> !v.path().startsWith("output")).toList();
    for (Variant each : responses) {
      ConverseResponse.Builder response = ConverseResponse.builder();
      SdkJson.read(each.json().getBytes(UTF_8), response);
      if (!isSame(each.path(), response.build())) {
        refused.add(each.path());
      }
    }
    assertRefused(refused, Set.of("trace.guardrail"), responses);
  }

  @Test
  void deltas_ofTheModel_areTheSameOrRefused() throws Exception {
    Map<String, String> starts =
        Map.of(
            "toolUse", "{\"toolUseId\":\"t\",\"name\":\"n\"}",
            "toolResult", "{\"toolUseId\":\"t\"}",
            "image", "{\"format\":\"png\"}");
    Set<String> refused = new TreeSet<>();
    List<Variant> deltas = new ModelShapes().of("ContentBlockDelta");
    for (Variant each : deltas) {
      String kind = each.path().split("[.\\[-]", 2)[0];
      List<String> events = new ArrayList<>();
      if (starts.containsKey(kind)) {
        events.add(start("{\"" + kind + "\":" + starts.get(kind) + "}"));
      }
      events.add(
          delta(each.json().replace("text of toolUse.input", "{\\\"a\\\":[1,1.0,1e3,null]}")));
      if (!isSame(each.path(), stream(events, METADATA, STOP))) {
        refused.add(each.path());
      }
    }
    assertRefused(refused, DELTAS_ALONE, deltas);
  }

  @Test
  void starts_ofTheModel_areTheSame() throws Exception {
    Map<String, String> deltas =
        Map.of(
            "toolUse", "{\"input\":\"\"}",
            "toolResult", "[{\"text\":\"80 kg\"}]",
            "image", "{\"source\":{\"bytes\":\"AQID\"}}");
    for (Variant each : new ModelShapes().of("ContentBlockStart")) {
      String kind = each.path().split("[.\\[-]", 2)[0];
      List<String> events =
          List.of(start(each.json()), delta("{\"" + kind + "\":" + deltas.get(kind) + "}"));
      assertThat(isSame(each.path(), stream(events, METADATA, STOP))).as(each.path()).isTrue();
    }
  }

  @Test
  void endsAndMetadata_ofTheModel_areTheSameOrRefused() throws Exception {
    Set<String> refused = new TreeSet<>();
    List<Variant> ends = new ModelShapes().of("MessageStopEvent");
    for (Variant each : ends) {
      assertThat(isSame(each.path(), stream(List.of(), METADATA, each.json())))
          .as(each.path())
          .isTrue();
    }
    List<Variant> metadata = new ModelShapes().of("ConverseStreamMetadataEvent");
    for (Variant each : metadata) {
      if (!isSame(each.path(), stream(List.of(), each.json(), STOP))) {
        refused.add(each.path());
      }
    }
    assertThat(ends).hasSizeGreaterThan(1);
    assertRefused(refused, Set.of("trace.guardrail"), metadata);
  }

  private static void assertRefused(
      Set<String> refused, Set<String> expected, List<Variant> variants) {
    Set<String> seen = new TreeSet<>();
    for (Variant each : variants) {
      String why =
          expected.stream().filter(path -> each.path().startsWith(path)).findFirst().orElse(null);
      assertThat(refused.contains(each.path())).as(each.path()).isEqualTo(why != null);
      if (why != null) {
        seen.add(why);
      }
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Returns whether the other form holds it; fails if that form holds something else. */
  private static boolean isSame(String path, ConverseResponse response) {
    assertAdmitted(path, response);
    Streamed<ConverseStreamResponse, ConverseStreamOutput> stream;
    try {
      stream = ConverseToStream.convert(response);
    } catch (Unconvertible lossy) {
      return false;
    }
    if (CacheableOperations.CONVERSE_STREAM.admission(
            ConverseStreamRequest.builder().build(), stream, TOOL_USE)
        != null) {
      return false;
    }
    try {
      assertThat(StreamToConverse.convert(stream).equalsBySdkFields(response)).as(path).isTrue();
    } catch (Unconvertible lost) {
      throw new AssertionError("There is no way back: " + path, lost);
    }
    return true;
  }

  private static boolean isSame(
      String path, Streamed<ConverseStreamResponse, ConverseStreamOutput> stream)
      throws IOException {
    assertThat(
            CacheableOperations.CONVERSE_STREAM.admission(
                ConverseStreamRequest.builder().build(), stream, TOOL_USE))
        .as(path)
        .isNull();
    ConverseResponse response;
    try {
      response = StreamToConverse.convert(stream);
    } catch (Unconvertible lossy) {
      return false;
    }
    assertAdmitted(path, response);
    try {
      assertThat(StreamContent.of(ConverseToStream.convert(response)))
          .as(path)
          .isEqualTo(StreamContent.of(stream));
    } catch (Unconvertible lost) {
      throw new AssertionError("There is no way back: " + path, lost);
    }
    return true;
  }

  /** Members that only a newer SDK knows are no content of an answer that this one reads. */
  private static void assertAdmitted(String path, ConverseResponse response) {
    if (!UnknownContent.isIn(response)) {
      assertThat(
              CacheableOperations.CONVERSE.admission(
                  ConverseRequest.builder().build(), response, TOOL_USE))
          .as(path)
          .isNull();
    }
  }

  private static ConverseResponse response(String content) throws IOException {
    ConverseResponse.Builder response = ConverseResponse.builder();
    String json =
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":["
            + content
            + "]}},\"stopReason\":\"end_turn\"}";
    SdkJson.read(json.getBytes(UTF_8), response);
    return response.build();
  }

  private static String start(String union) {
    return "{\"contentBlockStart\":{\"contentBlockIndex\":1,\"start\":" + union + "}}";
  }

  private static String delta(String union) {
    return "{\"contentBlockDelta\":{\"contentBlockIndex\":1,\"delta\":" + union + "}}";
  }

  /** Returns a stream of a text and perhaps a second block. */
  private static Streamed<ConverseStreamResponse, ConverseStreamOutput> stream(
      List<String> second, String metadata, String stop) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("{\"messageStart\":{\"role\":\"assistant\"}}");
    lines.add(
        "{\"contentBlockDelta\":{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Squat deep.\"}}}");
    lines.add("{\"contentBlockStop\":{\"contentBlockIndex\":0}}");
    lines.addAll(second);
    if (!second.isEmpty()) {
      lines.add("{\"contentBlockStop\":{\"contentBlockIndex\":1}}");
    }
    lines.add("{\"messageStop\":" + stop + "}");
    lines.add("{\"metadata\":" + metadata + "}");
    List<ConverseStreamOutput> events = new ArrayList<>();
    for (String line : lines) {
      events.add(
          ((ConverseStreamOperation) CacheableOperations.CONVERSE_STREAM)
              .event(line.getBytes(UTF_8)));
    }
    return Streamed.of(ConverseStreamResponse.builder().build(), events, 1);
  }
}
