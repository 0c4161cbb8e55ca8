package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDelta;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStart;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamMetadataEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.MessageStartEvent;
import software.amazon.awssdk.services.bedrockruntime.model.MessageStopEvent;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/**
 * Converts a response of Converse to the stream that ConverseStream would have sent: the start of
 * the message, its blocks one after the other with texts cut at word boundaries, its end, and the
 * metadata. Members are found by name: see {@link SameMembers}.
 */
final class ConverseToStream {
  private static final String CONTENT_TYPE = "application/vnd.amazon.eventstream";

  private final List<ConverseStreamOutput> events = new ArrayList<>();
  private long bytes;

  private ConverseToStream() {}

  /**
   * Returns the stream.
   *
   * @throws Unconvertible if the stream cannot hold the response exactly
   */
  static Streamed<ConverseStreamResponse, ConverseStreamOutput> convert(ConverseResponse response)
      throws Unconvertible {
    ConverseToStream stream = new ConverseToStream();
    stream.response(response);
    ConverseStreamResponse head =
        ResponseHttp.restored(
                ConverseStreamResponse.builder(), ResponseHttp.inForm(response, CONTENT_TYPE))
            .build();
    return Streamed.of(head, stream.events, stream.bytes);
  }

  private void response(ConverseResponse response) throws Unconvertible {
    ConverseOutput output = response.output();
    Message message = output == null ? null : output.message();
    if (message == null || SdkMembers.get(response.trace(), "guardrail") != null) {
      throw new Unconvertible(); // a guardrail judges a stream in pieces
    }
    MessageStartEvent.Builder start = ConverseStreamOutput.messageStartBuilder();
    SameMembers.copy(message, Set.of("content"), start);
    event(start);
    int index = 0;
    for (ContentBlock block : message.content()) {
      block(index, block);
      event(ConverseStreamOutput.contentBlockStopBuilder().contentBlockIndex(index));
      index++;
    }
    MessageStopEvent.Builder stop = ConverseStreamOutput.messageStopBuilder();
    ConverseStreamMetadataEvent.Builder metadata = ConverseStreamOutput.metadataBuilder();
    for (SdkField<?> field : SameMembers.present(response, Set.of("output"))) {
      if (!SameMembers.copy(response, field, stop)
          && !SameMembers.copy(response, field, metadata)) {
        throw new Unconvertible();
      }
    }
    event(stop);
    event(metadata);
  }

  private void block(int index, @Nullable ContentBlock block) throws Unconvertible {
    List<SdkField<?>> members = block == null ? List.of() : SameMembers.present(block, Set.of());
    if (members.size() != 1) {
      throw new Unconvertible(); // one that this SDK does not know
    }
    Object value = members.get(0).getValueOrDefault(block);
    switch (members.get(0).memberName()) {
      case "text" -> text(index, (String) value);
      case "toolUse" -> toolUse(index, (SdkPojo) value);
      case "toolResult" -> toolResult(index, (SdkPojo) value);
      case "reasoningContent" -> reasoning(index, (SdkPojo) value);
      case "citationsContent" -> citations(index, (SdkPojo) value);
      case "image" -> image(index, (SdkPojo) value);
      default -> throw new Unconvertible();
    }
  }

  private void text(int index, String text) {
    for (String piece : TextPieces.of(text)) {
      event(
          ConverseStreamOutput.contentBlockDeltaBuilder()
              .contentBlockIndex(index)
              .delta(ContentBlockDelta.fromText(piece)));
    }
  }

  private void toolUse(int index, SdkPojo toolUse) throws Unconvertible {
    start(index, "toolUse", toolUse, Set.of("input"));
    if (!(SdkMembers.get(toolUse, "input") instanceof Document input)) {
      throw new Unconvertible();
    }
    try {
      ContentBlockDelta.Builder delta = ContentBlockDelta.builder();
      String json = SdkJson.write(input);
      delta(index, delta.toolUse(of -> of.input(json)).build());
    } catch (IOException unwritable) {
      throw new Unconvertible(); // has no cause: its message could quote the input
    }
  }

  /** Plays the whole content as one delta: a second one could not be told from more of a text. */
  private void toolResult(int index, SdkPojo toolResult) throws Unconvertible {
    start(index, "toolResult", toolResult, Set.of("content"));
    if (!(SdkMembers.get(toolResult, "content") instanceof List<?> content)
        || !FieldPlan.isPresent(content)) {
      return;
    }
    SdkPojo delta = ContentBlockDelta.builder();
    List<SdkPojo> parts = new ArrayList<>();
    for (Object each : content) {
      SdkPojo part = SameMembers.builderOf(delta, "toolResult");
      SameMembers.copy(pojo(each), Set.of(), part);
      parts.add(SameMembers.built(part));
    }
    SameMembers.set(delta, "toolResult", parts);
    delta(index, SameMembers.built(delta));
  }

