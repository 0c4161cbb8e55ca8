package com.gymcoach.bedrock.cache;

/** Every default of {@link CachePolicy}. */
enum StandardCachePolicy implements CachePolicy {
  INSTANCE
}
