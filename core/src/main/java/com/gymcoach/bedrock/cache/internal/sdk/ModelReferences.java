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

  /** Returns why a request that names these must not be served from a cache, or null. */
  static @Nullable CacheReason refusal(
      String modelId,
      @Nullable String guardrail,
      @Nullable String guardrailVersion,
      OptIns optIns) {
    if (guardrail != null
        && (guardrailVersion == null || guardrailVersion.equalsIgnoreCase("DRAFT"))) {
      return CacheReason.DRAFT_GUARDRAIL;
    }
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
}
