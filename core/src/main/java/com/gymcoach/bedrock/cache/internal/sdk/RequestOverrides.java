package com.gymcoach.bedrock.cache.internal.sdk;

import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;

/**
 * Handles a request's overrides: those that can change its answer or its account, and its time
 * limit.
 */
public final class RequestOverrides {
  private static final String OURS = "com.gymcoach.bedrock.cache.";

  private RequestOverrides() {}

  /**
   * Returns whether the request's overrides require it to bypass the cache. An execution attribute
   * counts like a header, because an interceptor may turn it into one.
   *
   * @param ignored names that cannot change an answer, in lower case
   */
  public static boolean matter(AwsRequest request, Set<String> ignored) {
    AwsRequestOverrideConfiguration overrides = request.overrideConfiguration().orElse(null);
    if (overrides == null) {
      return false;
    }
    return overrides.credentialsIdentityProvider().isPresent()
        || overrides.tokenIdentityProvider().isPresent()
        || overrides.signer().isPresent()
        || overrides.endpointProvider().isPresent()
        || (SdkFeatures.AUTH_SCHEME_OVERRIDES && NewerOverrides.hasAuthScheme(overrides))
        || !overrides.plugins().isEmpty()
        || anyMatters(overrides.headers().keySet(), ignored)
        || anyMatters(overrides.rawQueryParameters().keySet(), ignored)
        || attributesMatter(overrides, ignored);
  }

  /** Returns the request with a time limit. The rest of its configuration is unchanged. */
  public static <Q extends AwsRequest> Q within(Q request, Duration apiCallTimeout) {
    AwsRequestOverrideConfiguration.Builder overrides =
        request
            .overrideConfiguration()
            .map(AwsRequestOverrideConfiguration::toBuilder)
            .orElseGet(AwsRequestOverrideConfiguration::builder);
    overrides.apiCallTimeout(apiCallTimeout);
    AwsRequest changed = request.toBuilder().overrideConfiguration(overrides.build()).build();
    @SuppressWarnings("unchecked") // a request's builder builds that request
    Q same = (Q) changed;
    return same;
  }

  /** Returns whether this library defines the attribute. An attribute's text is its name. */
  public static boolean isOurs(ExecutionAttribute<?> attribute) {
    return attribute.toString().startsWith(OURS);
  }

  private static boolean attributesMatter(
      AwsRequestOverrideConfiguration overrides, Set<String> ignored) {
    return overrides.executionAttributes().getAttributes().keySet().stream()
        .anyMatch(attribute -> !isOurs(attribute) && matters(attribute.toString(), ignored));
  }

  private static boolean anyMatters(Collection<String> names, Set<String> ignored) {
    return names.stream().anyMatch(name -> matters(name, ignored));
  }

  private static boolean matters(String name, Set<String> ignored) {
    return !ignored.contains(name.toLowerCase(Locale.ROOT));
  }
}
