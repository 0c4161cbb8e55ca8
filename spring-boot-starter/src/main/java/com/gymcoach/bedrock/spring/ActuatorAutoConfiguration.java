package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** The actuator endpoint, and the masking of secrets in the endpoints of Boot itself. */
@AutoConfiguration(after = BedrockCacheAutoConfiguration.class)
@ConditionalOnClass(
    name = "org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration")
@ConditionalOnBean({BedrockCache.class, ClientWrapper.class})
final class ActuatorAutoConfiguration {

  @Bean
  @ConditionalOnAvailableEndpoint(endpoint = BedrockCacheEndpoint.class)
  BedrockCacheEndpoint bedrockCacheEndpoint(BedrockCache cache) {
    return new BedrockCacheEndpoint(cache);
  }

  @Bean
  SanitizingFunction bedrockCacheSanitizer(BedrockCacheProperties properties) {
    return new SecretMask(properties);
  }
}
