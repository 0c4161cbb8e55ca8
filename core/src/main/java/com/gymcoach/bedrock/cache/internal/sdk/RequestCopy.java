package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.SdkBuilder;
import software.amazon.awssdk.utils.builder.ToCopyableBuilder;

/**
 * A copy of a request that nobody can change. A request calls itself immutable, and yet its caller
 * may hold the array behind a body, or the maps and lists behind a document.
 */
public final class RequestCopy {
  /** What an object, a list or a map takes beyond what it holds; a round figure. */
  private static final int OBJECT = 64;

  private final AwsRequest request;
  private long bytes;

  private RequestCopy(AwsRequest original) {
    AwsRequest.Builder builder = original.toBuilder();
    builder.overrideConfiguration((AwsRequestOverrideConfiguration) null);
    copyFields((SdkPojo) builder, original);
    this.request = builder.build();
  }

  /** Copies a request, all but its override configuration. */
  public static RequestCopy of(AwsRequest request) {
    return new RequestCopy(request);
  }

  /** Returns the copy. */
  public AwsRequest request() {
    return request;
  }

  /** Returns roughly how many bytes the copy takes; a character counts as two. */
  public long bytes() {
    return bytes;
  }

  private void copyFields(SdkPojo builder, SdkPojo original) {
    bytes += OBJECT;
    for (SdkField<?> field : original.sdkFields()) {
      Object value = field.getValueOrDefault(original);
      if (FieldPlan.isPresent(value)) {
        field.set(builder, copy(field, value));
      }
    }
  }

  private @Nullable Object copy(SdkField<?> type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.marshallingType().getKnownType()) {
      case STRING -> string((String) value);
      case SDK_BYTES -> bytes((SdkBytes) value);
      case DOCUMENT -> document((Document) value);
      case SDK_POJO -> pojo((SdkPojo) value);
      case LIST -> {
        bytes += OBJECT;
        SdkField<?> element = type.getTrait(ListTrait.class).memberFieldInfo();
        List<@Nullable Object> copies = new ArrayList<>();
        ((List<?>) value).forEach(e -> copies.add(copy(element, e)));
        yield copies;
      }
      case MAP -> {
        bytes += OBJECT;
        SdkField<?> element = type.getTrait(MapTrait.class).valueFieldInfo();
        Map<@Nullable Object, @Nullable Object> copies = new LinkedHashMap<>();
        ((Map<?, ?>) value)
            .forEach((name, v) -> copies.put(string((String) name), copy(element, v)));
        yield copies;
      }
      default -> value;
    };
  }

  private @Nullable String string(@Nullable String value) {
    bytes += value == null ? 0 : OBJECT + 2L * value.length();
    return value;
  }

  private SdkBytes bytes(SdkBytes value) {
    bytes += OBJECT + value.asByteArrayUnsafe().length;
    return SdkBytes.fromByteArray(value.asByteArrayUnsafe());
  }

  private Object pojo(SdkPojo pojo) {
    Object builder = ((ToCopyableBuilder<?, ?>) pojo).toBuilder();
    copyFields((SdkPojo) builder, pojo);
    return ((SdkBuilder<?, ?>) builder).build();
  }

  private @Nullable Document document(@Nullable Document document) {
    bytes += OBJECT;
    if (document == null) {
      return null;
    }
    if (document.isMap()) {
      Map<String, @Nullable Document> copies = new LinkedHashMap<>();
      document.asMap().forEach((name, value) -> copies.put(string(name), document(value)));
      return Document.fromMap(copies);
    }
    if (document.isList()) {
      List<@Nullable Document> copies = new ArrayList<>();
      document.asList().forEach(element -> copies.add(document(element)));
      return Document.fromList(copies);
    }
    if (document.isString()) {
      string(document.asString());
    }
    return document;
  }
}
