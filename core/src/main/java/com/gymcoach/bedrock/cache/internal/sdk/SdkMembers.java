package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/**
 * Reads members of the SDK's objects by name. Members that the oldest supported SDK lacks are read
 * only this way, because a getter would fail to link there. The fields of a class are looked up
 * once.
 */
final class SdkMembers {
  private static final Map<Class<?>, Map<String, SdkField<?>>> FIELDS = new ConcurrentHashMap<>();

  private SdkMembers() {}

  /**
   * Returns the value of a member, with an enum as its text. Returns null if the member is not set,
   * if this SDK does not know it, or if the object is not an SDK object.
   */
  static @Nullable Object get(@Nullable Object pojo, String member) {
    if (!(pojo instanceof SdkPojo of)) {
      return null;
    }
    SdkField<?> field = field(of, member);
    return field == null ? null : field.getValueOrDefault(of);
  }

  /** Returns a member of an object or a builder, or null if this SDK does not know it. */
  static @Nullable SdkField<?> field(SdkPojo of, String member) {
    Map<String, SdkField<?>> fields = FIELDS.get(of.getClass());
    if (fields == null) {
      fields = FIELDS.computeIfAbsent(of.getClass(), type -> byName(of));
    }
    return fields.get(member);
  }

  /** Returns the text of a member, or null under the same conditions or if it is not a text. */
  static @Nullable String text(@Nullable Object pojo, String member) {
    return get(pojo, member) instanceof String text ? text : null;
  }

  private static Map<String, SdkField<?>> byName(SdkPojo pojo) {
    Map<String, SdkField<?>> byName = new HashMap<>();
    for (SdkField<?> field : pojo.sdkFields()) {
      byName.put(field.memberName(), field);
    }
    return byName;
  }
}
