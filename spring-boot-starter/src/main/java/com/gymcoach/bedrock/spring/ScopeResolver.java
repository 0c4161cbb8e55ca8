package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.CacheScope;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;

/**
 * Says who may share the answer to a request. Define one bean of this type to decide it for all
 * calls of the application's Bedrock clients:
 *
 * <pre>{@code
 * @Bean
 * ScopeResolver scopes(CurrentUser user) {
 *   return request -> user.id() == null ? null : CacheScope.user(user.id()).endpoint("chat");
 * }
 * }</pre>
 *
 * <p>It replaces the resolver that reads Spring Security. It runs on the thread that calls the
 * client, and must be thread-safe. A scope set on the request itself, or with {@code forScope},
 * takes precedence.
 */
@FunctionalInterface
public interface ScopeResolver {

  /**
   * Returns the scope of a request, or null if its answer must not be cached. An exception is
   * counted as the fault {@code SCOPE_FAILED}, and the call bypasses the cache.
   */
  @Nullable CacheScope resolve(BedrockRuntimeRequest request);
}
