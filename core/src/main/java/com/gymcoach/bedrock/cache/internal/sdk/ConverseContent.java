package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.wire.Blank;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;

/**
 * Reports the content of Converse's blocks, and of its stream's deltas, to a {@link UsableAnswer}.
 * Identifies members by their names in the service's model, because older SDKs do not have all
 * classes.
 */
final class ConverseContent {
  /** Members whose content counts. Reasoning, cache points and citation sources do not count. */
  private static final Set<String> PARTS =
      Set.of(
          "citationsContent",
          "content",
          "guardContent",
          "searchResult",
          "toolResult",
          "image",
          "document",
          "video",
          "audio",
          "source",
          "s3Location");

  private ConverseContent() {}

  /** Reports a block, the start of one, or a delta. */
  static void report(@Nullable SdkPojo block, UsableAnswer answer) {
    if (block == null) {
      answer.refuse(CacheReason.UNKNOWN_CONTENT);
      return;
    }
    for (SdkField<?> field : block.sdkFields()) {
      Object value = field.getValueOrDefault(block);
      if (value instanceof String text && field.memberName().equals("text")) {
        answer.says(text);
      } else if (value != null && field.memberName().equals("toolUse")) {
        answer.asksForTool();
      } else if (PARTS.contains(field.memberName())) {
        answer.holds(holdsSomething(value));
      }
    }
  }

  private static boolean holdsSomething(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list.stream().anyMatch(ConverseContent::holdsSomething);
    }
    if (!(value instanceof SdkPojo pojo)) {
      return false;
    }
    boolean something = false;
    for (SdkField<?> field : pojo.sdkFields()) {
      Object member = field.getValueOrDefault(pojo);
      if (member != null && field.memberName().equals("error")) {
        return false; // an image or sound that could not be generated
      }
      something |= holdsSomething(field.memberName(), member);
    }
    return something;
  }

  private static boolean holdsSomething(String name, @Nullable Object value) {
    return switch (name) {
      case "text", "uri" -> value instanceof String text && !Blank.is(text);
      case "bytes" -> value instanceof SdkBytes bytes && bytes.asByteArrayUnsafe().length > 0;
      case "json" -> value instanceof Document json && !json.isNull();
      default -> PARTS.contains(name) && holdsSomething(value);
    };
  }
}
