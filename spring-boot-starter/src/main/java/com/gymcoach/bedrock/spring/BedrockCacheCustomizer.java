package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import java.util.function.Consumer;

/**
 * Sets what no property sets, on the builder of the application's cache. Beans of this type run in
 * their order, after properties and other beans have been applied:
 *
 * <pre>{@code
 * @Bean
 * BedrockCacheCustomizer streams() {
 *   return builder -> builder.maxStreamBytes(1 << 20);
 * }
 * }</pre>
 */
@FunctionalInterface
public interface BedrockCacheCustomizer extends Consumer<BedrockCacheBuilder> {}
