package com.gymcoach.bedrock.cache.internal.sdk;

import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * Reads overrides that a request of the oldest supported SDK cannot have. Used only if {@link
 * SdkFeatures#AUTH_SCHEME_OVERRIDES} is true.
 */
final class NewerOverrides {
  private NewerOverrides() {}

  static boolean hasAuthScheme(AwsRequestOverrideConfiguration overrides) {
    return overrides.authSchemeProvider().isPresent();
  }
}
