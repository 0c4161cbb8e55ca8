package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.CacheMode;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of the cache.
 *
 * @param enabled Whether the application's Bedrock clients are put behind the cache. If false, the
 *     clients are left as they are and no cache is created.
 * @param mode Mode in which the cache starts: on, off, or observe, which only counts what would
 *     have been a hit. The actuator endpoint changes it at run time.
 * @param rolloutPercent Share of users that the cache serves, in percent.
 * @param namespace Namespace that separates this service's entries from those of other services in
 *     the same store. Letters, digits, dots, underscores and hyphens, 64 at most.
 * @param endpoint Name of the use of the model, under which answers are counted and invalidated
 *     when Spring Security supplies the user. A ScopeResolver bean names its own.
 * @param ttl How long an answer is served. Zero caches nothing.
 * @param ttlByEndpoint How long an answer of a named endpoint is served, if not as long as the
 *     others.
 * @param hotMaxBytes Maximum size of the answers held in memory. Defaults to 64 MB or a sixteenth
 *     of the maximum heap, whichever is less. Zero holds none.
 * @param keySecret Where the secret is that hides users and prompts from readers of the store. Not
 *     the secret itself but "bean:name", "env:NAME" or a resource such as "file:/run/secrets/key";
 *     variables and files hold 32 bytes or more in Base64.
 * @param liveSettings Whether the mode, the share of users and endpoints that are off are also read
 *     from the namespace's item in the store, where CacheAdmin sets them for all processes.
 * @param explains How many recent calls are remembered so that the actuator endpoint can say why
 *     calls missed: digests of their fields, and no values. Zero remembers none.
 * @param metrics The metrics.
 * @param sealing How entries in the store are encrypted.
 * @param dynamodb The store in DynamoDB.
 */
@ConfigurationProperties("bedrock.cache")
record BedrockCacheProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("on") CacheMode mode,
    @DefaultValue("100") double rolloutPercent,
    @DefaultValue("default") String namespace,
    @DefaultValue("default") String endpoint,
    @DefaultValue("1h") Duration ttl,
    @DefaultValue Map<String, Duration> ttlByEndpoint,
    @Nullable DataSize hotMaxBytes,
    @Nullable String keySecret,
    @DefaultValue("false") boolean liveSettings,
    @DefaultValue("0") int explains,
    @DefaultValue Metrics metrics,
    @DefaultValue Sealing sealing,
    @DefaultValue Dynamodb dynamodb) {

  /**
   * The metrics.
   *
   * @param enabled Whether the cache reports to the application's MeterRegistry. Needs the module
   *     bedrock-cache-metrics-micrometer; without it or a registry nothing is reported.
   */
  record Metrics(@DefaultValue("true") boolean enabled) {}

  /**
   * The encryption of stored entries.
   *
   * @param key Where the AES-256 key is that encrypts entries in the store. Not the key itself but
   *     "bean:name", "env:NAME" or a resource; variables and files hold its 32 bytes in Base64.
   * @param keyId Number that identifies the key in each entry. Use a new one for every new key.
   * @param olderKeys Where older keys are that only open entries, by their number.
   */
  record Sealing(
      @Nullable String key,
      @DefaultValue("1") int keyId,
      @DefaultValue Map<Integer, String> olderKeys) {

    /** Returns a text without the references: one may be a secret that was put there by mistake. */
    @Override
    public String toString() {
      return "Sealing[keyId=" + keyId + "]";
    }
  }

  /**
   * The store in DynamoDB.
   *
   * @param tableName Name or ARN of the table that holds the answers. Needs the module
   *     bedrock-cache-dynamodb-store and a DynamoDbClient or DynamoDbAsyncClient bean.
   * @param readBudget Longest time that a call waits for a look-up in the table. Defaults to 50 ms.
   * @param writeBudget Longest time that a call waits until its answer is in the table. Defaults to
   *     250 ms.
   */
  record Dynamodb(
      @Nullable String tableName, @Nullable Duration readBudget, @Nullable Duration writeBudget) {}

  /** Returns a text without the references: one may be a secret that was put there by mistake. */
  @Override
  public String toString() {
    return "BedrockCacheProperties[namespace=" + namespace + ", mode=" + mode + "]";
  }
}
