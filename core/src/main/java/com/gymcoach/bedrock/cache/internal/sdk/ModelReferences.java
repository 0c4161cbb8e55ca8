package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells names whose meaning stays from names whose meaning may change behind them. */
final class ModelReferences {
  private static final Pattern UNVERSIONED_PROMPT =
      Pattern.compile("arn:[^:]*:[^:]*:.*:prompt/[^:]*");
  private static final Pattern CHANGEABLE =
      Pattern.compile(
          "arn:.*:(default-prompt-router|prompt-router|provisioned-model|custom-model-deployment"
              + "|endpoint)/.*");

  private ModelReferences() {}

  static @Nullable CacheReason refusal(String modelId, OptIns optIns) {
    if (!modelId.startsWith("arn:")) {
      return null;
    }
    if (UNVERSIONED_PROMPT.matcher(modelId).matches()) {
      return CacheReason.UNVERSIONED_PROMPT;
    }
    return !optIns.volatileReferences() && CHANGEABLE.matcher(modelId).matches()
        ? CacheReason.VOLATILE_REFERENCE
        : null;
  }

  /** Returns whether a guardrail is named without a version that stays as it is. */
  static boolean draft(@Nullable String guardrail, @Nullable String version) {
    return guardrail != null && (version == null || version.equalsIgnoreCase("DRAFT"));
  }
}
