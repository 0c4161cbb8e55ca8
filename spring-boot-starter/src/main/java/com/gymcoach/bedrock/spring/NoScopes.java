package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.CacheScope;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;

/** Gives no call a scope, and says once what is missing. */
final class NoScopes implements ScopeResolver {
  private final AtomicBoolean said = new AtomicBoolean();
  private final Logger log;

  NoScopes(Logger log) {
    this.log = log;
  }

  @Override
  public @Nullable CacheScope resolve(BedrockRuntimeRequest request) {
    if (said.compareAndSet(false, true)) {
      log.warn(
          "Nothing is cached: neither a ScopeResolver bean nor Spring Security says who may share"
              + " an answer. Define a bean of type ScopeResolver. This is logged once.");
    }
    return null;
  }
}
