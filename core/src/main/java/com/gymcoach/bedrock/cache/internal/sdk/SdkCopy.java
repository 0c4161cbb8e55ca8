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
import software.amazon.awssdk.utils.builder.SdkBuilder;
import software.amazon.awssdk.utils.builder.ToCopyableBuilder;

/**
 * Copies the SDK's model objects. The SDK calls them immutable, yet a caller can reach the array
 * behind a body, or hold the maps and lists behind a document. A copy shares none of these. An
 * object that contains neither at any depth cannot be changed, and is returned itself.
 */
final class SdkCopy {
  private SdkCopy() {}

  /** Returns an equal object that shares no mutable state with the given one. */
  @SuppressWarnings("unchecked") // an object's builder builds such an object
  static <T> T of(T original) {
    SdkBuilder<?, ?> builder = null;
    for (SdkField<?> field : ((SdkPojo) original).sdkFields()) {
      Object value = field.getValueOrDefault(original);
      Object copy = copy(value);
      if (copy != value) {
        if (builder == null) {
          builder = ((ToCopyableBuilder<?, ?>) original).toBuilder();
        }
        field.set(builder, copy);
      }
    }
    return builder == null ? original : (T) builder.build();
  }

  private static @Nullable Object copy(@Nullable Object value) {
    if (value instanceof String) { // first: most are, and checks for interfaces are slower
      return value;
    }
    if (value instanceof SdkPojo) {
      return of(value);
    }
    if (value instanceof List<?> list) {
      return list(list);
    }
    if (value instanceof Map<?, ?> map) {
      return map(map);
    }
    if (value instanceof SdkBytes bytes) {
      return of(bytes);
    }
    return value instanceof Document document ? document(document) : value;
  }

  private static List<?> list(List<?> list) {
    List<@Nullable Object> copies = null;
    for (int i = 0; i < list.size(); i++) {
      Object copy = copy(list.get(i));
      if (copy != list.get(i)) {
        if (copies == null) {
          copies = new ArrayList<>(list);
        }
        copies.set(i, copy);
      }
    }
    return copies == null ? list : copies;
  }

  private static Map<?, ?> map(Map<?, ?> map) {
    boolean[] changed = {false};
    Map<@Nullable Object, @Nullable Object> copies = new LinkedHashMap<>();
    map.forEach( // not entrySet(), because a map caches that view
        (name, value) -> {
          Object copy = copy(value);
          copies.put(name, copy);
          changed[0] |= copy != value;
        });
    return changed[0] ? copies : map;
  }

  /** Returns the same bytes in a new array. */
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
