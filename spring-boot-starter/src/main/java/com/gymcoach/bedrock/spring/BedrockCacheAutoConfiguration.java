package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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

  /** The store in DynamoDB, if its module is there and no other store is. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = "com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore")
  @ConditionalOnProperty(CacheFactory.DYNAMODB_TABLE)
  @ConditionalOnMissingBean({CacheStore.class, BedrockCache.class})
  static class DynamoDbStore {
    @Bean
    CacheStore bedrockCacheStore(BedrockCacheProperties properties, ApplicationContext context) {
      return StoreFactory.create(properties, context);
    }
  }

  /** The user of the application, if Spring Security knows it. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = "org.springframework.security.core.context.SecurityContextHolder")
  @ConditionalOnMissingBean(ScopeResolver.class)
  static class SecurityScope {
    @Bean
    ScopeResolver bedrockCacheScopeResolver(BedrockCacheProperties properties) {
      return new SecurityScopes(properties.endpoint());
    }
  }

  /** Refuses every call a scope. Declared last: it is used if there is no other resolver. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean(ScopeResolver.class)
  static class NoScope {
    @Bean
    ScopeResolver bedrockCacheScopeResolver() {
      return new NoScopes(LoggerFactory.getLogger(BedrockCacheAutoConfiguration.class));
    }
  }
}
