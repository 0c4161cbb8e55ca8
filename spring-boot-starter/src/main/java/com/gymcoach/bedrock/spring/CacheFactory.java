package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.ContextPropagation;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.tracing.CallTracer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

/** Builds the cache from properties and beans. A bean takes precedence over a property. */
final class CacheFactory {
  static final String PREFIX = "bedrock.cache.";
  static final String DYNAMODB_TABLE = PREFIX + "dynamodb.table-name";
  private static final String DYNAMODB_STORE = "com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore";

  private static final String MICROMETER_SINK =
      "com.gymcoach.bedrock.micrometer.MicrometerMetricsSink";

  private final BedrockCacheProperties properties;
  private final ApplicationContext context;
  private final KeyReferences keys;

  CacheFactory(BedrockCacheProperties properties, ApplicationContext context) {
    this.properties = properties;
    this.context = context;
    this.keys = new KeyReferences(context);
  }

  /**
   * Returns the cache.
   *
   * @throws InvalidSettingException if a setting cannot be used
   */
  BedrockCache create() {
    BedrockCacheBuilder builder = BedrockCache.builder().mode(properties.mode());
    applyProperties(builder);
    use(CachePolicy.class, builder::cachePolicy);
    use(ContextPropagation.class, builder::contextPropagation);
    orElse(CacheStore.class, builder::store, this::store);
    orElse(TtlPolicy.class, builder::ttlPolicy, () -> check(PREFIX + "ttl", this::ttl));
    orElse(KeySecret.class, builder::keySecret, this::secret);
    orElse(EntrySealer.class, builder::sealer, this::sealer);
    use(CallTracer.class, builder::tracer);
    List<MetricsSink> sinks = sinks();
    if (!sinks.isEmpty()) {
      builder.metricsSink(
          sinks.size() == 1 ? sinks.get(0) : MetricsSink.all(sinks.toArray(MetricsSink[]::new)));
    }
    if (properties.liveSettings()) {
      builder.liveSettingsFromStore();
    }
    context
        .getBeanProvider(BedrockCacheCustomizer.class)
        .orderedStream()
        .forEach(customizer -> customizer.accept(builder));
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw InvalidSettingException.refused("A setting of the cache", e);
    }
  }

  private void applyProperties(BedrockCacheBuilder builder) {
    String namespace = properties.namespace();
    check(PREFIX + "rollout-percent", () -> builder.rolloutPercent(properties.rolloutPercent()));
    check(PREFIX + "namespace", () -> CacheScope.shared().partitions(namespace, null));
    check(PREFIX + "endpoint", () -> CacheScope.shared().endpoint(properties.endpoint()));
    builder.namespace(namespace).explains(properties.explains());
    if (properties.hotMaxBytes() != null) {
      builder.hotMaxBytes(properties.hotMaxBytes().toBytes());
    }
  }

  private List<MetricsSink> sinks() {
    List<MetricsSink> sinks =
        new ArrayList<>(context.getBeanProvider(MetricsSink.class).orderedStream().toList());
    if (properties.metrics().enabled()
        && ClassUtils.isPresent(MICROMETER_SINK, context.getClassLoader())) {
      MetricsSink meters = MeterSinkFactory.create(context);
      if (meters != null) {
        sinks.add(meters);
      }
    }
    return sinks;
  }

  private TtlPolicy ttl() {
    return TtlPolicy.byEndpoint(properties.ttlByEndpoint(), properties.ttl());
  }

  private @Nullable KeySecret secret() {
    String reference = properties.keySecret();
    if (reference == null) {
      return null;
    }
    String name = PREFIX + "key-secret";
    byte[] bytes = keys.read(name, reference);
    return check(name, () -> KeySecret.of(bytes));
  }

  private @Nullable EntrySealer sealer() {
    BedrockCacheProperties.Sealing sealing = properties.sealing();
    String reference = sealing.key();
    if (reference == null) {
      return null;
    }
    String name = PREFIX + "sealing.key";
    byte[] key = keys.read(name, reference);
    Map<Integer, byte[]> older = new HashMap<>();
    sealing
        .olderKeys()
        .forEach(
            (id, where) -> older.put(id, keys.read(PREFIX + "sealing.older-keys." + id, where)));
    return check(name, () -> EntrySealer.aes256Gcm(sealing.keyId(), key, older));
  }

  /**
   * Returns the store in DynamoDB, or null if no table is named. A table that is not used would go
   * unnoticed: the cache would work, in memory only.
   */
  private @Nullable CacheStore store() {
    String table = properties.dynamodb().tableName();
    if (table == null) {
      return null;
    }
    if (ClassUtils.isPresent(DYNAMODB_STORE, context.getClassLoader())) {
      return StoreFactory.create(table, properties.dynamodb(), context);
    }
    throw InvalidSettingException.ofProperty(
        DYNAMODB_TABLE,
        "the module bedrock-cache-dynamodb-store is not on the class path.",
        "Add the dependency com.gymcoach.bedrock:bedrock-cache-dynamodb-store, or remove the"
            + " property to cache in memory only.");
  }

  private <T> void use(Class<T> type, Consumer<T> setting) {
    orElse(type, setting, () -> null);
  }

  private <T> void orElse(
      Class<T> type, Consumer<T> setting, Supplier<? extends @Nullable T> otherwise) {
    T value = only(context, type);
    T used = value == null ? otherwise.get() : value;
    if (used != null) {
      setting.accept(used);
    }
  }

  /**
   * Returns the bean of a type, or null if there is none.
   *
   * @throws InvalidSettingException if there are several and none is primary
   */
  static <T> @Nullable T only(ApplicationContext context, Class<T> type) {
    try {
      return context.getBeanProvider(type).getIfAvailable();
    } catch (NoUniqueBeanDefinitionException e) {
      throw InvalidSettingException.ambiguous(type, e.getNumberOfBeansFound());
    }
  }

  /**
   * Returns the bean of a type.
   *
   * @throws InvalidSettingException if there are several and none is primary
   */
  static <T> T one(BeanFactory beans, Class<T> type) {
    try {
      return beans.getBean(type);
    } catch (NoUniqueBeanDefinitionException e) {
      throw InvalidSettingException.ambiguous(type, e.getNumberOfBeansFound());
    }
  }

  static <T> T check(String property, Supplier<T> setting) {
    try {
      return setting.get();
    } catch (IllegalArgumentException e) {
      throw InvalidSettingException.refused("The property " + property, e);
    }
  }
}
