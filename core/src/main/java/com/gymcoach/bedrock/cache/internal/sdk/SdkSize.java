package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/** How large an object of the SDK's is: the characters and bytes in it. */
final class SdkSize {
  private SdkSize() {}

  static long of(@Nullable Object value) {
    long size = 0;
    if (value instanceof String text) {
      size = text.length();
    } else if (value instanceof SdkBytes bytes) {
      size = bytes.asByteArrayUnsafe().length;
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
    }
    return size;
  }
}
