package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;

/**
 * Measures the heap size of an object of the SDK's model with everything that it refers to, and
 * whether any of that is mutable.
 *
 * <p>The figures apply to a 64-bit HotSpot with compressed references, the default for heaps under
 * 32 GB: object headers take 12 bytes (arrays: 16), references take 4, and sizes are multiples of
 * 8. The wrappers that the SDK and the JDK put around a list, a map or a document are included, and
 * so are the views that a map creates when a caller reads it.
 */
final class SdkSize {
  private static final int HEADER = 12;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;

  /** The size of a boxed number, a document or a blob: a header and one field. */
  private static final int SMALL_OBJECT = 16;

  private static final int BOXED_LONG = 24;
  private static final int STRING = 24;

  /** The size of an {@code ArrayList} and the unmodifiable view around it. */
  private static final int LIST = 24 + 24;

  /**
   * The size of a {@code LinkedHashMap}, the unmodifiable view around it, and the two views of its
   * entries.
   */
  private static final int MAP = 56 + 32 + 2 * 16;

  private static final int MAP_ENTRY = 40;
  private static final int SMALLEST_TABLE = 16;

  private long bytes;
  private boolean holdsBytes;
  private boolean holdsDocuments;

  private SdkSize() {}

  /** Measures an object of the SDK's model, or one of its members. */
  static SdkSize of(@Nullable Object value) {
    SdkSize size = new SdkSize();
    size.add(value);
    return size;
  }

  /** Returns the heap size in bytes. */
  long bytes() {
    return bytes;
  }

  /** Returns whether there is a byte array, which a holder of the object can change. */
  boolean holdsBytes() {
    return holdsBytes;
  }

  /**
   * Returns whether there is any mutable state that a holder of the object can change: see {@link
   * SdkCopy}.
   */
  boolean holdsChangeable() {
    return holdsBytes || holdsDocuments;
  }

  private void add(@Nullable Object value) {
    if (value instanceof String text) {
      bytes += of(text);
    } else if (value instanceof SdkPojo pojo) {
      pojo(pojo);
    } else if (value instanceof List<?> list) {
      if (FieldPlan.isPresent(list)) {
        list(list);
      }
    } else if (value instanceof Map<?, ?> map) {
      if (FieldPlan.isPresent(map)) {
        map(map);
      }
    } else if (value instanceof Document document) {
      document(document);
    } else if (value instanceof SdkBytes blob) {
      holdsBytes = true;
      bytes += SMALL_OBJECT + array(blob.asByteArrayUnsafe().length);
    } else if (value instanceof Number number) {
      bytes += number(number);
    }
    // The rest is null or a constant that the whole process shares.
  }

  /**
   * Adds a model object: it has a reference for each field, and a union has one more for its kind.
   */
  private void pojo(SdkPojo pojo) {
    List<SdkField<?>> fields = pojo.sdkFields();
    bytes += aligned(HEADER + (long) REFERENCE * (fields.size() + 1));
    for (SdkField<?> field : fields) {
      add(field.getValueOrDefault(pojo));
    }
  }

  private void list(List<?> list) {
    bytes += LIST + array((long) REFERENCE * list.size());
    for (Object element : list) {
      add(element);
    }
  }

  private void map(Map<?, ?> map) {
    bytes += MAP;
    if (!map.isEmpty()) {
      long wanted = map.size() * 4L / 3 + 1;
      long table = Math.max(SMALLEST_TABLE, Long.highestOneBit(2 * wanted - 1));
      bytes += array(REFERENCE * table) + (long) MAP_ENTRY * map.size();
    }
    map.forEach( // not entrySet(), because a map caches that view
        (name, value) -> {
          add(name);
          add(value);
        });
  }

  private void document(Document document) {
    holdsDocuments = true;
    if (document.isNull() || document.isBoolean()) {
      return; // the SDK shares one instance of each
    }
    bytes += SMALL_OBJECT;
    if (document.isMap()) {
      map(document.asMap());
    } else if (document.isList()) {
      list(document.asList());
    } else if (document.isString()) {
      bytes += of(document.asString());
    } else if (document.isNumber()) {
      bytes += SMALL_OBJECT + 8 + of(document.asNumber().stringValue());
    }
  }

  /** Returns the size of a boxed number; zero for small ones, which the JDK shares. */
  private static long number(Number number) {
    if (number instanceof Integer || number instanceof Long) {
      long value = number.longValue();
      if (value >= Byte.MIN_VALUE && value <= Byte.MAX_VALUE) {
        return 0;
      }
    }
    return number instanceof Integer || number instanceof Float ? SMALL_OBJECT : BOXED_LONG;
  }

  /** Returns the size of a string: two bytes per character if any is beyond Latin-1. */
  static long of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xFF) {
        return STRING + array(2L * text.length());
      }
    }
    return STRING + array(text.length());
  }

  private static long array(long content) {
    return aligned(ARRAY_HEADER + content);
  }

  private static long aligned(long size) {
    return (size + 7) & ~7L;
  }

  /** Returns a size as an int, at most half of the largest int. */
  static int bounded(long size) {
    return (int) Math.min(Integer.MAX_VALUE / 2, size);
  }
}
