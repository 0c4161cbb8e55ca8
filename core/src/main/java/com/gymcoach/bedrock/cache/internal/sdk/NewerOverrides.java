package com.gymcoach.bedrock.cache.internal.sdk;

import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * Reads what the oldest supported SDK cannot override at a request. Used only where {@link
 * SdkFeatures#AUTH_SCHEME_OVERRIDES} is true.
 */
final class NewerOverrides {
  private NewerOverrides() {}

  static boolean hasAuthScheme(AwsRequestOverrideConfiguration overrides) {
    return overrides.authSchemeProvider().isPresent();
  }
}
