package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The health indicator on Boot 3, where its interface is in a package of its own. */
@AutoConfiguration(after = BedrockCacheAutoConfiguration.class)
@ConditionalOnClass(
    name = {
      "org.springframework.boot.actuate.health.HealthIndicator",
      "org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator"
    })
@ConditionalOnBean({BedrockCache.class, ClientWrapper.class})
final class HealthOfBoot3AutoConfiguration {

  @Bean
  @ConditionalOnEnabledHealthIndicator("bedrockcache")
  @ConditionalOnMissingBean(name = "bedrockCacheHealthIndicator")
  HealthIndicator bedrockCacheHealthIndicator(BedrockCache cache) {
    CacheHealth health = new CacheHealth(cache);
    return () -> Health.up().withDetails(health.details()).build();
  }
}
