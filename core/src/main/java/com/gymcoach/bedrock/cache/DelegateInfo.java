package com.gymcoach.bedrock.cache;

import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsServiceClientConfiguration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;

/**
 * What matters about the wrapped client.
 *
 * @param identity its region and endpoint: the same request elsewhere has another answer
 * @param apiCallTimeout how long it lets a call take, or null for any time
 */
record DelegateInfo(String identity, @Nullable Duration apiCallTimeout) {
  private static final Logger LOG = LoggerFactory.getLogger(CachingBedrockClient.class);

  static DelegateInfo of(Supplier<? extends AwsServiceClientConfiguration> client) {
    AwsServiceClientConfiguration configuration = null;
    try {
      configuration = client.get();
    } catch (UnsupportedOperationException e) {
      // A hand-made client need not implement it.
    }
    if (configuration == null || configuration.region() == null) {
      LOG.warn(
          "The wrapped client does not say its region, so its answers are shared with no other"
              + " client and no other process. Let it implement serviceClientConfiguration().");
      return new DelegateInfo("unknown " + UUID.randomUUID(), null);
    }
    ClientOverrideConfiguration overrides = configuration.overrideConfiguration();
    return new DelegateInfo(
        configuration.region().id()
            + " "
            + configuration.endpointOverride().map(Object::toString).orElse(""),
        overrides == null ? null : overrides.apiCallTimeout().orElse(null));
  }
}
