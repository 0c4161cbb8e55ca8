package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.SdkBuilder;
import software.amazon.awssdk.utils.builder.ToCopyableBuilder;

/**
 * Deep copies of the SDK's model objects. The SDK calls them immutable, and yet a caller can reach
 * the array behind a body, or hold the maps and lists behind a document. A copy shares neither.
 */
final class SdkCopy {
  private SdkCopy() {}

  /** Returns an equal object that shares no array, list or map with the one given. */
  @SuppressWarnings("unchecked") // an object's builder builds such an object
  static <T> T of(T original) {
    Object builder = ((ToCopyableBuilder<?, ?>) original).toBuilder();
    copyFields((SdkPojo) builder, (SdkPojo) original);
    return (T) ((SdkBuilder<?, ?>) builder).build();
  }

  /** Sets the fields of a builder to copies of those of an object; it keeps what is absent. */
  static void copyFields(SdkPojo builder, SdkPojo original) {
    for (SdkField<?> field : original.sdkFields()) {
      Object value = field.getValueOrDefault(original);
      if (FieldPlan.isPresent(value)) {
        field.set(builder, copy(field, value));
      }
    }
  }

  private static @Nullable Object copy(SdkField<?> type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.marshallingType().getKnownType()) {
      case SDK_BYTES -> of((SdkBytes) value);
      case DOCUMENT -> document((Document) value);
      case SDK_POJO -> of(value);
      case LIST -> {
        SdkField<?> element = type.getTrait(ListTrait.class).memberFieldInfo();
        List<@Nullable Object> copies = new ArrayList<>(((List<?>) value).size());
        ((List<?>) value).forEach(e -> copies.add(copy(element, e)));
        yield copies;
      }
      case MAP -> {
        SdkField<?> element = type.getTrait(MapTrait.class).valueFieldInfo();
        Map<@Nullable Object, @Nullable Object> copies = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((name, v) -> copies.put(name, copy(element, v)));
        yield copies;
      }
      default -> value;
    };
  }

  /** Returns the same bytes in another array. */
  static SdkBytes of(SdkBytes bytes) {
    return SdkBytes.fromByteArray(bytes.asByteArrayUnsafe());
  }

  private static @Nullable Document document(@Nullable Document document) {
    if (document == null) {
      return null;
    }
    if (document.isMap()) {
      Map<String, @Nullable Document> copies = new LinkedHashMap<>();
      document.asMap().forEach((name, value) -> copies.put(name, document(value)));
      return Document.fromMap(copies);
    }
    if (document.isList()) {
      List<@Nullable Document> copies = new ArrayList<>(document.asList().size());
      document.asList().forEach(element -> copies.add(document(element)));
      return Document.fromList(copies);
    }
    return document;
  }
}
