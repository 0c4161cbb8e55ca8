package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.internal.wire.ShallowJson;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.PayloadPart;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;

/**
 * InvokeModelWithResponseStream. The chunks have the model's own format and are kept byte for byte.
 */
final class InvokeModelStreamOperation
    extends CacheableStream<
        InvokeModelWithResponseStreamRequest,
        InvokeModelWithResponseStreamResponse,
        ResponseStream> {

  /** The member that Bedrock adds to every model's last chunk, and only to that. */
  private static final String METRICS = "amazon-bedrock-invocationMetrics";

  @Override
  public String name() {
    return "InvokeModelWithResponseStream";
  }

  @Override
  public int codecId() {
    return 4;
  }

  @Override
  public String modelId(InvokeModelWithResponseStreamRequest request) {
    return request.modelId() == null ? "" : request.modelId();
  }

  @Override
  public @Nullable CacheReason refusal(
      InvokeModelWithResponseStreamRequest request, OptIns optIns) {
    return ModelReferences.refusal(
        modelId(request), request.guardrailIdentifier(), request.guardrailVersion(), optIns);
  }

  @Override
  @Nullable CacheReason admission(
      InvokeModelWithResponseStreamRequest request,
      Iterable<ResponseStream> events,
      OptIns optIns) {
    ModelBody body = new ModelBody(optIns.toolUse());
    int afterLast = 0;
    boolean last = false;
    try {
      for (ResponseStream event : events) {
        if (!(event instanceof PayloadPart part) || part.bytes() == null) {
          return CacheReason.UNKNOWN_CONTENT;
        }
        afterLast += last ? 1 : 0;
        ShallowJson chunk = ShallowJson.object(part.bytes().asByteArrayUnsafe());
        body.add(chunk);
        last |= chunk.members().containsKey(METRICS);
      }
    } catch (IOException incomplete) { // reported by the reason
      return CacheReason.INCOMPLETE_BODY;
    }
    return body.isGuarded() || (last && afterLast == 0)
        ? body.judge(optIns.modelOr(modelId(request)), optIns)
        : CacheReason.INCOMPLETE_BODY;
  }

  @Override
  public @Nullable TokenUsage usage(
      Streamed<InvokeModelWithResponseStreamResponse, ResponseStream> stream) {
    PayloadPart last = null;
    for (ResponseStream event : stream) {
      last = event instanceof PayloadPart part ? part : null;
    }
    if (last == null || last.bytes() == null) {
      return null;
    }
    ShallowJson metrics;
    try {
      metrics = ShallowJson.object(last.bytes().asByteArrayUnsafe()).at(METRICS);
    } catch (IOException incomplete) { // such a chunk reports no usage
      return null;
    }
    Long input = tokens(metrics, "inputTokenCount");
    Long output = tokens(metrics, "outputTokenCount");
    return input == null || output == null
        ? null
        : new TokenUsage(
            input,
            output,
            TokenCounts.orZero(tokens(metrics, "cacheReadInputTokenCount")),
            TokenCounts.orZero(tokens(metrics, "cacheWriteInputTokenCount")));
  }

  private static @Nullable Long tokens(ShallowJson metrics, String kind) {
    String value = metrics.at(kind).text();
    return value.matches("[0-9]{1,15}") ? Long.valueOf(value) : null;
  }

  @Override
  public PriceTier tier(Streamed<InvokeModelWithResponseStreamResponse, ResponseStream> stream) {
    InvokeModelWithResponseStreamResponse head = stream.response();
    return PriceTier.of(
        head.performanceConfigLatencyAsString(), SdkMembers.text(head, "serviceTier"));
  }

  @Override
  public long sizeOf(ResponseStream event) {
    return LINK + SdkSize.of(event).bytes();
  }

  @Override
  boolean holdsBytes(ResponseStream event) {
    return event instanceof PayloadPart part && part.bytes() != null;
  }

  /** Hand-written, because every chunk needs it and a generic walk over the fields is slower. */
  @Override
  public ResponseStream own(ResponseStream event) {
    return event instanceof PayloadPart part && part.bytes() != null
        ? part.toBuilder().bytes(SdkCopy.of(part.bytes())).build()
        : event;
  }

  @Override
  void write(ResponseStream event, ByteArrayOutputStream lines) throws IOException {
    byte[] chunk = ((PayloadPart) event).bytes().asByteArrayUnsafe();
    for (byte b : chunk) {
      if (b == '\n') {
        throw new IOException("Chunk contains a line feed");
      }
    }
    lines.writeBytes(chunk);
  }

  @Override
  ResponseStream event(byte[] line) {
    return ResponseStream.chunkBuilder().bytes(SdkBytes.fromByteArrayUnsafe(line)).build();
  }

  @Override
  InvokeModelWithResponseStreamResponse begin(Payload payload) {
    return ResponseHttp.restored(InvokeModelWithResponseStreamResponse.builder(), payload).build();
  }
}
