package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.util.ClassUtils;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Creates the cache and puts it in front of the application's Bedrock clients. Switched off by
 * {@code bedrock.cache.enabled=false}; {@code docs/spring-boot.md} lists the properties.
 */
@AutoConfiguration
@ConditionalOnClass(BedrockRuntimeClient.class)
@ConditionalOnProperty(
    prefix = "bedrock.cache",
    name = "enabled",
    havingValue = "true",
    matchIfMissing = true)
@EnableConfigurationProperties(BedrockCacheProperties.class)
public final class BedrockCacheAutoConfiguration {
  private static final String SECURITY =
      "org.springframework.security.core.context.SecurityContextHolder";

  @Bean
  @ConditionalOnMissingBean
  BedrockCache bedrockCache(BedrockCacheProperties properties, ApplicationContext context) {
    return new CacheFactory(properties, context).create();
  }

  /** Static, so that Spring need not create this object before all others. */
  @Bean
  static ClientWrapper bedrockCacheClientWrapper(ConfigurableListableBeanFactory beans) {
    return new ClientWrapper(beans);
  }

  /** Not one bean for each case: Spring does not say in which order it would consider them. */
  @Bean
  @ConditionalOnMissingBean
  ScopeResolver bedrockCacheScopeResolver(
      BedrockCacheProperties properties, ApplicationContext context) {
    return ClassUtils.isPresent(SECURITY, context.getClassLoader())
        ? SecurityScopes.of(properties.endpoint(), context)
        : request -> null; // the cache itself says once what is missing
  }
}
