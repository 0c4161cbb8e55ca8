package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.Ordered;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Replaces each Bedrock client among the beans with one that answers from the cache. The cache is
 * created with the first client, not with this object, so that lazy beans stay lazy. Spring still
 * closes the replaced client. A client that is a caching one already is left as it is.
 */
final class ClientWrapper implements SmartInstantiationAwareBeanPostProcessor, Ordered {
  private final ConfigurableListableBeanFactory beans;

  ClientWrapper(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /** Last: proxies that other post-processors make around a client are wrapped with it. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  /** Lets {@code CachingBedrockClient} be injected before the client exists. */
  @Override
  public @Nullable Class<?> predictBeanType(Class<?> beanClass, String beanName) {
    if (beanClass == BedrockRuntimeClient.class) {
      return CachingBedrockClient.class;
    }
    return beanClass == BedrockRuntimeAsyncClient.class ? CachingBedrockAsyncClient.class : null;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (bean instanceof BedrockRuntimeClient client && !(bean instanceof CachingBedrockClient)) {
      ScopeResolver scopes = scopes();
      return CachingBedrockClient.create(client, cacheFor(beanName)).scopedBy(scopes::resolve);
    }
    if (bean instanceof BedrockRuntimeAsyncClient client
        && !(bean instanceof CachingBedrockAsyncClient)) {
      ScopeResolver scopes = scopes();
      return CachingBedrockAsyncClient.create(client, cacheFor(beanName)).scopedBy(scopes::resolve);
    }
    return bean;
  }

  private ScopeResolver scopes() {
    return beans.getBean(ScopeResolver.class);
  }

  /** Returns the cache, which Spring then closes after the client. */
  private BedrockCache cacheFor(String client) {
    BedrockCache cache = beans.getBean(BedrockCache.class);
    for (String name : beans.getBeanNamesForType(BedrockCache.class)) {
      if (beans instanceof DefaultListableBeanFactory known) {
        known.registerDependentBean(name, client);
      }
    }
    return cache;
  }
}
