package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamMetadataEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput.EventType;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailStreamConfiguration;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** ConverseStream. */
final class ConverseStreamOperation
    extends CacheableStream<ConverseStreamRequest, ConverseStreamResponse, ConverseStreamOutput> {

  /**
   * The heap size of the two objects around a text, in bytes. A constant, because nearly every
   * event has a text and measuring each one takes too long.
   */
  static final long TEXT_DELTA = 72;

  @Override
  public String name() {
    return "ConverseStream";
  }

  @Override
  public int codecId() {
    return 3;
  }

  @Override
  public String modelId(ConverseStreamRequest request) {
    return request.modelId() == null ? "" : request.modelId();
  }

  @Override
  public @Nullable CacheReason refusal(ConverseStreamRequest request, OptIns optIns) {
    GuardrailStreamConfiguration guardrail = request.guardrailConfig();
    return ModelReferences.refusal(
        modelId(request),
        guardrail == null ? null : guardrail.guardrailIdentifier(),
        guardrail == null ? null : guardrail.guardrailVersion(),
        optIns);
  }

  @Override
  @Nullable CacheReason admission(
      ConverseStreamRequest request, Iterable<ConverseStreamOutput> events, OptIns optIns) {
    return ConverseStreamGrammar.judge(events, optIns.toolUse());
  }

  @Override
  public @Nullable TokenUsage usage(Streamed<ConverseStreamResponse, ConverseStreamOutput> stream) {
    for (ConverseStreamOutput event : stream) {
      if (event instanceof ConverseStreamMetadataEvent metadata) {
        return ConverseOperation.usage(metadata.usage());
      }
    }
    return null;
  }

  @Override
  public PriceTier tier(Streamed<ConverseStreamResponse, ConverseStreamOutput> stream) {
    for (ConverseStreamOutput event : stream) {
      if (event instanceof ConverseStreamMetadataEvent metadata) {
        return ConverseOperation.tierOf(metadata);
      }
    }
    return PriceTier.STANDARD;
  }

  @Override
  public long sizeOf(ConverseStreamOutput event) {
    if (event instanceof ContentBlockDeltaEvent delta
        && delta.delta() != null
        && delta.delta().text() != null) {
      return LINK + TEXT_DELTA + SdkSize.of(delta.delta().text());
    }
    return LINK + SdkSize.of(event).bytes();
  }

  @Override
  boolean holdsBytes(ConverseStreamOutput event) {
    if (event instanceof ContentBlockDeltaEvent delta
        && delta.delta() != null
        && (delta.delta().text() != null || delta.delta().toolUse() != null)) {
      return false;
    }
    return SdkSize.of(event).holdsBytes();
  }

  /**
   * Writes the event in one line: Jackson escapes line feeds in texts, and writes none elsewhere.
   */
  @Override
  void write(ConverseStreamOutput event, ByteArrayOutputStream lines) throws IOException {
    lines.writeBytes(("{\"" + event.sdkEventType() + "\":").getBytes(UTF_8));
    SdkJson.write(event, lines);
    lines.write('}');
  }

  @Override
  ConverseStreamOutput event(byte[] line) throws IOException {
    int quote = 2;
    while (quote < line.length && line[quote] != '"') {
      quote++;
    }
    if (line.length < quote + 3
        || line[0] != '{'
        || line[1] != '"'
        || line[quote + 1] != ':'
        || line[line.length - 1] != '}') {
      throw new IOException("Line is not an event");
    }
    SdkBuilder<?, ? extends ConverseStreamOutput> builder =
        builder(new String(line, 2, quote - 2, UTF_8));
    byte[] event = Arrays.copyOfRange(line, quote + 2, line.length - 1);
    SdkJson.read(event, (SdkPojo) builder);
    return builder.build();
  }

  private static SdkBuilder<?, ? extends ConverseStreamOutput> builder(String type)
      throws IOException {
    return switch (EventType.fromValue(type)) {
      case MESSAGE_START -> ConverseStreamOutput.messageStartBuilder();
      case CONTENT_BLOCK_START -> ConverseStreamOutput.contentBlockStartBuilder();
      case CONTENT_BLOCK_DELTA -> ConverseStreamOutput.contentBlockDeltaBuilder();
      case CONTENT_BLOCK_STOP -> ConverseStreamOutput.contentBlockStopBuilder();
      case MESSAGE_STOP -> ConverseStreamOutput.messageStopBuilder();
      case METADATA -> ConverseStreamOutput.metadataBuilder();
      default -> throw new IOException("Event type is unknown");
    };
  }

  @Override
  ConverseStreamResponse begin(Payload payload) {
    return ResponseHttp.restored(ConverseStreamResponse.builder(), payload).build();
  }
}
