package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;

/** Roughly how many bytes an object of the SDK's takes in memory. */
final class SdkSize {
  /** What an object, a list, a map, a string or a member takes beyond what it holds. */
  private static final int OBJECT = 32;

  private SdkSize() {}

  static long of(@Nullable Object value) {
    if (value == null) {
      return 0;
    }
    long size = OBJECT;
    if (value instanceof String text) {
      size += of(text);
    } else if (value instanceof SdkBytes bytes) {
      size += bytes.asByteArrayUnsafe().length;
    } else if (value instanceof SdkPojo pojo) {
      for (SdkField<?> field : pojo.sdkFields()) {
        size += of(field.getValueOrDefault(pojo));
      }
    } else if (value instanceof List<?> list) {
      for (Object element : list) {
        size += of(element);
      }
    } else if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        size += of(entry.getKey()) + of(entry.getValue());
      }
    } else if (value instanceof Document document) {
      size += of(document.isMap() || document.isList() ? document.unwrap() : document.toString());
    }
    return size;
  }

  /** A string that holds anything beyond Latin-1 takes two bytes a character. */
  static long of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xFF) {
        return 2L * text.length();
      }
    }
    return text.length();
  }

  /** Returns a size as an int, half of the largest at most. */
  static int bounded(long size) {
    return (int) Math.min(Integer.MAX_VALUE / 2, size);
  }
}
