package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Copies members between classes of the SDK's model that have them under the same names, such as
 * the metrics of a response and of a stream. By name, because older SDKs lack some classes and
 * newer ones have more members. A member that has no place in the target is never dropped: the copy
 * fails.
 */
final class SameMembers {
  private SameMembers() {}

  /** Returns the members that are set, except those with the given names. */
  static List<SdkField<?>> present(SdkPojo from, Set<String> except) {
    List<SdkField<?>> present = new ArrayList<>();
    for (SdkField<?> field : from.sdkFields()) {
      if (FieldPlan.isPresent(field.getValueOrDefault(from))
          && !except.contains(field.memberName())) {
        present.add(field);
      }
    }
    return present;
  }

  /**
   * Copies the members that are set, except those with the given names.
   *
   * @throws Unconvertible if one of them has no place in the builder
   */
  static void copy(SdkPojo from, Set<String> except, SdkPojo builder) throws Unconvertible {
    for (SdkField<?> field : present(from, except)) {
      if (!copy(from, field, builder)) {
        throw new Unconvertible();
      }
    }
  }

  /** Copies one member. Returns false if the builder has none of that name. */
  static boolean copy(SdkPojo from, SdkField<?> field, SdkPojo builder) throws Unconvertible {
    SdkField<?> to = SdkMembers.field(builder, field.memberName());
    if (to == null) {
      return false;
    }
    to.set(builder, value(field, field.getValueOrDefault(from), to));
    return true;
  }

  /**
   * Sets a member.
   *
   * @throws Unconvertible if this SDK does not know the member
   */
  static void set(SdkPojo builder, String member, @Nullable Object value) throws Unconvertible {
    required(builder, member).set(builder, value);
  }

  /**
   * Returns a new builder of a member, or of its elements if it is a list.
   *
   * @throws Unconvertible if this SDK does not know the member
   */
  static SdkPojo builderOf(SdkPojo owner, String member) throws Unconvertible {
    SdkField<?> field = required(owner, member);
    SdkField<?> built = field.marshallingType() == MarshallingType.LIST ? element(field) : field;
    return built.constructor().get();
  }

  /** Returns the object that a builder builds. */
  static SdkPojo built(SdkPojo builder) {
    return (SdkPojo) ((Buildable) builder).build();
  }

  private static SdkField<?> required(SdkPojo owner, String member) throws Unconvertible {
    SdkField<?> field = SdkMembers.field(owner, member);
    if (field == null) {
      throw new Unconvertible();
    }
    return field;
  }

  private static SdkField<?> element(SdkField<?> list) {
    return list.getTrait(ListTrait.class).memberFieldInfo();
  }

  private static @Nullable Object value(SdkField<?> from, @Nullable Object value, SdkField<?> to)
      throws Unconvertible {
    if (from.marshallingType() != to.marshallingType()) {
      throw new Unconvertible();
    }
    if (value instanceof SdkPojo pojo) {
      SdkPojo builder = to.constructor().get();
      copy(pojo, Set.of(), builder);
      return built(builder);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copies = new ArrayList<>(list.size());
      for (Object each : list) {
        copies.add(value(element(from), each, element(to)));
      }
      return copies;
    }
    if (value instanceof Map<?, ?> map) {
      SdkField<?> inFrom = from.getTrait(MapTrait.class).valueFieldInfo();
      SdkField<?> inTo = to.getTrait(MapTrait.class).valueFieldInfo();
      Map<Object, @Nullable Object> copies = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        copies.put(entry.getKey(), value(inFrom, entry.getValue(), inTo));
      }
      return copies;
    }
    return value;
  }
}
