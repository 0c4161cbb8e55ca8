package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.call.ClientIdentity;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;

/**
 * Holds the facts about a wrapped client that the cache needs, read once when it is wrapped.
 *
 * @param identity decides with which other clients the client shares answers
 * @param apiCallTimeout the longest a call may take, or null for no limit
 */
record DelegateInfo(ClientIdentity identity, @Nullable Duration apiCallTimeout) {
  private static final Logger LOG = LoggerFactory.getLogger(CachingBedrockClient.class);

  /**
   * Reads a client's configuration, and logs a warning if the client cannot share answers with any
   * other.
   */
  static DelegateInfo of(
      Supplier<BedrockRuntimeServiceClientConfiguration> client,
      ClientRules rules,
      ClientOptions options) {
    BedrockRuntimeServiceClientConfiguration configuration = null;
    ClientConfiguration parts = null;
    try {
      configuration = client.get();
      parts = configuration == null ? null : new ClientConfiguration(configuration, rules);
    } catch (RuntimeException | LinkageError e) {
      // a hand-written client may not implement it, or not as the SDK does
    }
    String obstacle = obstacle(configuration, parts);
    StringBuilder key = new StringBuilder(place(configuration));
    if (parts != null && !parts.digest().isEmpty()) {
      key.append(' ').append(parts.digest());
    }
    if (parts != null && !parts.headers().isEmpty()) {
      LOG.info(
          "Headers in the wrapped client's configuration are part of the key: {}. If one of them"
              + " cannot change an answer, name it in BedrockCache.builder().ignoredOverrides(...).",
          String.join(", ", parts.headers()));
    }
    if (options.identity() != null) {
      key.append(" name=").append(options.identity());
    } else if (obstacle != null) {
      warn(obstacle, parts);
      key.append(" private=").append(UUID.randomUUID());
    }
    key.append(options.code());
    boolean isPrivate = options.identity() == null && obstacle != null;
    return new DelegateInfo(
        new ClientIdentity(key.toString(), isPrivate), apiCallTimeout(configuration));
  }

  /** Returns region and endpoint, separated by a space, which neither of them can contain. */
  private static String place(@Nullable BedrockRuntimeServiceClientConfiguration configuration) {
    if (configuration == null) {
      return " ";
    }
    Region region = configuration.region();
    String endpoint = configuration.endpointOverride().map(Object::toString).orElse("");
    return (region == null ? "" : region.id()) + " " + endpoint;
  }

  private static @Nullable Duration apiCallTimeout(
      @Nullable BedrockRuntimeServiceClientConfiguration configuration) {
    ClientOverrideConfiguration overrides =
        configuration == null ? null : configuration.overrideConfiguration();
    return overrides == null ? null : overrides.apiCallTimeout().orElse(null);
  }

  /** Returns why a client without a name cannot share answers with others, or null if it can. */
  private static @Nullable String obstacle(
      @Nullable BedrockRuntimeServiceClientConfiguration configuration,
      @Nullable ClientConfiguration parts) {
    if (configuration == null || configuration.region() == null) {
      return "it does not say its region: let it implement serviceClientConfiguration()";
    }
    if (parts == null) {
      return "its configuration cannot be read";
    }
    return parts.untrusted().isEmpty()
        ? null
        : "the cache cannot tell whether these change its answers: "
            + String.join(", ", parts.untrusted());
  }

  /** Logs names of classes and attributes, but never a value. */
  private static void warn(String obstacle, @Nullable ClientConfiguration parts) {
    String classes = parts == null ? "" : String.join(", ", parts.trustable());
    LOG.warn(
        "The wrapped client shares answers with no other client, and none of them are kept in the"
            + " store, because {}. To share them, name the client: create(delegate, cache, options"
            + " -> options.identity(\"a-name\")).{}",
        obstacle,
        classes.isEmpty()
            ? ""
            : " Or, if the classes never change an answer, trust them:"
                + " BedrockCache.builder().trustedInterceptors("
                + classes
                + ").");
  }
}
