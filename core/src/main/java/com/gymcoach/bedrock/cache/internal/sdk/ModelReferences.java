package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decides whether the things that a request names can change under the same name. */
final class ModelReferences {
  private static final Pattern UNVERSIONED_PROMPT =
      Pattern.compile("arn:[^:]*:[^:]*:.*:prompt/[^:]*");
  private static final Pattern CHANGEABLE =
      Pattern.compile(
          "arn:.*:(default-prompt-router|prompt-router|provisioned-model|custom-model-deployment"
              + "|endpoint)/.*");

  /**
   * The name, or the last part of the ARN, of one of the account's own resources. According to the
   * service's model, only a provisioned throughput has a name without a dot; ids of models and of
   * Bedrock's profiles have a dot after the provider.
   */
  private static final Pattern OWN_NAME = Pattern.compile("[0-9a-zA-Z_-]+");

  private ModelReferences() {}

  /**
   * Returns why a request with these names must not be served from a cache, or null if it may be.
   */
  static @Nullable CacheReason refusal(
      String modelId,
      @Nullable String guardrail,
      @Nullable String guardrailVersion,
      OptIns optIns) {
    if (guardrail != null
        && (guardrailVersion == null || guardrailVersion.equalsIgnoreCase("DRAFT"))) {
      return CacheReason.DRAFT_GUARDRAIL;
    }
    if (modelId.startsWith("arn:") && UNVERSIONED_PROMPT.matcher(modelId).matches()) {
      return CacheReason.UNVERSIONED_PROMPT;
    }
    return !optIns.volatileReferences() && mayChange(modelId)
        ? CacheReason.VOLATILE_REFERENCE
        : null;
  }

  private static boolean mayChange(String modelId) {
    return modelId.startsWith("arn:")
        ? CHANGEABLE.matcher(modelId).matches()
        : modelId.indexOf('.') < 0 && OWN_NAME.matcher(modelId).matches();
  }
}
