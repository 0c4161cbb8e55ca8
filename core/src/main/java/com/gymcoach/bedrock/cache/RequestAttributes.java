package com.gymcoach.bedrock.cache;

import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;

/**
 * Adds an attribute to a request's override configuration, which {@code overrideConfiguration(x)}
 * would replace.
 */
final class RequestAttributes {
  private RequestAttributes() {}

  static <T extends AwsRequest, V> T with(T request, ExecutionAttribute<V> attribute, V value) {
    AwsRequestOverrideConfiguration.Builder configuration =
        request
            .overrideConfiguration()
            .map(AwsRequestOverrideConfiguration::toBuilder)
            .orElseGet(AwsRequestOverrideConfiguration::builder);
    configuration.putExecutionAttribute(attribute, value);
    AwsRequest changed = request.toBuilder().overrideConfiguration(configuration.build()).build();
    @SuppressWarnings("unchecked") // a request's builder builds that request
    T same = (T) changed;
    return same;
  }
}
