package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.WireRequest;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.PayloadTrait;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.utils.builder.Buildable;

/** Converts requests from and to their form on the wire, by the SDK's own list of members. */
public final class RequestForm {
  private static final Map<String, Supplier<? extends SdkPojo>> BUILDERS =
      Map.of(
          "Converse", ConverseRequest::builder,
          "ConverseStream", ConverseStreamRequest::builder,
          "InvokeModel", InvokeModelRequest::builder,
          "InvokeModelWithResponseStream", InvokeModelWithResponseStreamRequest::builder);

  private RequestForm() {}

  /** See {@link WireRequest#of}. */
  public static WireRequest write(BedrockRuntimeRequest request) {
    CacheableOperation<?, ?> operation = CacheableOperations.of(request);
    if (operation == null || !BUILDERS.containsKey(operation.name())) {
      throw new IllegalArgumentException(
          "The operation is not one of " + BUILDERS.keySet().stream().sorted().toList());
    }
    String modelId = null;
    SdkBytes payload = null;
    Map<String, String> headers = new LinkedHashMap<>();
    for (SdkField<?> field : request.sdkFields()) {
      Object value = field.getValueOrDefault(request);
      if (!FieldPlan.isPresent(value)) {
        continue;
      }
      if (isModel(field)) {
        modelId = (String) value;
      } else if (isHeader(field)) {
        headers.put(field.locationName(), (String) value);
      } else if (isWholeBody(field)) {
        payload = (SdkBytes) value;
      } else if (field.location() != MarshallLocation.PAYLOAD) {
        throw new IllegalArgumentException(
            "The request's member " + field.memberName() + " has no form on the wire");
      }
    }
    if (modelId == null) {
      throw new IllegalArgumentException("The request names no model");
    }
    return new WireRequest(
        operation.name(), modelId, headers, hasWholeBody(request) ? bytes(payload) : json(request));
  }

  private static byte[] bytes(@Nullable SdkBytes payload) {
    return payload == null ? new byte[0] : payload.asByteArray();
  }

  private static byte[] json(SdkPojo request) {
    try {
      return SdkJson.write(request);
    } catch (IOException unsupported) {
      throw new IllegalArgumentException("The request has no form on the wire", unsupported);
    }
  }

  /** See {@link WireRequest#toRequest}. */
  public static BedrockRuntimeRequest read(WireRequest wire) throws IOException {
    Supplier<? extends SdkPojo> builders = BUILDERS.get(wire.operation());
    if (builders == null) {
      throw new IOException(
          "The operation is not one of " + BUILDERS.keySet().stream().sorted().toList());
    }
    SdkPojo builder = builders.get();
    int headers = 0;
    for (SdkField<?> field : builder.sdkFields()) {
      if (isModel(field)) {
        field.set(builder, wire.modelId());
      } else if (isHeader(field)) {
        String value = header(wire, field.locationName());
        if (value != null) {
          field.set(builder, value);
          headers++;
        }
      } else if (isWholeBody(field)) {
        field.set(builder, SdkBytes.fromByteArray(wire.body()));
      }
    }
    if (headers != wire.headers().size()) {
      throw new IOException("A header is not one of the operation's, or occurs twice");
    }
    if (!hasWholeBody(builder)) {
      SdkJson.readExactly(wire.body(), builder);
    }
    return (BedrockRuntimeRequest) ((Buildable) builder).build();
  }

  private static @Nullable String header(WireRequest wire, String name) {
    return wire.headers().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private static boolean isModel(SdkField<?> field) {
    return field.location() == MarshallLocation.PATH && field.locationName().equals("modelId");
  }

  private static boolean isHeader(SdkField<?> field) {
    return field.location() == MarshallLocation.HEADER
        && field.marshallingType() == MarshallingType.STRING;
  }

  private static boolean isWholeBody(SdkField<?> field) {
    return field.marshallingType() == MarshallingType.SDK_BYTES
        && field.containsTrait(PayloadTrait.class);
  }

  private static boolean hasWholeBody(SdkPojo pojo) {
    return pojo.sdkFields().stream().anyMatch(RequestForm::isWholeBody);
  }
}
