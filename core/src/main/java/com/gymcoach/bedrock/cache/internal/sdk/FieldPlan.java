package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.Tool;

/**
 * The fields of an SDK model class that enter a key, in the order of their wire names: all except
 * those in {@link #LEFT_OUT}. Created once per class.
 *
 * @param fields the fields that enter the key
 * @param leftOut the fields that do not
 * @param volatileReference whether an instance refers to something whose content can change under
 *     the same name
 */
record FieldPlan(List<Field> fields, List<SdkField<?>> leftOut, boolean volatileReference) {

  /**
   * The fields that cannot change the answer, by class: tags that are only logged, and marks of
   * where Bedrock may cache a prompt's prefix. Every other field enters the key.
   */
  static final Map<Class<? extends SdkPojo>, String> LEFT_OUT =
      Map.of(
          ConverseRequest.class, "requestMetadata",
          ConverseStreamRequest.class, "requestMetadata",
          InvokeModelRequest.class, "requestMetadata",
          InvokeModelWithResponseStreamRequest.class, "requestMetadata",
          ContentBlock.class, "cachePoint",
          SystemContentBlock.class, "cachePoint",
          Tool.class, "cachePoint");

  /** Listed by name, because older SDKs lack some of these classes. */
  private static final Set<String> VOLATILE_REFERENCES = Set.of("S3Location", "SystemTool");

  private static final Map<Class<?>, FieldPlan> PLANS = new ConcurrentHashMap<>();

  /**
   * A field that enters the key.
   *
   * @param field how to read it
   * @param name the token of its wire name
   * @param json whether its bytes are normally JSON rather than opaque
   */
  record Field(SdkField<?> field, byte[] name, boolean json) {}

  static FieldPlan of(SdkPojo pojo) {
    FieldPlan plan = PLANS.get(pojo.getClass());
    return plan != null ? plan : PLANS.computeIfAbsent(pojo.getClass(), c -> make(pojo));
  }

  /** Returns whether an instance has content, but none that enters the key. */
  boolean onlyLeftOut(SdkPojo pojo) {
    boolean any = false;
    for (SdkField<?> field : leftOut) { // loops, not streams: this runs for each block of a prompt
      any |= isPresent(field.getValueOrDefault(pojo));
    }
    if (!any) {
      return false;
    }
    for (Field field : fields) {
      if (isPresent(field.field().getValueOrDefault(pojo))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether a value is set. An explicit empty list or map is; one that the SDK substitutes
   * for an absent value is not.
   */
  static boolean isPresent(@Nullable Object value) {
    return value != null
        && !(value instanceof SdkAutoConstructList)
        && !(value instanceof SdkAutoConstructMap);
  }

  /** Returns the plan of an instance's class. */
  static FieldPlan make(SdkPojo pojo) {
    String excluded = LEFT_OUT.get(pojo.getClass());
    boolean hasBody =
        pojo instanceof InvokeModelRequest
            || pojo instanceof InvokeModelWithResponseStreamRequest
            || pojo instanceof InvokeModelTokensRequest;
    List<Field> included = new ArrayList<>();
    List<SdkField<?>> leftOut = new ArrayList<>();
    for (SdkField<?> field : pojo.sdkFields()) {
      if (field.memberName().equals(excluded)) {
        leftOut.add(field);
      } else {
        boolean json = hasBody && field.memberName().equals("body");
        included.add(new Field(field, KeyWriter.token(field.locationName()), json));
      }
    }
    included.sort(Comparator.comparing(f -> f.field().locationName()));
    return new FieldPlan(
        List.copyOf(included),
        List.copyOf(leftOut),
        VOLATILE_REFERENCES.contains(pojo.getClass().getSimpleName()));
  }
}
