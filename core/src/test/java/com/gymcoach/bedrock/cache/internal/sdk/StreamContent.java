package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;

/**
 * The content of a stream, however it is cut: a line for each event except the deltas, and for each
 * block a line of its texts, of its signature, of a tool's input, and of each other delta. Written
 * from the service's JSON alone, so that it knows nothing of how the cache converts.
 */
final class StreamContent {
  private static final JsonNodeParser JSON = JsonNodeParser.create();

  private final List<String> before = new ArrayList<>();
  private final Map<Integer, Block> blocks = new TreeMap<>();
  private final List<String> after = new ArrayList<>();

  private StreamContent() {}

  private static final class Block {
    private String start = "";
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder signature = new StringBuilder();
    private final StringBuilder input = new StringBuilder();
    private final List<String> others = new ArrayList<>();

    private void add(JsonNode delta) {
      Map<String, JsonNode> union = delta.asObject();
      if (union.containsKey("text")) {
        text.append(text(delta, "text"));
      } else if (union.containsKey("toolUse")) {
        input.append(text(Objects.requireNonNull(union.get("toolUse")), "input"));
      } else if (union.containsKey("reasoningContent")) {
        JsonNode content = Objects.requireNonNull(union.get("reasoningContent"));
        reasoning.append(text(content, "text"));
        signature.append(text(content, "signature"));
        if (content.asObject().containsKey("redactedContent")) {
          others.add(delta.toString());
        }
      } else {
        others.add(delta.toString());
      }
    }

    private String said() {
      // The order of texts and citations in a block is the stream's alone.
      String tool =
          start.contains("toolUse")
              ? JSON.parse(input.isEmpty() ? "{}" : input.toString()).toString()
              : "";
      return String.join(
          " | ", List.of(start, text, reasoning, signature, tool, others.toString()));
    }
  }

  /** Returns the lines. */
  static List<String> of(Iterable<ConverseStreamOutput> events) throws IOException {
    StreamContent content = new StreamContent();
    for (ConverseStreamOutput event : events) {
      content.add(event);
    }
    List<String> lines = new ArrayList<>(content.before);
    content.blocks.values().forEach(block -> lines.add(block.said()));
    lines.addAll(content.after);
    return lines;
  }

  private void add(ConverseStreamOutput event) throws IOException {
    JsonNode json = JSON.parse(new String(SdkJson.write((SdkPojo) event), StandardCharsets.UTF_8));
    switch (event.sdkEventType()) {
      case MESSAGE_START -> before.add("start " + json);
      case CONTENT_BLOCK_START -> block(json).start = Recordings.member(json, "start").toString();
      case CONTENT_BLOCK_DELTA -> block(json).add(Recordings.member(json, "delta"));
      case CONTENT_BLOCK_STOP -> block(json);
      case MESSAGE_STOP -> after.add("stop " + json);
      default -> after.add("metadata " + json);
    }
  }

  private Block block(JsonNode event) {
    int index = Integer.parseInt(Recordings.member(event, "contentBlockIndex").asNumber());
    return blocks.computeIfAbsent(index, absent -> new Block());
  }

  private static String text(JsonNode object, String member) {
    JsonNode value = object.asObject().get(member);
    return value == null ? "" : value.asString();
  }
}
