package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.Ordered;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Replaces each Bedrock client among the beans with one that answers from the cache. The cache is
 * created with the first client, not with this object, so that lazy beans stay lazy. Spring still
 * closes the replaced client.
 *
 * <p>Leaves a client as it is if its calls go through the cache already: a caching client, a scoped
 * proxy, whose target is replaced, and a client of the application's own that was given another
 * client bean. With a cache around such a decorator too, an answer would be kept twice and served
 * for twice its TTL.
 */
final class ClientWrapper implements SmartInstantiationAwareBeanPostProcessor, Ordered {
  private static final String SDK = "software.amazon.awssdk.";

  private final ConfigurableListableBeanFactory beans;
  private final Set<String> cached = ConcurrentHashMap.newKeySet();

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
    boolean sync = bean instanceof BedrockRuntimeClient;
    if (!sync && !(bean instanceof BedrockRuntimeAsyncClient)) {
      return bean;
    }
    boolean isCached =
        bean instanceof CachingBedrockClient
            || bean instanceof CachingBedrockAsyncClient
            || bean instanceof ScopedObject
            || (!bean.getClass().getName().startsWith(SDK) && decoratesCached(beanName));
    cached.add(beanName);
    if (isCached) {
      return bean;
    }
    return sync
        ? cached((BedrockRuntimeClient) bean, beanName)
        : cached((BedrockRuntimeAsyncClient) bean, beanName);
  }

  private BedrockRuntimeClient cached(BedrockRuntimeClient client, String name) {
    ScopeResolver scopes = scopes();
    return CachingBedrockClient.create(
            client, cacheFor(name), options -> options.onlyClass(client.getClass()))
        .scopedBy(scopes::resolve);
  }

  private BedrockRuntimeAsyncClient cached(BedrockRuntimeAsyncClient client, String name) {
    ScopeResolver scopes = scopes();
    return CachingBedrockAsyncClient.create(
            client, cacheFor(name), options -> options.onlyClass(client.getClass()))
        .scopedBy(scopes::resolve);
  }

  /** Returns whether Spring has given another client to the bean of this name. */
  private boolean decoratesCached(String name) {
    for (String dependency : beans.getDependenciesForBean(name)) {
      if (cached.contains(dependency)) {
        return true;
      }
    }
    return false;
  }

  private ScopeResolver scopes() {
    return CacheFactory.one(beans, ScopeResolver.class);
  }

  /** Returns the cache, which Spring then closes after the client. */
  private BedrockCache cacheFor(String client) {
    BedrockCache cache = CacheFactory.one(beans, BedrockCache.class);
    for (String name : beans.getBeanNamesForType(BedrockCache.class)) {
      if (beans instanceof DefaultListableBeanFactory known) {
        known.registerDependentBean(name, client);
      }
    }
    return cache;
  }
}
