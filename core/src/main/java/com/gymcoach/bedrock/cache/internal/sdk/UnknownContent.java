package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/**
 * Finds content that the SDK on the class path could not read. One of the service's unions has
 * exactly one member. If a newer Bedrock sends a member that this SDK does not know, the SDK's
 * object has none set, and a replay would lose the content. Types are identified by their names in
 * the service's model, because older SDKs do not have all classes.
 */
final class UnknownContent {
  /** The unions of the service's model that an answer can contain at any depth. */
  static final Set<String> UNIONS =
      Set.of(
          "AudioSource",
          "CitationGeneratedContent",
          "CitationLocation",
          "CitationSourceContent",
          "ContentBlock",
          "ContentBlockDelta",
          "ContentBlockStart",
          "ConverseOutput",
          "DocumentContentBlock",
          "DocumentSource",
          "GuardrailAutomatedReasoningFinding",
          "GuardrailConverseContentBlock",
          "GuardrailConverseImageSource",
          "ImageSource",
          "ReasoningContentBlock",
          "ReasoningContentBlockDelta",
          "ToolResultBlockDelta",
          "ToolResultContentBlock",
          "VideoSource");

  /** The formats of images, audio, video and documents in the service's model. */
  static final Set<String> FORMATS =
      Set.of(
          "png",
          "jpeg",
          "gif",
          "webp", // images
          "mp3",
          "opus",
          "wav",
          "aac",
          "flac",
          "ogg",
          "mka",
          "x-aac",
          "m4a",
          "mpga",
          "pcm", // audio
          "mkv",
          "mov",
          "mp4",
          "webm",
          "flv",
          "mpeg",
          "mpg",
          "wmv",
          "three_gp", // video, and audio
          "pdf",
          "csv",
          "doc",
          "docx",
          "xls",
          "xlsx",
          "html",
          "txt",
          "md"); // documents

  private UnknownContent() {}

  /**
   * Returns whether a part of an answer contains, at any depth, content that this SDK does not
   * know.
   */
  static boolean isIn(@Nullable Object value) {
    if (value instanceof SdkPojo pojo) {
      return isInObject(pojo);
    }
    if (value instanceof List<?> list) {
      for (Object element : list) { // a loop, not a stream: this runs for each part of an answer
        if (isIn(element)) {
          return true;
        }
      }
      return false;
    }
    return value instanceof Map<?, ?> map && map.values().stream().anyMatch(UnknownContent::isIn);
  }

  private static boolean isInObject(SdkPojo pojo) {
    boolean empty = true;
    for (SdkField<?> field : pojo.sdkFields()) {
      Object value = field.getValueOrDefault(pojo);
      if (value == null) {
        continue; // most members are not set
      }
      if (value instanceof String text) {
        empty = false;
        if (field.memberName().equals("format") && !FORMATS.contains(text)) {
          return true;
        }
      } else if (FieldPlan.isPresent(value)) {
        empty = false;
        if (isIn(value)) {
          return true;
        }
      }
    }
    return empty && UNIONS.contains(pojo.getClass().getSimpleName());
  }
}