  private void reasoning(int index, SdkPojo reasoning) throws Unconvertible {
    if (SameMembers.present(reasoning, Set.of()).size() != 1) {
      throw new Unconvertible(); // one that this SDK does not know
    }
    if (!(SdkMembers.get(reasoning, "reasoningText") instanceof SdkPojo text)) {
      SdkPojo delta = ContentBlockDelta.builder();
      SdkPojo part = SameMembers.builderOf(delta, "reasoningContent");
      SameMembers.copy(reasoning, Set.of(), part); // redacted
      delta(index, delta, "reasoningContent", part);
      return;
    }
    String says = SdkMembers.text(text, "text");
    if (says == null) {
      throw new Unconvertible();
    }
    for (String piece : TextPieces.of(says)) {
      SdkPojo delta = ContentBlockDelta.builder();
      SdkPojo part = SameMembers.builderOf(delta, "reasoningContent");
      SameMembers.set(part, "text", piece);
      delta(index, delta, "reasoningContent", part);
    }
    for (SdkField<?> field : SameMembers.present(text, Set.of("text"))) { // the signature
      SdkPojo delta = ContentBlockDelta.builder();
      SdkPojo part = SameMembers.builderOf(delta, "reasoningContent");
      if (!SameMembers.copy(text, field, part)) {
        throw new Unconvertible();
      }
      delta(index, delta, "reasoningContent", part);
    }
  }

  /** A stream has one text in such a block, and one delta for each citation. */
  private void citations(int index, SdkPojo block) throws Unconvertible {
    if (!SameMembers.present(block, Set.of("content", "citations")).isEmpty()
        || !(SdkMembers.get(block, "citations") instanceof List<?> citations)
        || citations.isEmpty()) {
      throw new Unconvertible(); // without citations it would be a text
    }
    if (SdkMembers.get(block, "content") instanceof List<?> content
        && FieldPlan.isPresent(content)) {
      if (content.size() != 1) {
        throw new Unconvertible();
      }
      SdkPojo generated = pojo(content.get(0));
      String text = SdkMembers.text(generated, "text");
      if (text == null || SameMembers.present(generated, Set.of()).size() != 1) {
        throw new Unconvertible();
      }
      text(index, text);
    }
    for (Object each : citations) {
      if (SdkMembers.get(each, "location") == null) {
        throw new Unconvertible(); // a delta without one may be a part of a citation
      }
      SdkPojo delta = ContentBlockDelta.builder();
      SdkPojo citation = SameMembers.builderOf(delta, "citation");
      SameMembers.copy(pojo(each), Set.of(), citation);
      delta(index, delta, "citation", citation);
    }
  }

  private void image(int index, SdkPojo image) throws Unconvertible {
    SdkPojo delta = ContentBlockDelta.builder();
    SdkPojo part = SameMembers.builderOf(delta, "image");
    SameMembers.copy(image, Set.of("format"), part);
    start(index, "image", image, Set.of("source", "error"));
    delta(index, delta, "image", part);
  }

  private void start(int index, String kind, SdkPojo block, Set<String> except)
      throws Unconvertible {
    ContentBlockStart.Builder start = ContentBlockStart.builder();
    SdkPojo of = SameMembers.builderOf(start, kind);
    SameMembers.copy(block, except, of);
    SameMembers.set(start, kind, SameMembers.built(of));
    event(
        ConverseStreamOutput.contentBlockStartBuilder()
            .contentBlockIndex(index)
            .start(start.build()));
  }

  private void delta(int index, SdkPojo delta, String kind, SdkPojo part) throws Unconvertible {
    SameMembers.set(delta, kind, SameMembers.built(part));
    delta(index, SameMembers.built(delta));
  }

  private void delta(int index, SdkPojo delta) {
    event(
        ConverseStreamOutput.contentBlockDeltaBuilder()
            .contentBlockIndex(index)
            .delta((ContentBlockDelta) delta));
  }

  private void event(SdkBuilder<?, ? extends ConverseStreamOutput> builder) {
    ConverseStreamOutput event = builder.build();
    events.add(event);
    bytes += CacheableOperations.CONVERSE_STREAM.sizeOf(event);
  }

  private static SdkPojo pojo(@Nullable Object value) throws Unconvertible {
    if (value instanceof SdkPojo pojo) {
      return pojo;
    }
    throw new Unconvertible();
  }
}
