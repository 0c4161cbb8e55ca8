package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.events.Streamed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStartEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockStopEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamMetadataEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/**
 * Converts a stream of ConverseStream to the response that Converse would have sent. Members are
 * found by name: see {@link SameMembers}.
 */
final class StreamToConverse {
  private static final String CONTENT_TYPE = "application/json";
  private static final String INDEX = "contentBlockIndex";

  private final ConverseResponse.Builder response = ConverseResponse.builder();
  private final Message.Builder message = Message.builder();
  private final Map<Integer, StreamedBlock> blocks = new TreeMap<>();

  private StreamToConverse() {}

  /**
   * Returns the response.
   *
   * @throws Unconvertible if the response cannot hold the stream exactly
   */
  static ConverseResponse convert(Streamed<ConverseStreamResponse, ConverseStreamOutput> stream)
      throws Unconvertible {
    StreamToConverse converse = new StreamToConverse();
    for (ConverseStreamOutput event : stream) {
      converse.event(event);
    }
    List<ContentBlock> content = new ArrayList<>();
    for (StreamedBlock block : converse.blocks.values()) {
      content.add(block.content());
    }
    Message message = converse.message.content(content).build();
    return ResponseHttp.restored(
            converse.response.output(ConverseOutput.fromMessage(message)),
            ResponseHttp.inForm(stream.response(), CONTENT_TYPE))
        .build();
  }

  private void event(ConverseStreamOutput event) throws Unconvertible {
    switch (event.sdkEventType()) {
      case MESSAGE_START -> SameMembers.copy(event, Set.of(), message);
      case CONTENT_BLOCK_START -> {
        ContentBlockStartEvent start = (ContentBlockStartEvent) event;
        block(start, start.contentBlockIndex(), Set.of(INDEX, "start")).starts(start.start());
      }
      case CONTENT_BLOCK_DELTA -> {
        ContentBlockDeltaEvent delta = (ContentBlockDeltaEvent) event;
        block(delta, delta.contentBlockIndex(), Set.of(INDEX, "delta")).goesOn(delta.delta());
      }
      case CONTENT_BLOCK_STOP -> {
        ContentBlockStopEvent stop = (ContentBlockStopEvent) event;
        block(stop, stop.contentBlockIndex(), Set.of(INDEX));
      }
      case MESSAGE_STOP -> SameMembers.copy(event, Set.of(), response);
      case METADATA -> metadata((ConverseStreamMetadataEvent) event);
      default -> throw new Unconvertible(); // an event that this SDK does not know
    }
  }

  private void metadata(ConverseStreamMetadataEvent metadata) throws Unconvertible {
    if (SdkMembers.get(metadata.trace(), "guardrail") != null) {
      throw new Unconvertible(); // a guardrail judges a stream in pieces
    }
    SameMembers.copy(metadata, Set.of(), response);
  }

  private StreamedBlock block(SdkPojo event, @Nullable Integer index, Set<String> members)
      throws Unconvertible {
    if (index == null || !SameMembers.present(event, members).isEmpty()) {
      throw new Unconvertible();
    }
    return blocks.computeIfAbsent(index, absent -> new StreamedBlock());
  }
}
