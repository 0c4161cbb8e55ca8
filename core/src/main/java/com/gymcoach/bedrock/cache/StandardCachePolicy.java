package com.gymcoach.bedrock.cache;

/** The policy with every default of {@link CachePolicy}. */
enum StandardCachePolicy implements CachePolicy {
  INSTANCE
}
